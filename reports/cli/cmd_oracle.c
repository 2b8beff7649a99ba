/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/base/text.h"
#include "cases/gen/npy.h"
#include "cases/line/parse.h"
#include "reports/cli/folder.h"
#include "reports/cli/operands.h"
#include "reports/cli/vectors.h"
#include "reports/render/terminal.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { ATTR, DTYPE, OUT, WITH, KINK, TIE, SUMS_IN };

static const struct vjp_option options[] = {
    [ATTR] = {"attr", "NAME=VALUE", "an attribute of the layer; any number of them"},
    [DTYPE] = {"dtype", "T", "round the operands to bf16, f16, f32 or f64 first"},
    [OUT] = {"out", "DIR", "the folder to write to; it is made where there is none"},
    [WITH] = {"with", "LIST", "of y, saved, scale, bound, enclosure, with commas between"},
    [KINK] = {"kink", "SIDE", "at a kink, the lower, upper or middle derivative"},
    [TIE] = {"tie", "WHICH", "of equal maxima the first, the last or all alike (split) count"},
    [SUMS_IN] = {"sums-in", "T", "the format of the bound's kernel (the operands')"},
    {0},
};

struct settings {
    const char *out;
    int dtype;   /* -1: that of the files */
    int sums_in; /* -1: the dtype */
    struct vjp_kinks kinks;
    struct vjp_vectors_options vectors;
};

/* The index of the word of length characters among the count names, or -1. */
static int find_word(const char *word, size_t length, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        if (names[i] && strlen(names[i]) == length && strncmp(names[i], word, length) == 0)
            return i;
    }
    return -1;
}

static enum vjp_status read_with(const char *list, struct vjp_vectors_options *out,
                                 struct vjp_error *error)
{
    static const char *const names[] = {"y", "saved", "scale", "bound", "enclosure"};
    bool *const places[] = {&out->output, &out->saved, &out->scale, &out->bound, &out->enclosure};
    const char *word = list;
    while (word) {
        const size_t length = strcspn(word, ",");
        const int i = find_word(word, length, names, 5);
        if (i < 0)
            return vjp_fail(error, VJP_ERR_USAGE,
                            "--with %.*s: expected some of y, saved, scale, bound, enclosure, with "
                            "commas between",
                            (int)(length < 60 ? length : 60), word);
        *places[i] = true;
        word = word[length] == ',' ? word + length + 1 : NULL;
    }
    return VJP_OK;
}

static enum vjp_status read_kinks(const char *kink, const char *tie, struct vjp_kinks *out,
                                  struct vjp_error *error)
{
    static const char *const points[] = {
        [VJP_POINT_LOWER] = "lower", [VJP_POINT_UPPER] = "upper", [VJP_POINT_MIDDLE] = "middle"};
    static const char *const ties[] = {
        [VJP_TIE_FIRST] = "first", [VJP_TIE_LAST] = "last", [VJP_TIE_SPLIT] = "split"};
    const int point = kink ? find_word(kink, strlen(kink), points, 4) : VJP_POINT_ANY;
    const int which = tie ? find_word(tie, strlen(tie), ties, 4) : VJP_TIE_ANY;
    if (point < 0)
        return vjp_fail(error, VJP_ERR_USAGE, "--kink %.60s: expected lower, upper or middle",
                        kink);
    if (which < 0)
        return vjp_fail(error, VJP_ERR_USAGE, "--tie %.60s: expected first, last or split", tie);
    *out = (struct vjp_kinks){.point = (enum vjp_point_kink)point, .tie = (enum vjp_tie_kink)which};
    return VJP_OK;
}

static enum vjp_status read_settings(const char *const *value, struct settings *out,
                                     struct vjp_error *error)
{
    struct settings s = {.out = value[OUT], .dtype = -1, .sums_in = -1};
    enum vjp_status status = vjp_cli_out(value[OUT], error);
    if (status == VJP_OK && value[DTYPE])
        status = vjp_cli_dtype(value[DTYPE], &s.dtype, error);
    if (status == VJP_OK && value[SUMS_IN])
        status = vjp_cli_sums_in(value[SUMS_IN], &s.sums_in, error);
    if (status == VJP_OK && value[WITH])
        status = read_with(value[WITH], &s.vectors, error);
    if (status == VJP_OK)
        status = read_kinks(value[KINK], value[TIE], &s.kinks, error);
    if (status == VJP_OK)
        *out = s;
    return status;
}

/* Where a set comes from, as far as that is known, and which option chooses an element of it: the one that was
 * given leaves no set of its own kind. */
static const char *tell_choice(struct vjp_kinks given)
{
    if (given.point != VJP_POINT_ANY)
        return "operands are equal maxima, where --kink says nothing. Choose by --tie "
               "first|last|split";
    if (given.tie != VJP_TIE_ANY)
        return "an operand stands on a kink, where --tie says nothing. Choose by --kink "
               "lower|upper|middle";
    return "an operand stands on a kink, or two are equal maxima. Choose by --kink "
           "lower|upper|middle at the former, by --tie first|last|split at the latter";
}

/* Says, in brackets, which operand element is no number, as why a gradient is not known: the first, or nothing. */
static void tell_special(const struct vjp_operands_case *o, char *text, size_t size)
{
    char name[VJP_FIELD_NAME_MAX];
    char index[128];
    text[0] = '\0';
    for (int slot = 0; slot <= vjp_slot_cotangent(o->c.spec); slot++) {
        const struct vjp_tensor *values = &o->data.slot[slot];
        for (int64_t i = 0; i < values->count; i++) {
            const double value = vjp_bits_to_double(values->dtype, vjp_tensor_get(values, i));
            if (isfinite(value))
                continue;
            snprintf(text, size, " (%s%s is %s)", vjp_slot_name(o->c.spec, slot, name, sizeof name),
                     vjp_shape_index_text(&values->shape, i, index, sizeof index),
                     isnan(value) ? "nan"
                     : value < 0  ? "-inf"
                                  : "inf");
            return;
        }
    }
}

/* A gradient with an element that has no value is refused, unless the ends that it lies between are
 * written as well. */
static enum vjp_status check_gaps(const struct vjp_operands_case *o,
                                  const struct vjp_bundle *bundle,
                                  const struct vjp_vectors_gaps *gaps, const struct settings *s,
                                  struct vjp_error *error)
{
    static const char explanation[] = ": NaN in their file, they lie from .low.npy to .high.npy";
    char slot[VJP_FIELD_NAME_MAX];
    char index[128];
    char special[VJP_FIELD_NAME_MAX + 160];
    if (gaps->sets + gaps->unresolved == 0)
        return VJP_OK;
    tell_special(o, special, sizeof special);
    if (s->vectors.enclosure) {
        if (gaps->sets > 0)
            fprintf(stderr, "vjpcheck: at kinks, %" PRId64 " elements are sets%s\n", gaps->sets,
                    explanation);
        if (gaps->unresolved > 0)
            fprintf(stderr, "vjpcheck: %" PRId64 " elements could not be resolved%s%s\n",
                    gaps->unresolved, special, explanation);
        return VJP_OK;
    }
    vjp_slot_name(o->c.spec, gaps->slot, slot, sizeof slot);
    vjp_shape_index_text(&vjp_bundle_find(bundle, slot)->shape, gaps->index, index, sizeof index);
    if (gaps->sets == 0)
        return vjp_fail(error, VJP_ERR_LIMIT,
                        "%s%s could not be resolved%s: --with enclosure gives what it lies between",
                        slot, index, special);
    return vjp_fail(error, VJP_ERR_USAGE,
                    "%s%s is a set: %s, or ask for the ends by --with enclosure", slot, index,
                    tell_choice(s->kinks));
}

/* VJP_ERR_USAGE where an earlier run left something of a gradient that this one would not write anew: the bound
 * of other operands beside a new dx.npy is taken for its own. Refused, not removed: to derive it may have taken
 * hours, and what a run is not asked to write is its owner's. */
static enum vjp_status check_leftovers(const struct vjp_case *c, const struct settings *s,
                                       struct vjp_error *error)
{
    const struct vjp_vectors_options *with = &s->vectors;
    const struct {
        const char *ending, *option;
        bool written;
    } extras[] = {{"scale", "scale", with->scale},
                  {"bound", "bound", with->bound},
                  {"low", "enclosure", with->enclosure},
                  {"high", "enclosure", with->enclosure}};
    enum vjp_status status = VJP_OK;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        for (int k = 0; k < 4 && status == VJP_OK; k++) {
            char name[VJP_FIELD_NAME_MAX];
            struct vjp_text path = {0};
            if (extras[k].written || !vjp_slot_is_gradient(c->spec, slot) ||
                !vjp_case_has_slot(c, slot))
                continue;
            vjp_text_add(&path, "%s/%s.%s.npy", s->out,
                         vjp_slot_name(c->spec, slot, name, sizeof name), extras[k].ending);
            if (path.failed)
                status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
            else if (access(path.data, F_OK) == 0)
                status = vjp_fail(error, VJP_ERR_USAGE,
                                  "%.300s: is of an earlier run, and would not be that of the new "
                                  "%s.npy; expected --with %s, another folder, or remove it",
                                  path.data, name, extras[k].option);
            vjp_text_clear(&path);
        }
    }
    return status;
}

/* Derives the gradients; the bundle gets all arrays. */
static enum vjp_status derive(struct vjp_operands_case *o, const struct settings *s,
                              struct vjp_bundle *bundle, struct vjp_error *error)
{
    struct vjp_reference *reference = NULL;
    struct vjp_vectors_gaps gaps;
    struct vjp_progress progress;
    vjp_progress_init(&progress, stderr);
    vjp_progress_say(&progress, 1, "deriving the gradients");
    enum vjp_status status = vjp_reference_create_rounded(
        &o->c, &o->data, s->kinks, s->vectors.bound || s->vectors.scale, &reference, error);
    if (status == VJP_OK && s->vectors.saved)
        status = vjp_reference_save(reference, &o->data, error);
    if (status == VJP_OK) {
        const struct vjp_question question = {.c = &o->c, .data = &o->data, .reference = reference};
        status = vjp_vectors_add(&question, &s->vectors, bundle, &gaps, error);
    }
    vjp_progress_erase(&progress);
    if (reference)
        vjp_reference_destroy(reference);
    return status == VJP_OK ? check_gaps(o, bundle, &gaps, s, error) : status;
}

static enum vjp_status write_arrays(const struct vjp_bundle *bundle, struct vjp_folder *folder,
                                    struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < bundle->n_tensors && status == VJP_OK; i++) {
        struct vjp_text name = {0};
        FILE *file;
        vjp_text_add(&name, "%s.npy", bundle->tensor[i].name);
        status = name.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                             : vjp_folder_add(folder, name.data, &file, error);
        vjp_text_clear(&name);
        if (status == VJP_OK)
            status = vjp_npy_write(file, &bundle->tensor[i].tensor, error);
    }
    return status == VJP_OK ? vjp_folder_commit(folder, error) : status;
}

/* What was rounded, and what there is now. */
static void tell(const struct vjp_operands_case *o, const struct vjp_bundle *bundle,
                 const char *folder)
{
    struct vjp_text line = {0};
    char text[128];
    for (int slot = 0; slot <= vjp_slot_cotangent(o->c.spec); slot++) {
        if (o->converted[slot] > 0)
            fprintf(stderr,
                    "vjpcheck: %s: %" PRId64 " of %" PRId64 " values were rounded to %s: the "
                    "gradients are those of the rounded ones\n",
                    vjp_slot_name(o->c.spec, slot, text, sizeof text), o->converted[slot],
                    o->data.slot[slot].count, vjp_format(o->c.dtype)->name);
    }
    vjp_case_print(&o->c, &line);
    if (o->replayable && !line.failed)
        puts(line.data);
    vjp_text_clear(&line);
    for (int i = 0; i < bundle->n_tensors; i++) {
        const struct vjp_tensor *tensor = &bundle->tensor[i].tensor;
        printf("%s/%s.npy: %s %s\n", folder, bundle->tensor[i].name,
               vjp_format(tensor->dtype)->name, vjp_shape_text(&tensor->shape, text, sizeof text));
    }
}

static int run(const struct vjp_arguments *arguments)
{
    struct settings s;
    struct vjp_operands_case o = {0};
    struct vjp_bundle bundle = {0};
    struct vjp_folder folder = {0};
    struct vjp_error error;
    enum vjp_status status = read_settings(arguments->value, &s, &error);
    if (status == VJP_OK)
        status = vjp_operands_read(arguments->operands, arguments->n_operands, s.dtype, &o, &error);
    if (status == VJP_OK)
        status = vjp_vectors_model(o.c.dtype, s.sums_in, &s.vectors.model, &error);
    if (status == VJP_OK)
        status = check_leftovers(&o.c, &s, &error);
    if (status == VJP_OK)
        status = vjp_reference_check_domains(&o.c, &o.data, &error);
    if (status == VJP_OK) /* before the long work, which would be lost */
        status = vjp_folder_open(s.out, &folder, &error);
    if (status == VJP_OK)
        status = derive(&o, &s, &bundle, &error);
    if (status == VJP_OK)
        status = write_arrays(&bundle, &folder, &error);
    if (status == VJP_OK)
        tell(&o, &bundle, s.out);
    vjp_folder_clear(&folder);
    vjp_bundle_clear(&bundle);
    vjp_operands_clear(&o);
    return status == VJP_OK ? VJP_EXIT_SOUND : vjp_cli_fail(status, &error);
}

const struct vjp_command vjp_command_oracle = {
    .name = "oracle",
    .operands = "LAYER NAME=FILE...",
    .summary = "write the correctly rounded gradients of your own operands",
    .help =
        "  vjpcheck oracle linear --attr bias=1 x=x.npy w=w.npy b=b.npy dy=dy.npy --out truth\n"
        "  vjpcheck oracle 'linear | relu' 1.x=x.npy 1.w=w.npy dy=dy.npy --out truth\n\n"
        "LAYER is a layer or a pipeline; \"vjpcheck list LAYER\" shows its operands, which are "
        "all\n"
        "needed, and dy, which has the shape of y. Sizes follow from the shapes of the files; one\n"
        "that no shape tells is given as NAME=SIZE. Files are little-endian and in C order.\n\n"
        "The dtype is that of the files. With --dtype the operands are rounded to it, to nearest\n"
        "even, and the gradients are those of the rounded operands; it is told how many values\n"
        "changed, and one that would become infinite is refused.\n\n"
        "DIR/dx.npy, DIR/dw.npy, ... hold the gradients, exact but for one rounding to the dtype.\n"
        "--with adds, for every gradient, doubles of its shape:\n"
        "  scale      dx.scale.npy: S = |J|^T |dy|, rounded up\n"
        "  bound      dx.bound.npy: how far a correct kernel may be from the exact result if it\n"
        "             rounds every operation in the dtype (or --sums-in) and its elementary\n"
        "             functions are within 4 ulp; infinite where a partial sum may overflow\n"
        "  enclosure  dx.low.npy, dx.high.npy: what the exact result lies between\n"
        "and y (y.npy, correctly rounded) and saved (what a forward pass would keep: mean.npy).\n\n"
        "At a kink (relu of 0, equal maxima) a gradient may be a set. That is an error, unless\n"
        "--kink and --tie choose, or --with enclosure gives the ends: then the element is NaN in\n"
        "dx.npy. Files appear under their names when all of them are whole. A folder is refused\n"
        "where it has a scale, bound or enclosure of an earlier run that is not asked for again.",
    .min_operands = 1,
    .max_operands = INT_MAX,
    .operand_option = "attr",
    .options = options,
    .run = run,
};
