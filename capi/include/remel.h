/*
 * Remel, a real-time diffusion vocoder: its library for C.
 *
 * Made by cbindgen from capi/src: REMEL_WRITE_HEADER=1 cargo test --profile quick -p remel-capi --test header
 *
 * What a function gives is freed by the function that its documentation names. Where one fails it says so by its RemelStatus or by
 * NULL, and remel_last_error() tells why in a line. No function keeps a pointer that it was passed. Objects may go from thread to
 * thread, but only one thread may use one at a time.
 */

#ifndef REMEL_H
#define REMEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * How a function ended.
 */
typedef enum RemelStatus {
  /**
   * All is well.
   */
  REMEL_STATUS_OK = 0,
  /**
   * The operating system refused a file.
   */
  REMEL_STATUS_IO = 1,
  /**
   * An argument, or a value in a file, is not what it has to be.
   */
  REMEL_STATUS_INVALID = 2,
  /**
   * A file cannot be read as what it should be.
   */
  REMEL_STATUS_UNREADABLE = 3,
  /**
   * The device that renders failed or is missing.
   */
  REMEL_STATUS_DEVICE = 4,
  /**
   * A mistake in the library.
   */
  REMEL_STATUS_INTERNAL = 5,
} RemelStatus;

/**
 * A sound that a stream has at hand.
 */
typedef enum RemelSource {
  /**
   * None: noise for a carrier; as a source of mel frames it is the main input.
   */
  REMEL_SOURCE_NONE = 0,
  /**
   * The main input.
   */
  REMEL_SOURCE_MAIN = 1,
  /**
   * The side chain.
   */
  REMEL_SOURCE_SIDE_CHAIN = 2,
} RemelSource;

/**
 * What is heard while a stream's worker is late.
 */
typedef enum RemelUnderrun {
  /**
   * The main input, at the same latency.
   */
  REMEL_UNDERRUN_DRY = 0,
  /**
   * Nothing.
   */
  REMEL_UNDERRUN_SILENCE = 1,
} RemelUnderrun;

/**
 * Where networks run.
 */
typedef enum RemelBackend {
  /**
   * The CPU.
   */
  REMEL_BACKEND_CPU = 0,
  /**
   * A GPU, in a library that was built with the feature `gpu`.
   */
  REMEL_BACKEND_GPU = 1,
} RemelBackend;

/**
 * Chunk and look-ahead of a stream, and so its latency.
 */
typedef enum RemelLatencyMode {
  /**
   * As little as the model allows.
   */
  REMEL_LATENCY_MODE_LIVE = 0,
  /**
   * Longer chunks, less work.
   */
  REMEL_LATENCY_MODE_BALANCED = 1,
  /**
   * The model's full context.
   */
  REMEL_LATENCY_MODE_STUDIO = 2,
} RemelLatencyMode;

/**
 * A model. Any number of vocoders and streams stand on one, and outlive it.
 */
typedef struct RemelModel RemelModel;

/**
 * A stream of one or two channels, which a worker thread of its own renders for.
 */
typedef struct RemelStream RemelStream;

/**
 * A model on a device, for whole sounds.
 */
typedef struct RemelVocoder RemelVocoder;

/**
 * Audio: `channels` runs of `frames` samples each, one after another, in −1 to 1.
 */
typedef struct RemelAudio {
  /**
   * The samples. Where the library gave them, `remel_audio_free` frees them.
   */
  float *samples;
  /**
   * How many channels there are.
   */
  size_t channels;
  /**
   * Samples of each.
   */
  size_t frames;
  /**
   * Samples per second.
   */
  uint32_t rate_hz;
} RemelAudio;

/**
 * Mel frames: `n_mels` runs of `frames` values each, low bands first, as arrays of other programs have them.
 */
typedef struct RemelMel {
  /**
   * The values. Where the library gave them, `remel_mel_free` frees them.
   */
  float *bands;
  /**
   * Bands of a frame.
   */
  size_t n_mels;
  /**
   * How many frames there are.
   */
  size_t frames;
} RemelMel;

/**
 * How to render. `remel_settings_init` fills it. Later versions add fields at the end, of which programs that were built before
 * know nothing: they have their defaults then.
 */
typedef struct RemelSettings {
  /**
   * The size of this struct as the caller knows it.
   */
  size_t size;
  /**
   * Which noise.
   */
  uint64_t seed;
  /**
   * Network evaluations, 1 to 1000; 0 takes the model's own schedule.
   */
  uint32_t steps;
  /**
   * Scale of the noise.
   */
  float temperature;
  /**
   * How far the carrier is noised, 0 to 1; 1 is pure noise.
   */
  float strength;
  /**
   * Share of the sound whose phases are reconstructed, 0 to 1, where the model says how.
   */
  float coherence;
  /**
   * How far each prediction is held to its mel frame, 0 to 1.
   */
  float fit;
  /**
   * Shift of the mel axis in semitones.
   */
  float shift_semitones;
  /**
   * Slope of the mel frames around 1 kHz.
   */
  float tilt_db_per_octave;
  /**
   * Smoothing over frames, 0 to 1.
   */
  float smear;
  /**
   * What is left of the detail over bands, 0 to 1.
   */
  float detail;
  /**
   * Vocoded against dry, 0 to 1.
   */
  float mix;
  /**
   * Streams: linear gain of what is heard.
   */
  float output_gain;
  /**
   * Streams: whether the mel frame is held.
   */
  bool freeze;
  /**
   * Streams: whether the dry signal is heard, at the same latency.
   */
  bool bypass;
  /**
   * Streams: where mel frames come from.
   */
  enum RemelSource mel_from;
  /**
   * Streams: what sampling starts from.
   */
  enum RemelSource carrier;
  /**
   * Streams: what is heard while the worker is late.
   */
  enum RemelUnderrun on_underrun;
} RemelSettings;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Reads a file of audio (WAV, FLAC, Ogg Vorbis, MP3, MPEG-4, AIFF, CAF, AU) at `path`, in UTF-8.
 *
 * # Safety
 * `path` is NULL or ends in a zero; `audio` is NULL or may be written to. What it held before is not freed.
 */
enum RemelStatus remel_audio_read(const char *path,
                                  struct RemelAudio *audio);

/**
 * Writes `audio` to `path` as WAV of 32-bit floats, which appears whole or not at all.
 *
 * # Safety
 * `audio` is NULL or as it says of itself; `path` is NULL or ends in a zero.
 */
enum RemelStatus remel_audio_write_wav(const struct RemelAudio *audio, const char *path);

/**
 * Frees the samples that the library gave, and leaves an empty struct.
 *
 * # Safety
 * `audio` is NULL, or the library filled it, and nobody has changed it since.
 */
void remel_audio_free(struct RemelAudio *audio);

/**
 * What the latest failure of this thread was, in one line of UTF-8: empty before the first. Valid until the thread's next failure.
 */
const char *remel_last_error(void);

/**
 * The library's version, such as "0.1.0".
 */
const char *remel_version(void);

/**
 * The mel frames of all channels of `audio` together, as `model` reads them.
 *
 * # Safety
 * `model` and `audio` are NULL or what they say; `mel` is NULL or may be written to. What it held before is not freed.
 */
enum RemelStatus remel_mel_of(const struct RemelModel *model,
                              const struct RemelAudio *audio,
                              struct RemelMel *mel);

/**
 * Frees the values that the library gave, and leaves an empty struct.
 *
 * # Safety
 * `mel` is NULL, or the library filled it, and nobody has changed it since.
 */
void remel_mel_free(struct RemelMel *mel);

/**
 * Opens a model: the name of a bundled one ("small", "large", "tts"), or the path of a file (Remel's own, or a PyTorch checkpoint of
 * DiffWave or WaveGrad) in UTF-8. `remel_model_free` frees it; NULL where there is no such model.
 *
 * # Safety
 * `name` is NULL or ends in a zero.
 */
struct RemelModel *remel_model_open(const char *name);

/**
 * Opens a model from the bytes of its file, which are copied. `remel_model_free` frees it; NULL where that is no model.
 *
 * # Safety
 * `bytes` is NULL or points to `length` bytes.
 */
struct RemelModel *remel_model_from_bytes(const uint8_t *bytes,
                                          size_t length);

/**
 * Frees a model.
 *
 * # Safety
 * `model` is NULL or of this library, and is not used any more.
 */
void remel_model_free(struct RemelModel *model);

/**
 * The model's name, in UTF-8, as long as the model is there; NULL without one.
 *
 * # Safety
 * `model` is NULL or a model.
 */
const char *remel_model_name(const struct RemelModel *model);

/**
 * The licence of its weights, in UTF-8, as long as the model is there; NULL without one.
 *
 * # Safety
 * `model` is NULL or a model.
 */
const char *remel_model_licence(const struct RemelModel *model);

/**
 * The model's samples per second; 0 without a model.
 *
 * # Safety
 * `model` is NULL or a model.
 */
uint32_t remel_model_rate_hz(const struct RemelModel *model);

/**
 * Bands of the mel frames that it reads; 0 where it reads none.
 *
 * # Safety
 * `model` is NULL or a model.
 */
size_t remel_model_n_mels(const struct RemelModel *model);

/**
 * Samples from mel frame to mel frame; 0 where it reads none.
 *
 * # Safety
 * `model` is NULL or a model.
 */
size_t remel_model_hop(const struct RemelModel *model);

/**
 * Fills `settings` with those that render the input as it is; `size` is `sizeof(RemelSettings)`.
 *
 * # Safety
 * `settings` is NULL or has `size` bytes.
 */
void remel_settings_init(struct RemelSettings *settings, size_t size);

/**
 * Opens a stream: `channels` (1 or 2) at `rate_hz` in blocks of up to `max_block_frames`. With `offline`, `remel_stream_process` waits
 * for sound; under a callback it must not. `remel_stream_free` frees it; NULL where it cannot be opened. Not for the audio thread.
 *
 * # Safety
 * `model` is NULL or a model.
 */
struct RemelStream *remel_stream_open(const struct RemelModel *model,
                                      enum RemelBackend backend,
                                      size_t threads,
                                      uint32_t rate_hz,
                                      size_t channels,
                                      size_t max_block_frames,
                                      enum RemelLatencyMode mode,
                                      bool offline);

/**
 * Closes a stream. Not for the audio thread.
 *
 * # Safety
 * `stream` is NULL or of this library, and is not used any more.
 */
void remel_stream_free(struct RemelStream *stream);

/**
 * The samples by which sound comes later than it went in; 0 without a stream.
 *
 * # Safety
 * `stream` is NULL or a stream.
 */
size_t remel_stream_latency(const struct RemelStream *stream);

/**
 * How often sound was late; 0 without a stream.
 *
 * # Safety
 * `stream` is NULL or a stream.
 */
uint64_t remel_stream_underruns(const struct RemelStream *stream);

/**
 * Forgets everything heard. For the audio thread.
 *
 * # Safety
 * `stream` is NULL or a stream.
 */
void remel_stream_reset(struct RemelStream *stream);

/**
 * Vocodes a block in place: `main` has a pointer to `frames` samples for each channel of the stream, and so has `side`, the side
 * chain, or is NULL. `settings` may be NULL. For the audio thread: it allocates nothing, takes no lock and never waits, unless
 * the stream was opened offline. False where nothing was done: a NULL, or a mistake in the library.
 *
 * # Safety
 * Every pointer is NULL or what it says; the channels of `main` do not overlap anything.
 */
bool remel_stream_process(struct RemelStream *stream,
                          float *const *main,
                          const float *const *side,
                          size_t frames,
                          const struct RemelSettings *settings);

/**
 * A vocoder with `model` on `backend`, where that is the CPU with `threads` threads. `remel_vocoder_free` frees it; NULL where the
 * device does not answer.
 *
 * # Safety
 * `model` is NULL or a model.
 */
struct RemelVocoder *remel_vocoder_new(const struct RemelModel *model,
                                       enum RemelBackend backend,
                                       size_t threads);

/**
 * Frees a vocoder.
 *
 * # Safety
 * `vocoder` is NULL or of this library, and is not used any more.
 */
void remel_vocoder_free(struct RemelVocoder *vocoder);

/**
 * Vocodes `input` into `output`, which has its rate, channels and length.
 *
 * Mel frames come from `mel_from`, or of `input` where that is NULL; what is noised where the strength is below 1 is `carrier`, or
 * `input`. `settings` may be NULL. `remel_audio_free` frees what is written to `output`.
 *
 * # Safety
 * Every pointer is NULL or what it says; `output` may be written to. What it held before is not freed.
 */
enum RemelStatus remel_vocoder_vocode(struct RemelVocoder *vocoder,
                                      const struct RemelAudio *input,
                                      const struct RemelAudio *mel_from,
                                      const struct RemelAudio *carrier,
                                      const struct RemelSettings *settings,
                                      struct RemelAudio *output);

/**
 * Makes the sound of `mel`, of the vocoder's model, at the model's rate. `settings` may be NULL. `remel_audio_free` frees what is
 * written to `output`.
 *
 * # Safety
 * Every pointer is NULL or what it says; `output` may be written to. What it held before is not freed.
 */
enum RemelStatus remel_vocoder_synthesize(struct RemelVocoder *vocoder,
                                          const struct RemelMel *mel,
                                          const struct RemelSettings *settings,
                                          struct RemelAudio *output);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* REMEL_H */
