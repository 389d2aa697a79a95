/* A plugin of QEMU that counts what an AArch64 program executes: products of vectors, all that goes through the vector units,
 * loads, and every instruction. Printed to standard error as the program ends.
 *
 * The declarations are those of QEMU's plugin interface, of which Debian packages no header. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
char *qemu_plugin_insn_disas(const struct qemu_plugin_insn *);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, void (*)(unsigned, void *), int flags, void *);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void *), void *);

__attribute__((visibility("default"))) int qemu_plugin_version = PLUGIN_VERSION;

enum { PRODUCTS, VECTOR, LOADS, EVERY, KINDS };

static uint64_t counts[KINDS];

struct block {
    uint64_t of[KINDS];
};

/* All of floating point, and what moves or changes whole registers. */
static const char *const VECTOR_NAMES[] = {"f", "mov v", "movi", "dup", "shl v", "add v", "ext v", "zip", "uzp",
                                           "trn", "bsl", "bit", "bif", "scvtf", "ucvtf"};

static bool starts(const char *text, const char *start) { return strncmp(text, start, strlen(start)) == 0; }

static void execute(unsigned cpu, void *data) {
    (void)cpu;
    const struct block *block = data;
    for (int kind = 0; kind < KINDS; kind++) {
        counts[kind] += block->of[kind];
    }
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    (void)id;
    /* Blocks are translated a few thousand times, and live as long as the program. */
    struct block *block = calloc(1, sizeof *block);
    for (size_t index = 0; index < qemu_plugin_tb_n_insns(tb); index++) {
        char *text = qemu_plugin_insn_disas(qemu_plugin_tb_get_insn(tb, index));
        bool vector = false;
        for (size_t name = 0; name < sizeof VECTOR_NAMES / sizeof *VECTOR_NAMES; name++) {
            vector |= starts(text, VECTOR_NAMES[name]);
        }
        block->of[PRODUCTS] += starts(text, "fmla") && strstr(text, ".4s");
        block->of[VECTOR] += vector;
        block->of[LOADS] += starts(text, "ld");
        block->of[EVERY] += 1;
        free(text);
    }
    qemu_plugin_register_vcpu_tb_exec_cb(tb, execute, 0, block);
}

static void end(qemu_plugin_id_t id, void *data) {
    (void)id;
    (void)data;
    fprintf(stderr, "\ncounts %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", counts[PRODUCTS], counts[VECTOR],
            counts[LOADS], counts[EVERY]);
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv) {
    (void)info;
    (void)argc;
    (void)argv;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    qemu_plugin_register_atexit_cb(id, end, NULL);
    return 0;
}
