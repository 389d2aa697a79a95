/* A file to mel frames and back, synthesized from noise: vocode IN OUT.wav */
#include <remel.h>
#include <stdio.h>

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: vocode IN OUT.wav\n");
        return 2;
    }
    RemelModel *model = remel_model_open("small");
    RemelVocoder *vocoder = remel_vocoder_new(model, REMEL_BACKEND_CPU, 1);
    RemelSettings settings;
    remel_settings_init(&settings, sizeof settings);
    settings.seed = 7;

    RemelAudio input = {0}, output = {0};
    RemelStatus status = remel_audio_read(arguments[1], &input);
    if (status == REMEL_STATUS_OK)
        status = remel_vocoder_vocode(vocoder, &input, NULL, NULL, &settings, &output);
    if (status == REMEL_STATUS_OK)
        status = remel_audio_write_wav(&output, arguments[2]);
    if (status != REMEL_STATUS_OK)
        fprintf(stderr, "%s\n", remel_last_error());

    remel_audio_free(&output);
    remel_audio_free(&input);
    remel_vocoder_free(vocoder);
    remel_model_free(model);
    return status;
}
