/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/base/dtype.h"
#include "cases/base/text.h"
#include "reports/cli/study.h"
#include "reports/render/escape.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

/* A study is one line here, and one in study.h. */
static const struct vjp_study *const studies[] = {
    &vjp_study_growth, &vjp_study_condition, &vjp_study_dtype, &vjp_study_order, &vjp_study_rules,
};
enum { N_STUDIES = sizeof studies / sizeof *studies };

enum { LAYER, DTYPE, SWEEP, VALUES, SAMPLES, SEED, TIMEOUT, OUT };

static const struct vjp_option options[] = {
    [LAYER] = {"layer", "L", "only this layer"},
    [DTYPE] = {"dtype", "T", "only this dtype: bf16, f16, f32, f64"},
    [SWEEP] = {"sweep", "SIZES", "K=2^4..2^14 by doubling, K=16,48,256, or D=... of one dimension"},
    [VALUES] = {"values", "GEN", "what operands are made of (growth, dtype: positive and normal)"},
    [SAMPLES] = {"samples", "N", "cases that a point is made of (4)"},
    [SEED] = {"seed", "S", "of the first of them (0x5eed)"},
    [TIMEOUT] = {"timeout", "SECONDS", "a call that takes longer is hung (10)"},
    [OUT] = {"out", "DIR", "the folder for study.jsonl, study.csv and the plots"},
    {0},
};

static enum vjp_status find_study(const char *name, const struct vjp_study **out,
                                  struct vjp_error *error)
{
    const char *names[N_STUDIES];
    struct vjp_text list = {0};
    for (int i = 0; i < N_STUDIES; i++) {
        names[i] = studies[i]->name;
        vjp_text_add(&list, "%s%s", i > 0 ? ", " : "", names[i]);
        if (strcmp(name, names[i]) == 0)
            *out = studies[i];
    }
    const int nearest = vjp_nearest_word(name, names, N_STUDIES);
    enum vjp_status status = VJP_OK;
    if (!*out && nearest >= 0)
        status = vjp_fail(error, VJP_ERR_USAGE, "unknown study %s; did you mean %s?", name,
                          names[nearest]);
    else if (!*out)
        status = vjp_fail(error, VJP_ERR_USAGE, "unknown study %s; expected one of %s", name,
                          list.failed ? "those of --help" : list.data);
    vjp_text_clear(&list);
    return status;
}

/* The line without --out: the same study in another folder is the same study. */
static void print_line(const char *name, const struct vjp_study_request *r, struct vjp_text *out)
{
    vjp_text_add(out, "vjpcheck study %s", name);
    for (int i = 0; i < r->n_targets; i++) {
        vjp_text_add(out, " ");
        vjp_escape_shell(out, r->targets[i]);
    }
    if (r->layer) {
        vjp_text_add(out, " --layer ");
        vjp_escape_shell(out, r->layer->name);
    }
    if (r->dtype >= 0)
        vjp_text_add(out, " --dtype %s", vjp_format((enum vjp_dtype)r->dtype)->name);
    if (r->has_sweep) {
        vjp_text_add(out, " --sweep ");
        vjp_sweep_print(&r->sweep, out);
    }
    if (r->values) {
        vjp_text_add(out, " --values ");
        vjp_escape_shell(out, r->values);
    }
    if (r->samples > 0)
        vjp_text_add(out, " --samples %" PRId64, r->samples);
    vjp_text_add(out, " --seed 0x%" PRIx64, r->seed);
}

static enum vjp_status read_request(const struct vjp_arguments *arguments,
                                    struct vjp_study_request *out, struct vjp_error *error)
{
    const char *const *value = arguments->value;
    struct vjp_study_request r = {.n_targets = arguments->n_operands - 1,
                                  .targets = arguments->operands + 1,
                                  .dtype = -1,
                                  .values = value[VALUES],
                                  .seed = VJP_SEED_DEFAULT,
                                  .has_seed = value[SEED] != NULL,
                                  .out = value[OUT]};
    enum vjp_status status = vjp_cli_out(value[OUT], error);
    if (status == VJP_OK && value[LAYER])
        status = vjp_cli_layer(value[LAYER], &r.layer, error);
    if (status == VJP_OK && value[DTYPE])
        status = vjp_cli_dtype(value[DTYPE], &r.dtype, error);
    if (status == VJP_OK && value[SWEEP])
        status = vjp_sweep_parse(value[SWEEP], &r.sweep, error);
    r.has_sweep = value[SWEEP] != NULL;
    if (status == VJP_OK && value[SAMPLES])
        status = vjp_option_integer("samples", value[SAMPLES], 1, VJP_STUDY_SAMPLES_MAX, &r.samples,
                                    error);
    if (status == VJP_OK && value[SEED])
        status = vjp_option_u64("seed", value[SEED], &r.seed, error);
    if (status == VJP_OK && value[TIMEOUT])
        status = vjp_option_seconds("timeout", value[TIMEOUT], &r.timeout, error);
    if (status == VJP_OK)
        *out = r;
    return status;
}

static int run(const struct vjp_arguments *arguments)
{
    const struct vjp_study *study = NULL;
    struct vjp_study_request request;
    struct vjp_error error;
    struct vjp_text line = {0};
    int code = VJP_EXIT_HARNESS;
    enum vjp_status status = find_study(arguments->operands[0], &study, &error);
    if (status == VJP_OK)
        status = read_request(arguments, &request, &error);
    if (status == VJP_OK) {
        print_line(study->name, &request, &line);
        request.line = line.data;
        status = line.failed ? vjp_fail(&error, VJP_ERR_MEMORY, "out of memory")
                             : study->run(&request, &code, &error);
    }
    vjp_text_clear(&line);
    return status == VJP_OK ? code : vjp_cli_fail(status, &error);
}

const struct vjp_command vjp_command_study = {
    .name = "study",
    .operands = "STUDY [TARGET...]",
    .summary = "how the error of kernels grows, and why",
    .help =
        "STUDY is one of\n\n"
        "  growth     error against the number K of terms that a gradient element sums, beside "
        "what\n"
        "             theory allows; its slope, its bias, and a grade in words\n"
        "  condition  error against the condition number 2S/|g|, on data made for it\n"
        "  dtype      f16, bf16, f32 and f64 operands, and the model of accumulation that "
        "explains\n"
        "             the error in each\n"
        "  order      the summation tree of each gradient, revealed from outside, named, drawn, "
        "and\n"
        "             replayed in software, bit for bit\n"
        "  rules      which planted defects the tolerances of other projects let through, and "
        "which "
        "right\n"
        "             answers they refuse, as published and at 2^-40 to 2^40 times that\n\n"
        "TARGET is what \"vjpcheck check\" takes.\n\n"
        "  vjpcheck study growth naive avx2 openblas --layer linear --out growth\n"
        "  vjpcheck study growth ./mine.so --sweep K=2^4..2^16 --samples 8 --out growth\n\n"
        "Results go to DIR: study.jsonl, written point by point, study.csv, and plots in SVG. "
        "They\n"
        "are a pure function of the command line. Interrupted, a study is continued by the same\n"
        "command with the same DIR. K is whatever a gradient sums over, found by asking the "
        "oracle;\n"
        "a size that the oracle cannot afford is left out and counted. condition sweeps C, the "
        "condition\n"
        "number, as C=2^3..2^30, at 64 terms.\n\n"
        "Ends with 0 if every point was measured and lies inside the bound of what its kernel\n"
        "declares; with 1 where one does not, or where a kernel gave no answer, or the study was\n"
        "interrupted.",
    .min_operands = 1,
    .max_operands = INT_MAX,
    .options = options,
    .run = run,
};
