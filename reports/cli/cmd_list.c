/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/base/text.h"
#include "cases/gen/generate.h"
#include "cases/gen/small.h"
#include "cases/spec/generators.h"
#include "reports/cli/layers.h"
#include "reports/cli/operands.h"
#include "reports/cli/targets.h"
#include "reports/cli/truth.h"
#include "reports/render/escape.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

enum { LAYER };

static const struct vjp_option options[] = {
    [LAYER] = {"layer", "L", "all about this layer or pipeline, and nothing else"},
    {0},
};

static void print_generator(const struct vjp_generator_info *info)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s%s%s", info->name, info->parameter ? "[:" : "",
             info->parameter ? info->parameter : "", info->parameter ? "]" : "");
    printf("  %-36s %s", name, info->help);
    if (info->parameter && info->fallback >= 0)
        printf(" (%g)", info->fallback);
    putchar('\n');
}

/* A small case of the kernel's layer with its first dtype. */
static enum vjp_status make_probe(const struct vjp_kernel_info *kernel, struct vjp_case *out,
                                  struct vjp_error *error)
{
    const struct vjp_spec *spec = vjp_spec_find(kernel->layer);
    int d = 0;
    if (!spec)
        return vjp_fail(error, VJP_ERR_USAGE, "layer %s is not known here", kernel->layer);
    while (d < VJP_DTYPE_COUNT && !kernel->has_model[d])
        d++;
    if (d == VJP_DTYPE_COUNT)
        return vjp_fail(error, VJP_ERR_USAGE, "it declares no dtype");
    return vjp_small_case(spec, (enum vjp_dtype)d, out, error);
}

/* Whether the kernel says that it cannot run here, and in which words. What else it does is what
 * check is for. */
static enum vjp_status probe(struct vjp_target *target, int kernel, struct vjp_observation *out,
                             struct vjp_error *error)
{
    struct vjp_case c = {0};
    struct vjp_data data = {0};
    struct vjp_truth truth = {0}; /* for what the kernel wants of the forward pass */
    enum vjp_status status = make_probe(&target->info->kernel[kernel], &c, error);
    if (status == VJP_OK)
        status = vjp_data_generate(&c, &data, error);
    if (status == VJP_OK && c.spec->n_saved > 0)
        status = vjp_truth_init(&truth, &c, &data, VJP_ORACLE_WHOLE, 1, error);
    if (status == VJP_OK)
        status = vjp_worker_run(target->worker, kernel, &c, &data, out, error);
    vjp_truth_clear(&truth);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
    return status;
}

/* What it declares, in one line. */
static void print_declaration(const struct vjp_kernel_info *kernel)
{
    static const char *const points[] = {"", "lower", "upper", "middle"};
    static const char *const ties[] = {"", "first", "last", "split"};
    printf("    ");
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        if (!kernel->has_model[d])
            continue;
        const struct vjp_model *model = &kernel->model[d];
        printf("%s", vjp_format((enum vjp_dtype)d)->name);
        if (model->accumulate != (enum vjp_dtype)d)
            printf(" (sums in %s)", vjp_format(model->accumulate)->name);
        if (model->narrow_operands)
            printf(" (narrow operands)");
        if (model->flushes)
            printf(" (flushes)");
        printf(" ");
    }
    if (kernel->kinks.point != VJP_POINT_ANY)
        printf("(kinks: %s) ", points[kernel->kinks.point]);
    if (kernel->kinks.tie != VJP_TIE_ANY)
        printf("(ties: %s) ", ties[kernel->kinks.tie]);
    if (kernel->n_wants > 0)
        printf("wants ");
    for (int i = 0; i < kernel->n_wants; i++) {
        vjp_escape_print(kernel->wants[i], stdout);
        printf("%s ", i + 1 < kernel->n_wants ? "," : ";");
    }
    printf("%s%s%s", kernel->deterministic ? "deterministic" : "not deterministic",
           kernel->some_gradients ? "; some gradients" : "", kernel->in_place ? "; in place" : "");
    if (kernel->fixed_point)
        printf("; fixed point");
    for (int i = 0; i < kernel->n_tiles; i++)
        printf("%s %" PRId32, i > 0 ? "," : "; tiles", kernel->tiles[i]);
    putchar('\n');
}

static void print_kernel(struct vjp_target *target, int k)
{
    const struct vjp_kernel_info *kernel = &target->info->kernel[k];
    struct vjp_observation seen = {0};
    struct vjp_error error;
    printf("  ");
    vjp_escape_print(target->label[k], stdout);
    printf(": %s", kernel->layer);
    if (kernel->summary[0]) {
        printf(", ");
        vjp_escape_print(kernel->summary, stdout);
    }
    putchar('\n');
    print_declaration(kernel);
    if (probe(target, k, &seen, &error) != VJP_OK) {
        printf("    cannot be asked: %s\n", error.text);
    } else if (seen.outcome == VJP_DECLINED) {
        printf("    unsupported on this machine: ");
        vjp_escape_print(seen.reason, stdout);
        putchar('\n');
    }
    vjp_observation_clear(&seen);
}

/* A word that names a layer or can be no target: a pipeline. */
static bool is_layer(const char *word)
{
    return strchr(word, '|') || vjp_spec_find(word);
}

static int show_layer(const char *name)
{
    const struct vjp_spec *spec;
    struct vjp_error error;
    const enum vjp_status status = vjp_operands_layer(name, &spec, &error);
    if (status != VJP_OK)
        return vjp_cli_fail(status, &error);
    vjp_layers_print_one(spec, stdout);
    return VJP_EXIT_SOUND;
}

/* Several words, or one that is no layer, are targets. What is a layer among them, or neither, is told as what
 * it is. */
static enum vjp_status check_targets(const struct vjp_arguments *arguments, struct vjp_error *error)
{
    for (int i = 0; i < arguments->n_operands; i++) {
        const char *word = arguments->operands[i];
        const struct vjp_spec *spec;
        struct vjp_error no_layer, no_target;
        const enum vjp_status status = vjp_target_find(word, &no_target);
        if (status == VJP_OK)
            continue;
        if (vjp_operands_layer(word, &spec, &no_layer) == VJP_OK)
            return vjp_fail(error, VJP_ERR_USAGE,
                            "%.200s is a LAYER, which is shown alone: expected no word beside it, "
                            "or TARGETs only",
                            word);
        return vjp_fail(error, status, "\"%.60s\": expected a LAYER (%.200s) or a TARGET (%.600s)",
                        word, no_layer.text, no_target.text);
    }
    return VJP_OK;
}

static int show_all(const struct vjp_arguments *arguments)
{
    struct vjp_targets targets = {0};
    struct vjp_error error;
    enum vjp_status status = check_targets(arguments, &error);
    if (status == VJP_OK)
        status =
            vjp_targets_open(arguments->operands, arguments->n_operands, true, 0, &targets, &error);
    if (status != VJP_OK)
        return vjp_cli_fail(status, &error);
    puts("Layers (\"vjpcheck list LAYER\" tells all about one)");
    vjp_layers_print(stdout);
    puts(
        "  Layers with | between them are one, a pipeline: \"linear | relu\"; what belongs to its\n"
        "  second stage is called 2.w, 2.N.");
    puts("\nKernels");
    for (int t = 0; t < targets.count; t++) {
        for (int k = 0; k < targets.target[t].info->n_kernels; k++) {
            if (targets.target[t].selected[k])
                print_kernel(&targets.target[t], k);
        }
    }
    for (int i = 0; i < targets.n_lost; i++) {
        printf("  %s: ", targets.lost[i].name);
        vjp_escape_print(targets.lost[i].reason, stdout);
        putchar('\n');
    }
    puts("\nValues of an operand in a case line (in brackets: where no number is given)");
    for (int g = 0; g < VJP_GEN_NAMED; g++)
        print_generator(vjp_generator_info((enum vjp_generator)g));
    puts("  [1,0x1p-3,-inf]                      a literal list, row-major\n"
         "  @FILE.npy                            a NumPy file of the case's dtype and shape");
    vjp_targets_close(&targets);
    return VJP_EXIT_SOUND;
}

static int run(const struct vjp_arguments *arguments)
{
    const char *layer = arguments->value[LAYER];
    struct vjp_error error;
    if (layer && arguments->n_operands > 0) {
        vjp_error_set(&error, "--layer shows a layer alone: %s has no use with it",
                      arguments->operands[0]);
        return vjp_cli_fail(VJP_ERR_USAGE, &error);
    }
    if (layer)
        return show_layer(layer);
    if (arguments->n_operands == 1 && is_layer(arguments->operands[0]))
        return show_layer(arguments->operands[0]);
    return show_all(arguments);
}

const struct vjp_command vjp_command_list = {
    .name = "list",
    .operands = "[LAYER | TARGET...]",
    .summary = "show layers, kernels and value generators",
    .help =
        "Without a TARGET, the kernels of every plug-in that ships are shown, and those of the\n"
        "peers (openblas and others) that were built; one that cannot be loaded has a line that\n"
        "says so. With a LAYER or a pipeline, only that, with\n"
        "its operands, dimensions and attributes:\n"
        "  vjpcheck list softmax\n"
        "  vjpcheck list 'linear | relu'",
    .min_operands = 0,
    .max_operands = INT_MAX,
    .options = options,
    .run = run,
};
