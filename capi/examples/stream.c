/* Block by block, as an audio callback has it, at a latency that is known beforehand: stream IN OUT.wav */
#include <remel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_FRAMES 256

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: stream IN OUT.wav\n");
        return 2;
    }
    RemelAudio input = {0};
    if (remel_audio_read(arguments[1], &input) != REMEL_STATUS_OK) {
        fprintf(stderr, "%s\n", remel_last_error());
        return 1;
    }
    RemelModel *model = remel_model_open("small");
    /* A file is in no hurry: a block waits for its sound. Under a callback the last argument is false. */
    RemelStream *stream = remel_stream_open(model, REMEL_BACKEND_CPU, 1, input.rate_hz, 1, BLOCK_FRAMES,
                                            REMEL_LATENCY_MODE_BALANCED, true);
    if (!stream) {
        fprintf(stderr, "%s\n", remel_last_error());
        return 1;
    }
    size_t latency = remel_stream_latency(stream), frames = input.frames + latency;
    float *samples = calloc(frames, sizeof *samples);
    memcpy(samples, input.samples, input.frames * sizeof *samples);

    for (size_t start = 0; start < frames; start += BLOCK_FRAMES) {
        float *block = samples + start;
        size_t length = frames - start < BLOCK_FRAMES ? frames - start : BLOCK_FRAMES;
        remel_stream_process(stream, &block, NULL, length, NULL);
    }

    printf("latency %zu samples, %llu underruns\n", latency, (unsigned long long)remel_stream_underruns(stream));
    RemelAudio output = {samples + latency, 1, input.frames, input.rate_hz};
    RemelStatus status = remel_audio_write_wav(&output, arguments[2]);
    if (status != REMEL_STATUS_OK)
        fprintf(stderr, "%s\n", remel_last_error());
    free(samples);
    remel_stream_free(stream);
    remel_model_free(model);
    remel_audio_free(&input);
    return status;
}
