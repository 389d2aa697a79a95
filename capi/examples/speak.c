/* Mel frames, as a text-to-speech model makes them, to sound: speak IN OUT.wav takes them of a recording */
#include <remel.h>
#include <stdio.h>

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: speak IN OUT.wav\n");
        return 2;
    }
    RemelModel *model = remel_model_open("tts");
    RemelVocoder *vocoder = remel_vocoder_new(model, REMEL_BACKEND_CPU, 1);
    RemelAudio recording = {0}, output = {0};
    /* Frames of HiFi-GAN's: n_mels rows of `frames` values each. A text-to-speech model would fill this. */
    RemelMel mel = {0};
    RemelStatus status = remel_audio_read(arguments[1], &recording);
    if (status == REMEL_STATUS_OK)
        status = remel_mel_of(model, &recording, &mel);
    if (status == REMEL_STATUS_OK)
        status = remel_vocoder_synthesize(vocoder, &mel, NULL, &output);
    if (status == REMEL_STATUS_OK)
        status = remel_audio_write_wav(&output, arguments[2]);
    if (status == REMEL_STATUS_OK)
        printf("%zu frames of %zu bands\n", mel.frames, mel.n_mels);
    else
        fprintf(stderr, "%s\n", remel_last_error());

    remel_audio_free(&output);
    remel_mel_free(&mel);
    remel_audio_free(&recording);
    remel_vocoder_free(vocoder);
    remel_model_free(model);
    return status;
}
