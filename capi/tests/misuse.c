/* What no program should do is answered, and never a crash. */
#include <remel.h>
#include <stdio.h>
#include <string.h>

#define EXPECT(condition)                                                     \
    if (!(condition)) {                                                       \
        fprintf(stderr, "line %d: %s\n", __LINE__, #condition);               \
        return 1;                                                             \
    }

/* Settings as a program has them that was built when there were only two. */
typedef struct {
    size_t size;
    uint64_t seed;
    char beyond[4];
} OldSettings;

int main(void) {
    RemelAudio audio = {0}, output = {0};
    RemelMel mel = {0};
    EXPECT(strcmp(remel_last_error(), "") == 0);
    EXPECT(remel_model_open(NULL) == NULL);
    EXPECT(strstr(remel_last_error(), "NULL"));
    EXPECT(remel_model_open("\xff") == NULL);
    EXPECT(strstr(remel_last_error(), "UTF-8"));
    EXPECT(remel_model_open("none.safetensors") == NULL);
    EXPECT(remel_model_from_bytes(NULL, 4) == NULL);
    EXPECT(remel_vocoder_new(NULL, REMEL_BACKEND_CPU, 1) == NULL);
    EXPECT(remel_audio_read(NULL, &audio) == REMEL_STATUS_INVALID);
    EXPECT(remel_audio_read("none.wav", &audio) == REMEL_STATUS_IO);
    EXPECT(remel_audio_write_wav(&audio, "out.wav") == REMEL_STATUS_INVALID);
    EXPECT(remel_model_rate_hz(NULL) == 0 && remel_stream_latency(NULL) == 0 && remel_model_name(NULL) == NULL);
    EXPECT(!remel_stream_process(NULL, NULL, NULL, 64, NULL));

    RemelModel *model = remel_model_open("small");
    EXPECT(model);
    EXPECT(!remel_stream_open(model, REMEL_BACKEND_CPU, 1, 48000, 3, 64, REMEL_LATENCY_MODE_LIVE, false));
    EXPECT(strstr(remel_last_error(), "channels: found 3"));
    RemelVocoder *vocoder = remel_vocoder_new(model, REMEL_BACKEND_CPU, 1);
    EXPECT(vocoder);
    EXPECT(remel_vocoder_vocode(vocoder, &audio, NULL, NULL, NULL, &output) == REMEL_STATUS_INVALID);
    EXPECT(remel_vocoder_synthesize(vocoder, &mel, NULL, &output) == REMEL_STATUS_INVALID);
    float values[80] = {0};
    mel = (RemelMel){values, 80, 1};
    EXPECT(remel_vocoder_synthesize(vocoder, &mel, NULL, &output) == REMEL_STATUS_INVALID);
    EXPECT(strstr(remel_last_error(), "128 bands"));

    RemelStream *stream = remel_stream_open(model, REMEL_BACKEND_CPU, 1, 48000, 1, 64, REMEL_LATENCY_MODE_LIVE, true);
    EXPECT(stream);
    float block[64] = {0}, *channels[] = {block}, *none[] = {NULL};
    EXPECT(!remel_stream_process(stream, none, NULL, 64, NULL));
    OldSettings old = {sizeof old, 0, "abc"};
    remel_settings_init((RemelSettings *)(void *)&old, offsetof(OldSettings, beyond));
    EXPECT(old.size == offsetof(OldSettings, beyond) && memcmp(old.beyond, "abc", 4) == 0);
    EXPECT(remel_stream_process(stream, channels, NULL, 64, (RemelSettings *)(void *)&old));

    remel_stream_free(stream);
    remel_vocoder_free(vocoder);
    remel_model_free(model);
    remel_stream_free(NULL);
    remel_vocoder_free(NULL);
    remel_model_free(NULL);
    remel_audio_free(&audio);
    remel_audio_free(NULL);
    remel_mel_free(NULL);
    return 0;
}
