/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/paper.h"

#include "oracle/jacobian/explicit.h"
#include "reports/rules/difference.h"

#include <math.h>
#include <stdlib.h>

/* Scalar operations and elements for the numerical differences of one gradient: some 0.05 s. */
#define DIFFERENCE_WORK 1e5

/* The formula as a function of one operand. */
struct formula {
    const struct vjp_case *c; /* f64 */
    struct vjp_data *data;
    int input;
};

static enum vjp_status evaluate(void *environment, const double *x, double *y,
                                struct vjp_error *error)
{
    const struct formula *f = environment;
    struct vjp_tensor *tensor = &f->data->slot[f->input];
    for (int64_t i = 0; i < tensor->count; i++)
        vjp_tensor_set(tensor, i, vjp_bits_from_double(VJP_F64, x[i]));
    return vjp_explicit_output(f->c, f->data, y, error);
}

/* The operands in f64, which has all numbers of every dtype. */
static enum vjp_status widen(const struct vjp_question *q, struct vjp_data *out,
                             struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int slot = 0; slot <= vjp_slot_cotangent(q->c->spec) && status == VJP_OK; slot++) {
        const struct vjp_tensor *from = &q->data->slot[slot];
        struct vjp_tensor *to = &out->slot[slot];
        if (!from->data || from->dtype == VJP_I32) {
            status = from->data ? vjp_tensor_copy(to, from, error) : VJP_OK;
            continue;
        }
        status = vjp_tensor_init(to, VJP_F64, &from->shape, error);
        for (int64_t i = 0; i < from->count && status == VJP_OK; i++)
            vjp_tensor_set(to, i,
                           vjp_bits_from_double(
                               VJP_F64, vjp_bits_to_double(from->dtype, vjp_tensor_get(from, i))));
    }
    return status;
}

static enum vjp_status difference(const struct formula *f, int64_t n_y, double *out,
                                  struct vjp_error *error)
{
    const struct vjp_tensor *tensor = &f->data->slot[f->input];
    const struct vjp_tensor *cotangent = &f->data->slot[vjp_slot_cotangent(f->c->spec)];
    const struct vjp_rule_function function = {
        .environment = (void *)f, .n_x = tensor->count, .n_y = n_y, .evaluate = evaluate};
    double *x = calloc((size_t)tensor->count + (size_t)n_y + 1, sizeof *x);
    if (!x)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    double *dy = x + tensor->count;
    for (int64_t i = 0; i < tensor->count; i++)
        x[i] = vjp_bits_to_double(VJP_F64, vjp_tensor_get(tensor, i));
    for (int64_t i = 0; i < n_y; i++)
        dy[i] = vjp_bits_to_double(VJP_F64, vjp_tensor_get(cotangent, i));
    const enum vjp_status status = vjp_rule_differences(&function, x, dy, out, error);
    free(x);
    return status;
}

/* What one evaluation costs: the operations, and what is read. */
static double count_work(const struct vjp_question *q)
{
    double work = vjp_case_work(q->c);
    for (int slot = 0; slot < vjp_slot_count(q->c->spec); slot++)
        work += (double)q->data->slot[slot].count;
    return work;
}

/* The numerical gradient by an input, and what the output held before. *known is false where it is too dear, or a
 * pipeline's stage gives the next what it does not take beside the case's operands. */
static enum vjp_status take_differences(const struct vjp_question *q, int input, double *out,
                                        bool *known, struct vjp_error *error)
{
    const struct vjp_tensor *old = &q->data->slot[vjp_slot_gradient(q->c->spec, input)];
    const int64_t count = q->data->slot[input].count;
    struct vjp_data data = {0};
    struct vjp_case c = *q->c; /* its texts stay q's */
    c.dtype = VJP_F64;
    const struct formula formula = {&c, &data, input};
    *known = 2 * (double)count * count_work(q) <= DIFFERENCE_WORK;
    if (!*known)
        return VJP_OK;
    enum vjp_status status = widen(q, &data, error);
    if (status == VJP_OK)
        status = difference(&formula, data.slot[vjp_slot_cotangent(c.spec)].count, out, error);
    for (int64_t i = 0; i < count && status == VJP_OK && old->data; i++)
        out[i] += vjp_bits_to_double(old->dtype, vjp_tensor_get(old, i));
    vjp_data_clear(&data);
    *known = status == VJP_OK;
    return status == VJP_ERR_USAGE ? VJP_OK : status;
}

/* Whether every operand and the cotangent are such that no order of summation rounds. */
static bool is_exact(const struct vjp_case *c)
{
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        if (vjp_case_has_slot(c, slot) && vjp_case_has_values(c, slot) &&
            vjp_case_slot_dtype(c, slot) != VJP_I32 && c->slot[slot].generator != VJP_GEN_EXACT)
            return false;
    }
    return true;
}

/* What is right where got stands: itself in a set, or else the end that is nearer. */
static double right_beside(const struct vjp_reference *reference, enum vjp_dtype dtype, int slot,
                           int64_t i, double got)
{
    uint64_t low, high;
    if (!vjp_reference_range(reference, slot, i, &low, &high) || isnan(got))
        return vjp_bits_to_double(dtype, vjp_reference_rounded(reference, slot, i));
    return fmin(fmax(got, vjp_bits_to_double(dtype, low)), vjp_bits_to_double(dtype, high));
}

static void write_elements(const struct vjp_question *q, const struct vjp_observation *seen,
                           int slot, const double *scale, struct vjp_paper *p)
{
    const enum vjp_dtype dtype = q->c->dtype;
    p->is_known = true;
    for (int64_t i = 0; i < p->question.count; i++) {
        p->scale[i] = scale ? scale[i] : vjp_reference_scale(q->reference, slot, i);
        for (int placement = 0; placement < 2; placement++) {
            const double got =
                vjp_bits_to_double(dtype, vjp_tensor_get(&seen->answer[placement][slot], i));
            p->got[placement][i] = got;
            p->want[placement][i] = right_beside(q->reference, dtype, slot, i, got);
        }
        p->is_known &= vjp_reference_is_settled(q->reference, slot, i) || !isnan(p->want[0][i]);
    }
}

enum vjp_status vjp_paper_make(const struct vjp_question *q, const struct vjp_observation *seen,
                               int input, const double *scale, bool differences,
                               struct vjp_paper *out, struct vjp_error *error)
{
    const int slot = vjp_slot_gradient(q->c->spec, input);
    const struct vjp_tensor *answer = &seen->answer[0][slot];
    const int rank = answer->shape.rank;
    const size_t n = (size_t)answer->count;
    struct vjp_paper p = {.question = {.layer = q->c->spec->name,
                                       .dtype = q->c->dtype,
                                       .count = answer->count,
                                       .row = rank > 0 ? answer->shape.dim[rank - 1] : 1,
                                       .exact = is_exact(q->c)}};
    enum vjp_status status = VJP_OK;
    bool known = false;
    p.memory = calloc(6 * n + 1, sizeof *p.memory);
    if (!p.memory)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    double **const arrays[] = {&p.got[0],  &p.got[1], &p.want[0],
                               &p.want[1], &p.scale,  &p.numerical};
    for (size_t i = 0; i < 6; i++)
        *arrays[i] = p.memory + i * n;
    write_elements(q, seen, slot, scale, &p);
    if (differences)
        status = take_differences(q, input, p.numerical, &known, error);
    p.question.scale = p.scale;
    p.question.numerical = known ? p.numerical : NULL;
    if (status == VJP_OK)
        *out = p;
    else
        free(p.memory);
    return status;
}

void vjp_paper_clear(struct vjp_paper *paper)
{
    free(paper->memory);
    *paper = (struct vjp_paper){0};
}
