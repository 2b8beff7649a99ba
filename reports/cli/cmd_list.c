/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/base/text.h"
#include "cases/gen/generate.h"
#include "cases/line/parse.h"
#include "cases/spec/generators.h"
#include "reports/cli/targets.h"
#include "reports/render/escape.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

static const struct vjp_option options[] = {{0}};

static void print_layer(const struct vjp_spec *spec)
{
    printf("  %s: %s\n    dimensions:", spec->name, spec->formula);
    for (int i = 0; i < spec->n_dims; i++)
        printf(" %s", spec->dim[i]);
    printf("\n    operands:  ");
    for (int i = 0; i < spec->n_inputs; i++)
        printf(" %s (%s)", spec->input[i].name, spec->input[i].help);
    printf("\n    gradients: ");
    for (int i = 0; i < spec->n_inputs; i++) {
        if (spec->input[i].differentiable)
            printf(" d%s", spec->input[i].name);
    }
    printf(", given d%s\n", spec->output);
    for (int i = 0; i < spec->n_attrs; i++) {
        const struct vjp_attr_spec *attr = &spec->attr[i];
        printf("    %s=%" PRId64 "..%" PRId64 ": %s (%" PRId64 ")\n", attr->name, attr->min,
               attr->max, attr->help, attr->fallback);
    }
}

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

/* The smallest case of the kernel's layer with its first dtype. */
static enum vjp_status make_probe(const struct vjp_kernel_info *kernel, struct vjp_case *out,
                                  struct vjp_error *error)
{
    const struct vjp_spec *spec = vjp_spec_find(kernel->layer);
    if (!spec)
        return vjp_fail(error, VJP_ERR_USAGE, "layer %s is not known here", kernel->layer);
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        if (kernel->has_model[d])
            return vjp_case_init(out, spec, (enum vjp_dtype)d, error);
    }
    return vjp_fail(error, VJP_ERR_USAGE, "it declares no dtype");
}

/* Whether the kernel says that it cannot run here, and in which words. What else it does is what
 * check is for. */
static enum vjp_status probe(struct vjp_target *target, int kernel, struct vjp_observation *out,
                             struct vjp_error *error)
{
    struct vjp_case c = {0};
    struct vjp_data data = {0};
    enum vjp_status status = make_probe(&target->info->kernel[kernel], &c, error);
    if (status == VJP_OK)
        status = vjp_data_generate(&c, &data, error);
    if (status == VJP_OK)
        status = vjp_worker_run(target->worker, kernel, &c, &data, out, error);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
    return status;
}

static void print_clean(const char *text)
{
    struct vjp_text clean = {0};
    vjp_escape_terminal(&clean, text);
    fputs(clean.failed ? "(out of memory)" : clean.data, stdout);
    vjp_text_clear(&clean);
}

static void print_kernel(struct vjp_target *target, int k)
{
    const struct vjp_kernel_info *kernel = &target->info->kernel[k];
    struct vjp_observation seen = {0};
    struct vjp_error error;
    printf("  ");
    print_clean(target->label[k]);
    printf(": %s", kernel->layer);
    if (kernel->summary[0]) {
        printf(", ");
        print_clean(kernel->summary);
    }
    printf("\n    ");
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        if (!kernel->has_model[d])
            continue;
        const struct vjp_model *model = &kernel->model[d];
        printf("%s", vjp_format((enum vjp_dtype)d)->name);
        if (model->accumulate != (enum vjp_dtype)d)
            printf(" (sums in %s)", vjp_format(model->accumulate)->name);
        if (model->flushes)
            printf(" (flushes)");
        printf(" ");
    }
    printf("%s\n", kernel->deterministic ? "deterministic" : "not deterministic");
    if (probe(target, k, &seen, &error) != VJP_OK) {
        printf("    cannot be asked: %s\n", error.text);
    } else if (seen.outcome == VJP_DECLINED) {
        printf("    unsupported on this machine: ");
        print_clean(seen.reason);
        putchar('\n');
    }
    vjp_observation_clear(&seen);
}

static int run(const struct vjp_arguments *arguments)
{
    struct vjp_targets targets = {0};
    struct vjp_error error;
    const enum vjp_status status =
        vjp_targets_open(arguments->operands, arguments->n_operands, 0, &targets, &error);
    if (status != VJP_OK)
        return vjp_cli_fail(status, &error);
    puts("Layers");
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++)
        print_layer(*spec);
    puts("\nKernels");
    for (int t = 0; t < targets.count; t++) {
        for (int k = 0; k < targets.target[t].info->n_kernels; k++) {
            if (targets.target[t].selected[k])
                print_kernel(&targets.target[t], k);
        }
    }
    puts("\nValues of an operand in a case line (in brackets: where no number is given)");
    for (int g = 0; g < VJP_GEN_NAMED; g++)
        print_generator(vjp_generator_info((enum vjp_generator)g));
    puts("  [1,0x1p-3,-inf]                      a literal list, row-major\n"
         "  @FILE.npy                            a NumPy file of the case's dtype and shape");
    vjp_targets_close(&targets);
    return VJP_EXIT_SOUND;
}

const struct vjp_command vjp_command_list = {
    .name = "list",
    .operands = "[TARGET...]",
    .summary = "show layers, kernels and value generators",
    .help = "Without a TARGET, the kernels of every plug-in that ships are shown.",
    .min_operands = 0,
    .max_operands = INT_MAX,
    .options = options,
    .run = run,
};
