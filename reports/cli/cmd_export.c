/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/base/text.h"
#include "cases/gen/generate.h"
#include "cases/line/parse.h"
#include "reports/bench/clock.h"
#include "reports/cli/folder.h"
#include "reports/cli/npz.h"
#include "reports/cli/operands.h"
#include "reports/cli/selection.h"
#include "reports/cli/vectors.h"
#include "reports/render/safetensors.h"
#include "reports/render/terminal.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define COUNT_DEFAULT 20
#define COUNT_MAX     100000 /* files of one layer */
#define INDEX         "index.tsv"

enum { CASES, COUNT, SEED, DTYPE, FORMAT, OUT, SUMS_IN };

static const struct vjp_option options[] = {
    [CASES] = {"cases", "FILE", "export the cases of this file, one per line, and no others"},
    [COUNT] = {"count", "N", "generated cases per layer (20)"},
    [SEED] = {"seed", "S", "of the generated cases (0x5eed)"},
    [DTYPE] = {"dtype", "T", "bf16, f16, f32 or f64 (f32; with --cases all)"},
    [FORMAT] = {"format", "F", "npz or safetensors"},
    [OUT] = {"out", "DIR", "the folder to write to; it is made where there is none"},
    [SUMS_IN] = {"sums-in", "T", "the format of the bound's kernel (the case's dtype)"},
    {0},
};

/* How a bundle becomes a file. */
static const struct format {
    const char *name; /* and the file's ending */
    enum vjp_status (*write)(const struct vjp_bundle *, FILE *, struct vjp_error *);
} formats[] = {{"npz", vjp_npz_write}, {"safetensors", vjp_safetensors_write}};

struct settings {
    struct vjp_selection selection;
    const char *out;
    const struct format *format;
    int sums_in; /* -1: the case's dtype */
};

static enum vjp_status read_format(const char *name, const struct format **out,
                                   struct vjp_error *error)
{
    for (size_t i = 0; name && i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(name, formats[i].name) == 0) {
            *out = &formats[i];
            return VJP_OK;
        }
    }
    return name
               ? vjp_fail(error, VJP_ERR_USAGE, "--format %.60s: expected npz or safetensors", name)
               : vjp_fail(error, VJP_ERR_USAGE,
                          "--format is missing: expected --format npz or --format safetensors");
}

static enum vjp_status read_settings(const struct vjp_arguments *arguments, struct settings *out,
                                     struct vjp_error *error)
{
    const char *const *value = arguments->value;
    struct settings s = {.selection = {.dtype = value[CASES] ? -1 : VJP_F32,
                                       .file = value[CASES],
                                       .seed = VJP_SEED_DEFAULT,
                                       .count = COUNT_DEFAULT},
                         .out = value[OUT],
                         .sums_in = -1};
    enum vjp_status status = vjp_cli_out(value[OUT], error);
    if (status == VJP_OK)
        status = read_format(value[FORMAT], &s.format, error);
    if (status == VJP_OK && arguments->n_operands > 0)
        status = vjp_operands_layer(arguments->operands[0], &s.selection.layer, error);
    if (status == VJP_OK && value[DTYPE])
        status = vjp_cli_dtype(value[DTYPE], &s.selection.dtype, error);
    if (status == VJP_OK && value[SUMS_IN])
        status = vjp_cli_sums_in(value[SUMS_IN], &s.sums_in, error);
    if (status == VJP_OK && value[COUNT])
        status = vjp_option_integer("count", value[COUNT], 0, COUNT_MAX, &s.selection.count, error);
    if (status == VJP_OK && value[SEED])
        status = vjp_option_u64("seed", value[SEED], &s.selection.seed, error);
    if (status == VJP_OK && value[CASES] && (value[COUNT] || value[SEED]))
        status = vjp_fail(error, VJP_ERR_USAGE,
                          "--cases replaces the generated cases: --%s has no use with it",
                          value[COUNT] ? "count" : "seed");
    if (status == VJP_OK)
        *out = s;
    return status;
}

/* A case that a bundle is made of. */
struct subject {
    const struct vjp_case *c;
    const char *line;
    struct vjp_model model;
};

static enum vjp_status add_notes(const struct subject *s, struct vjp_bundle *bundle,
                                 struct vjp_error *error)
{
    struct vjp_text model = {0};
    vjp_text_add(&model,
                 "each operation rounded to %s, sums in any order, elementary functions within %d "
                 "ulp, the result rounded to %s; computed from the operands, or from what is saved",
                 vjp_format(s->model.accumulate)->name, s->model.ulps,
                 vjp_format(s->c->dtype)->name);
    struct vjp_text attributes = {0};
    vjp_text_add(&attributes, "accumulate=%d", s->c->accumulate);
    for (int i = 0; i < s->c->spec->n_attrs; i++) {
        vjp_text_add(&attributes, " ");
        vjp_case_print_attr(s->c, i, &attributes);
    }
    const char *const notes[][2] = {
        {"case", s->line},
        {"vjpcheck", VJP_VERSION},
        {"attributes", attributes.data},
        {"formula", s->c->spec->formula},
        {"model", model.data},
        {"rule", "an element g of a kernel's dx is right if dx.bound is infinite, or dx.low is "
                 "infinite or NaN and g is the same, or dx.low - dx.bound <= g <= dx.high + "
                 "dx.bound; likewise for every gradient"},
        {"bf16", "in .npz, two raw bytes: a.view(ml_dtypes.bfloat16), or "
                 "(a.view('<u2').astype('<u4') << numpy.uint32(16)).view('<f4')"},
    };
    const int count = s->c->dtype == VJP_BF16 ? 7 : 6;
    enum vjp_status status = model.failed || attributes.failed
                                 ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                                 : VJP_OK;
    for (int i = 0; i < count && status == VJP_OK; i++)
        status = vjp_bundle_note(bundle, notes[i][0], notes[i][1], error);
    vjp_text_clear(&model);
    vjp_text_clear(&attributes);
    return status;
}

/* Everything that a file of the case holds. *left_out: it holds nothing, since a stage of the case gives the
 * next what it does not take, and *error says what. */
static enum vjp_status fill_bundle(const struct subject *s, struct vjp_bundle *bundle,
                                   bool *left_out, struct vjp_error *error)
{
    const struct vjp_vectors_options everything = {.operands = true,
                                                   .saved = true,
                                                   .output = true,
                                                   .scale = true,
                                                   .bound = true,
                                                   .enclosure = true,
                                                   .model = s->model,
                                                   .either = true};
    struct vjp_data data = {0};
    struct vjp_reference *reference = NULL;
    struct vjp_vectors_gaps gaps;
    enum vjp_status status = vjp_data_generate(s->c, &data, error);
    const bool filled = status == VJP_OK;
    if (filled)
        status = vjp_reference_create_rounded(s->c, &data, (struct vjp_kinks){0}, true, &reference,
                                              error);
    *left_out = filled && status == VJP_ERR_USAGE;
    if (status == VJP_OK)
        status = vjp_reference_save(reference, &data, error);
    if (status == VJP_OK) {
        const struct vjp_question question = {.c = s->c, .data = &data, .reference = reference};
        status = vjp_vectors_add(&question, &everything, bundle, &gaps, error);
    }
    if (status == VJP_OK)
        status = add_notes(s, bundle, error);
    if (reference)
        vjp_reference_destroy(reference);
    vjp_data_clear(&data);
    return status;
}

/* "softmax-f32-0001.npz", "linear-relu-f32-0002.npz". */
static void add_name(const struct vjp_case *c, size_t number, const char *ending,
                     struct vjp_text *out)
{
    bool gap = false;
    for (const char *p = c->spec->name; *p; p++) {
        const bool plain = isalnum((unsigned char)*p) || *p == '_';
        if (plain)
            vjp_text_add(out, "%s%c", gap ? "-" : "", *p);
        gap = !plain;
    }
    vjp_text_add(out, "-%s-%04zu.%s", vjp_format(c->dtype)->name, number, ending);
}

/* What became of the cases. */
struct tally {
    size_t written;
    size_t left_out;
    struct vjp_error
        first; /* why the first of those that were left out was, with the case in front */
};

/* Writes one file, and its line in the index, or leaves the case out. */
static enum vjp_status export_case(const struct settings *s, const struct vjp_case *c,
                                   struct tally *tally, struct vjp_folder *folder, FILE *index,
                                   struct vjp_error *error)
{
    struct vjp_model model;
    struct vjp_bundle bundle = {0};
    struct vjp_text line = {0};
    struct vjp_text name = {0};
    bool left_out = false;
    FILE *file;
    vjp_case_print(c, &line);
    add_name(c, tally->written + 1, s->format->name, &name);
    enum vjp_status status =
        line.failed || name.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory") : VJP_OK;
    if (status == VJP_OK)
        status = vjp_vectors_model(c->dtype, s->sums_in, &model, error);
    if (status == VJP_OK) {
        const struct subject subject = {.c = c, .line = line.data, .model = model};
        status = fill_bundle(&subject, &bundle, &left_out, error);
        if (status != VJP_OK)
            vjp_case_prefix(c, error);
    }
    if (left_out) {
        if (tally->left_out++ == 0)
            tally->first = *error;
        status = VJP_OK;
        goto cleanup;
    }
    if (status == VJP_OK)
        status = vjp_folder_add(folder, name.data, &file, error);
    if (status == VJP_OK)
        status = s->format->write(&bundle, file, error);
    if (status == VJP_OK)
        status = vjp_folder_commit(folder, error);
    if (status == VJP_OK)
        fprintf(index, "%s\t%s\n", name.data, line.data);
    tally->written += status == VJP_OK;
cleanup:
    vjp_text_clear(&line);
    vjp_text_clear(&name);
    vjp_bundle_clear(&bundle);
    return status;
}

/* VJP_ERR_LIMIT, naming the case, for one that the oracle cannot take on, and VJP_ERR_USAGE for one whose
 * operands the sums would be too narrow for: known before anything is written. */
static enum vjp_status check_cases(const struct vjp_case_list *cases, int sums_in,
                                   struct vjp_error *error)
{
    if (cases->count == 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "nothing to export: no case has that layer and dtype");
    for (size_t i = 0; i < cases->count; i++) {
        struct vjp_model model;
        enum vjp_status status = vjp_reference_check(&cases->cases[i], error);
        if (status == VJP_OK)
            status = vjp_vectors_model(cases->cases[i].dtype, sums_in, &model, error);
        if (status != VJP_OK) {
            vjp_case_prefix(&cases->cases[i], error);
            return status;
        }
    }
    return VJP_OK;
}

static enum vjp_status export_all(const struct settings *s, const struct vjp_case_list *cases,
                                  struct tally *tally, struct vjp_error *error)
{
    struct vjp_folder files = {0};
    struct vjp_folder index = {0}; /* of its own: it gets its name when the last file has it */
    struct vjp_progress progress;
    FILE *list;
    vjp_progress_init(&progress, stderr);
    enum vjp_status status = vjp_folder_open(s->out, &files, error);
    if (status == VJP_OK)
        status = vjp_folder_open(s->out, &index, error);
    if (status == VJP_OK)
        status = vjp_folder_add(&index, INDEX, &list, error);
    for (size_t i = 0; i < cases->count && status == VJP_OK; i++) {
        char text[64];
        snprintf(text, sizeof text, "%zu of %zu cases", i, cases->count);
        vjp_progress_say(&progress, vjp_clock_now(), text);
        status = export_case(s, &cases->cases[i], tally, &files, list, error);
    }
    if (status == VJP_OK && tally->written == 0)
        status = vjp_fail(error, VJP_ERR_USAGE, "nothing to export: every case is left out: %s",
                          tally->first.text);
    if (status == VJP_OK)
        status = vjp_folder_commit(&index, error);
    vjp_progress_erase(&progress);
    vjp_folder_clear(&files);
    vjp_folder_clear(&index); /* last: it made the folder, which goes when nothing is left in it */
    return status;
}

/* VJP_ERR_USAGE where an index of other vectors would be lost, and they be nobody's. */
static enum vjp_status check_out(const char *out, struct vjp_error *error)
{
    struct vjp_text path = {0};
    enum vjp_status status = VJP_OK;
    vjp_text_add(&path, "%s/" INDEX, out);
    if (path.failed)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    else if (access(path.data, F_OK) == 0)
        status = vjp_fail(error, VJP_ERR_USAGE,
                          "--out %.300s: already holds vectors (" INDEX
                          "); expected another folder, or remove it",
                          out);
    vjp_text_clear(&path);
    return status;
}

static int run(const struct vjp_arguments *arguments)
{
    struct settings s;
    struct vjp_case_list cases = {0};
    struct tally tally = {0};
    struct vjp_error error;
    enum vjp_status status = read_settings(arguments, &s, &error);
    if (status == VJP_OK)
        status = check_out(s.out, &error);
    if (status == VJP_OK)
        status = vjp_selection_read(&s.selection, NULL, &cases, NULL, &error);
    if (status == VJP_OK)
        status = check_cases(&cases, s.sums_in, &error);
    if (status == VJP_OK)
        status = export_all(&s, &cases, &tally, &error);
    if (status == VJP_OK && tally.left_out > 0)
        fprintf(stderr, "vjpcheck: %zu of %zu cases are left out, the first: %s\n", tally.left_out,
                cases.count, tally.first.text);
    if (status == VJP_OK)
        printf("%s: %zu cases, listed in " INDEX "\n", s.out, tally.written);
    vjp_case_list_clear(&cases);
    return status == VJP_OK ? VJP_EXIT_SOUND : vjp_cli_fail(status, &error);
}

const struct vjp_command vjp_command_export = {
    .name = "export",
    .operands = "[LAYER]",
    .summary = "write test vectors for kernels in any language",
    .help =
        "  vjpcheck export softmax --count 50 --format npz --out vectors\n"
        "  vjpcheck export --cases my.cases --format safetensors --out vectors\n\n"
        "One file per case, and index.tsv with a line per file: its name and the case line, which\n"
        "\"vjpcheck run\" replays. Without LAYER (or a pipeline) every layer is exported: its\n"
        "pinned cases and N generated ones. A folder that has an index.tsv already is refused.\n\n"
        "What a file holds, for a layer with operands x and w:\n"
        "  x, w, dy           the operands and the cotangent, in C order whatever the case's "
        "layout\n"
        "  dx.before          with accumulate=1, what the kernel adds its gradient to\n"
        "  y, mean, ...       the output, and what a forward pass would save, correctly rounded\n"
        "  dx, dw             the gradients, correctly rounded; NaN where there is a set of them\n"
        "  dx.low, dx.high    f64: what the exact gradient lies between, or at a kink the set of\n"
        "                     all subgradients\n"
        "  dx.bound           f64: how far outside of it a kernel may be\n"
        "  dx.scale           f64: S = |J|^T |dy|\n"
        "and as text (NAME.txt in .npz, __metadata__ in .safetensors)\n"
        "  case               the case line\n"
        "  vjpcheck           the version\n"
        "  attributes         every attribute of the layer, also those that the case line leaves "
        "out\n"
        "  formula, model     what is computed, and how by the kernel that dx.bound is for\n"
        "  rule               when a kernel is right: an element g of its dx where\n"
        "                       dx.bound is infinite, or\n"
        "                       dx.low is infinite or NaN and g is the same, or\n"
        "                       dx.low - dx.bound <= g <= dx.high + dx.bound\n\n"
        "In Python: z = numpy.load(FILE); z['dx'], z['case.txt'].decode(); integer operands are\n"
        "32-bit; bf16 in .npz is two raw bytes (bf16.txt says how to read it).",
    .min_operands = 0,
    .max_operands = 1,
    .options = options,
    .run = run,
};
