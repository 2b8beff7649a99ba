/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/gen/generate.h"
#include "cases/line/parse.h"
#include "oracle/metric/reference.h"
#include "reports/cli/order_cases.h"
#include "reports/cli/order_examine.h"
#include "reports/cli/order_output.h"
#include "reports/cli/study_axis.h"
#include "reports/cli/study_run.h"
#include "reports/cli/surroundings.h"
#include "reports/fuzz/interrupt.h"

#include <stdlib.h>
#include <string.h>

/* What is asked for. */
struct plan {
    const struct vjp_study_request *request;
    struct vjp_sweep sweep;
    const char **target; /* the operands that are no case */
    int n_targets;
    struct vjp_targets targets;
    struct vjp_case_list cases;
    bool given; /* the cases stand on the command line */
    struct vjp_study_pace pace;
};

static void clear_plan(struct plan *plan)
{
    vjp_case_list_clear(&plan->cases);
    vjp_targets_close(&plan->targets);
    free(plan->target);
}

/* A case has fields, and so a blank; no target has an '=' behind one. */
static bool is_case(const char *text)
{
    const char *blank = strchr(text, ' ');
    return blank && strchr(blank, '=');
}

static enum vjp_status read_operands(struct plan *plan, struct vjp_error *error)
{
    const struct vjp_study_request *const r = plan->request;
    enum vjp_status status = VJP_OK;
    plan->target = calloc((size_t)r->n_targets + 1, sizeof *plan->target);
    if (!plan->target)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (int i = 0; i < r->n_targets && status == VJP_OK; i++) {
        struct vjp_case c = {0};
        if (!is_case(r->targets[i])) {
            plan->target[plan->n_targets++] = r->targets[i];
            continue;
        }
        plan->given = true;
        status = vjp_case_parse(r->targets[i], &c, error);
        if (status == VJP_OK)
            status = vjp_reference_check(&c, error);
        if (status == VJP_OK)
            status = vjp_case_list_add(&plan->cases, &c, error);
        vjp_case_clear(&c);
    }
    if (status == VJP_OK && plan->given &&
        (r->layer || r->has_sweep || r->dtype >= 0 || r->values || r->has_seed))
        status = vjp_fail(error, VJP_ERR_USAGE,
                          "--layer, --dtype, --sweep, --values and --seed have no use with a case, "
                          "which says all of that");
    if (status == VJP_OK && r->samples > 0)
        status = vjp_fail(error, VJP_ERR_USAGE,
                          "--samples has no use with study order: a tree is no statistic; other "
                          "random data to replay it on come with --seed and --values");
    return status;
}

static enum vjp_status add_shapes(struct plan *plan, struct vjp_order_output *out,
                                  struct vjp_error *error)
{
    const struct vjp_study_request *const r = plan->request;
    const enum vjp_dtype dtype = r->dtype >= 0 ? (enum vjp_dtype)r->dtype : VJP_F32;
    enum vjp_status status = VJP_OK;
    for (int i = 0; vjp_specs[i] && status == VJP_OK; i++) {
        if ((!r->layer || r->layer == vjp_specs[i]) &&
            vjp_targets_serve(&plan->targets, vjp_specs[i], dtype))
            status = vjp_order_cases_add(vjp_specs[i], dtype, r->seed, &plan->sweep, &plan->cases,
                                         &out->too_large, error);
    }
    for (size_t i = 0; i < plan->cases.count && r->values && status == VJP_OK; i++)
        status = vjp_study_set_values(&plan->cases.cases[i], r->values, error);
    if (status == VJP_OK && plan->cases.count == 0)
        status = vjp_fail(error, VJP_ERR_USAGE,
                          "no shape to ask for: no selected kernel serves the layer with dtype=%s, "
                          "or it has no such dimension",
                          vjp_format(dtype)->name);
    return status;
}

/* Whether a kernel that serves the case wants what the forward pass saved. */
static bool wants_saved(const struct vjp_targets *targets, const struct vjp_case *c)
{
    for (int t = 0; t < targets->count; t++) {
        for (int k = 0; k < targets->target[t].info->n_kernels; k++) {
            if (vjp_target_serves(&targets->target[t], k, c) &&
                targets->target[t].info->kernel[k].model[c->dtype].wants_saved)
                return true;
        }
    }
    return false;
}

/* The data of a case, three times over. */
struct bed {
    struct vjp_data ones, factors, random;
};

static enum vjp_status make_bed(const struct plan *plan, const struct vjp_case *c, struct bed *bed,
                                struct vjp_error *error)
{
    const bool saved = wants_saved(&plan->targets, c);
    enum vjp_status status = vjp_order_constant_data(c, 1, saved, &bed->ones, error);
    if (status == VJP_OK)
        status =
            vjp_order_constant_data(c, vjp_probe_factor(c->dtype), saved, &bed->factors, error);
    if (status == VJP_OK)
        status = vjp_data_generate(c, &bed->random, error);
    if (status == VJP_OK && saved)
        status = vjp_order_save(c, &bed->random, error);
    return status;
}

static void clear_bed(struct bed *bed)
{
    vjp_data_clear(&bed->ones);
    vjp_data_clear(&bed->factors);
    vjp_data_clear(&bed->random);
}

/* Why a gradient has nothing to show, or NULL. size: what it should sum over, 0: anything. */
static const char *why_not(const struct vjp_order_question *q, int64_t size)
{
    bool sum = false;
    for (int64_t j = 0; j < q->terms.elements; j++)
        sum = sum || vjp_order_is_sum(q, j);
    const int64_t most = vjp_order_terms_most(&q->terms);
    if (most < vjp_order_terms_least(q->c))
        return "an element has one term, or none";
    if (!sum)
        return "no sum of independent terms with equal factors, at operands of 1";
    return most < size ? "" : NULL;
}

/* One kernel that serves the case. */
static enum vjp_status ask_kernel(struct plan *plan, const struct vjp_order_question *q,
                                  struct vjp_target *target, int k, struct vjp_order_output *out,
                                  struct vjp_error *error)
{
    const struct vjp_order_known *known;
    struct vjp_order order = {0};
    enum vjp_status status = vjp_order_output_find(out, q, target->label[k], &known, error);
    vjp_progress_erase(&plan->pace.progress);
    if (status == VJP_OK && known) {
        vjp_order_output_again(out, q, known);
    } else if (status == VJP_OK) {
        status = vjp_order_examine(target, k, q, &order, error);
        if (status == VJP_OK)
            status = vjp_order_output_add(out, q, target->label[k], &order, error);
    }
    vjp_study_pace_step(&plan->pace, 1, known != NULL, q->c->spec->name);
    vjp_order_clear(&order);
    return status;
}

static enum vjp_status ask_kernels(struct plan *plan, const struct vjp_order_question *q,
                                   struct vjp_order_output *out, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int t = 0; t < plan->targets.count; t++) {
        struct vjp_target *const target = &plan->targets.target[t];
        for (int k = 0; k < target->info->n_kernels && status == VJP_OK; k++) {
            if (vjp_target_serves(target, k, q->c) && vjp_interrupt_seen() == 0)
                status = ask_kernel(plan, q, target, k, out, error);
        }
    }
    return status;
}

static int count_kernels(const struct plan *plan, const struct vjp_case *c)
{
    int n = 0;
    for (int t = 0; t < plan->targets.count; t++) {
        for (int k = 0; k < plan->targets.target[t].info->n_kernels; k++)
            n += vjp_target_serves(&plan->targets.target[t], k, c);
    }
    return n;
}

/* Kernels that serve the cases, times gradients. */
static double count_work(const struct plan *plan)
{
    double work = 0;
    for (size_t i = 0; i < plan->cases.count; i++) {
        const struct vjp_case *c = &plan->cases.cases[i];
        for (int input = 0; input < c->spec->n_inputs; input++)
            work += vjp_case_has_gradient(c, input) ? count_kernels(plan, c) : 0;
    }
    return work;
}

/* A gradient that has nothing to show. */
static enum vjp_status leave_out(struct plan *plan, const struct vjp_order_question *q,
                                 const char *why, struct vjp_order_output *out,
                                 struct vjp_error *error)
{
    vjp_study_pace_step(&plan->pace, count_kernels(plan, q->c), true, q->c->spec->name);
    return vjp_order_output_gap(out, q, why, error);
}

/* One gradient of a case. size as in why_not. */
static enum vjp_status ask_gradient(struct plan *plan, struct bed *bed, const struct vjp_case *c,
                                    int input, int64_t size, struct vjp_order_output *out,
                                    struct vjp_error *error)
{
    struct vjp_order_question q = {.c = c,
                                   .input = input,
                                   .ones = &bed->ones,
                                   .factors = &bed->factors,
                                   .random = &bed->random};
    enum vjp_status status = vjp_order_terms_find(c, q.ones, input, &q.terms, error);
    if (status == VJP_ERR_LIMIT) {
        struct vjp_error why = *error;
        status = leave_out(plan, &q, why.text, out, error);
    } else if (status == VJP_OK) {
        const char *const why = why_not(&q, size);
        if (why) {
            status = leave_out(plan, &q, why, out, error);
        } else {
            status = vjp_order_terms_find(c, q.factors, input, &q.probed, error);
            if (status == VJP_OK)
                status = vjp_order_terms_find(c, q.random, input, &q.drawn, error);
            if (status == VJP_OK)
                status = ask_kernels(plan, &q, out, error);
        }
    }
    vjp_order_terms_clear(&q.terms);
    vjp_order_terms_clear(&q.probed);
    vjp_order_terms_clear(&q.drawn);
    return status;
}

static enum vjp_status ask_case(struct plan *plan, const struct vjp_case *c,
                                struct vjp_order_output *out, struct vjp_error *error)
{
    struct bed bed = {0};
    int64_t size = 0;
    enum vjp_status status = make_bed(plan, c, &bed, error);
    /* The dimension that was set is the largest, or one of the smallest sizes. */
    for (int d = 0; d < c->spec->n_dims && !plan->given; d++)
        size = c->dim[d] > size ? c->dim[d] : size;
    for (int i = 0; i < c->spec->n_inputs && status == VJP_OK; i++) {
        if (vjp_case_has_gradient(c, i) && vjp_interrupt_seen() == 0)
            status = ask_gradient(plan, &bed, c, i, size, out, error);
    }
    clear_bed(&bed);
    return status;
}

static enum vjp_status open_output(struct plan *plan, struct vjp_order_output *out,
                                   struct vjp_error *error)
{
    struct vjp_text header = {0};
    enum vjp_status status =
        vjp_study_run_header("order", plan->request, &plan->targets, &header, error);
    if (status == VJP_OK)
        status = vjp_order_output_open(out, plan->request->out, header.data, error);
    vjp_text_clear(&header);
    vjp_study_pace_begin(&plan->pace);
    plan->pace.all = count_work(plan);
    if (status == VJP_OK)
        vjp_interrupt_catch();
    return status;
}

static enum vjp_status run(const struct vjp_study_request *request, int *code,
                           struct vjp_error *error)
{
    struct plan plan = {.request = request};
    struct vjp_order_output out = {0};
    if (request->has_sweep)
        plan.sweep = request->sweep;
    else
        vjp_order_cases_default(&plan.sweep);
    enum vjp_status status = read_operands(&plan, error);
    if (status == VJP_OK)
        status = vjp_targets_open(plan.target, plan.n_targets, false, request->timeout,
                                  &plan.targets, error);
    if (status == VJP_OK && !plan.given)
        status = add_shapes(&plan, &out, error);
    if (status == VJP_OK)
        status = open_output(&plan, &out, error);
    if (status == VJP_OK)
        status = vjp_surroundings_append(&plan.targets, request->out, error);
    for (size_t i = 0; i < plan.cases.count && status == VJP_OK && vjp_interrupt_seen() == 0; i++)
        status = ask_case(&plan, &plan.cases.cases[i], &out, error);
    vjp_progress_erase(&plan.pace.progress);
    const int signal = vjp_interrupt_seen();
    if (status == VJP_OK)
        status = vjp_order_output_close(&out, signal, error);
    if (status == VJP_OK)
        *code = signal                    ? VJP_EXIT_FAILED
                : out.tally.revealed == 0 ? VJP_EXIT_USAGE
                                          : VJP_EXIT_SOUND;
    vjp_order_output_clear(&out);
    clear_plan(&plan);
    return status;
}

const struct vjp_study vjp_study_order = {
    .name = "order",
    .summary = "the order in which each gradient's terms are added",
    .help =
        "  vjpcheck study order avx2 openblas --layer linear --out order\n"
        "  vjpcheck study order naive 'linear dtype=f32 N=64 D=16 M=64 threads=2' --out order\n\n"
        "The summation tree of a gradient, revealed from outside: dy has +M in one place, -M in "
        "another\n"
        "and 1 elsewhere, and what is left of the ones tells where the two met (FPRev). The tree "
        "is "
        "named,\n"
        "drawn, its arithmetic is probed (FMA, bits of the accumulator, rounding, subnormals), and "
        "then\n"
        "replayed in software on random data: if all elements are equal bit for bit, the kernel "
        "is\n"
        "certified as adding in this order and no other; sums that are rounded toward zero, up or\n"
        "down are replayed so, and the certificate says it.\n\n"
        "Without a case each dimension of each layer goes through --sweep (K=8,33,64,257), the\n"
        "others being small. The order changes with the shape: a case asks for an exact one; with\n"
        "accumulate=1 what the output held is one more term, the last. Gradients that are no sums\n"
        "of independent terms are counted. Writes study.jsonl, study.csv and a drawing for each\n"
        "tree; interrupted, it is continued by the same command. --values and --seed say what\n"
        "random data trees are replayed on.\n\n"
        "Ends with 0 if some tree was revealed, with 2 if none was, with 1 if it was interrupted.",
    .run = run,
};
