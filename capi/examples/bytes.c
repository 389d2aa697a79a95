/* A model from bytes, such as those that a program carries in itself, and what it says of itself: bytes MODEL */
#include <remel.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments) {
    FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
    if (!file) {
        fprintf(stderr, "usage: bytes MODEL\n");
        return 2;
    }
    fseek(file, 0, SEEK_END);
    size_t length = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(length);
    length = fread(bytes, 1, length, file);
    fclose(file);

    RemelModel *model = remel_model_from_bytes(bytes, length);
    free(bytes);
    if (!model) {
        fprintf(stderr, "%s\n", remel_last_error());
        return 1;
    }
    printf("%s at %u Hz: mel frames of %zu bands, a hop of %zu samples, licence %s\n", remel_model_name(model),
           remel_model_rate_hz(model), remel_model_n_mels(model), remel_model_hop(model), remel_model_licence(model));
    remel_model_free(model);
    return 0;
}
