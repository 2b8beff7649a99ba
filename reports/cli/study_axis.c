/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/study_axis.h"

#include "cases/gen/small.h"
#include "oracle/metric/deviation.h"
#include "reports/cli/inquiry.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Sizes to begin with, where a layer takes them: a size that is doubled is seen, and a small Jacobian is quick. */
#define SMALL 4

/* Products that the gradient sums, in all its elements together. By exact contraction 2^28 take a second or so. An
 * explicit Jacobian has an entry for each, in intervals: 2^22 take some seconds, and for more elements, which only make
 * the tail of the errors better known, no more than 2^18 are spent. */
#define CONTRACTED_MAX (INT64_C(1) << 28)
#define EXPLICIT_MAX   (INT64_C(1) << 22)
#define EXPLICIT_GROW  (INT64_C(1) << 18)

/* Elements of any operand. */
#define OPERAND_MAX (INT64_C(1) << 24)

static int count_gradients(const struct vjp_case *c)
{
    int n = 0;
    for (int i = 0; i < c->spec->n_inputs; i++)
        n += vjp_case_has_gradient(c, i);
    return n;
}

static bool is_valid(struct vjp_case *c)
{
    return vjp_case_settle(c, NULL) == VJP_OK && vjp_case_validate(c, NULL) == VJP_OK &&
           !vjp_case_is_flat(c);
}

/* Sets a dimension if that is valid. */
static bool try_dim(struct vjp_case *c, int dim, int64_t size)
{
    const int64_t before = c->dim[dim];
    c->dim[dim] = size;
    if (is_valid(c) && c->dim[dim] == size)
        return true;
    c->dim[dim] = before;
    (void)!is_valid(c); /* settles what was settled otherwise */
    return false;
}

enum vjp_status vjp_study_small_case(const struct vjp_spec *spec, enum vjp_dtype dtype,
                                     struct vjp_case *out, struct vjp_error *error)
{
    enum vjp_status status = vjp_small_case(spec, dtype, out, error);
    if (status != VJP_OK)
        return status;
    for (int a = 0; a < spec->n_attrs; a++) {
        const int before = count_gradients(out);
        if (spec->attr[a].kind != VJP_ATTR_INTEGER || spec->attr[a].min != 0 ||
            spec->attr[a].max != 1 || out->attr[a] != 0)
            continue;
        out->attr[a] = 1;
        if (is_valid(out) && count_gradients(out) > before)
            continue;
        out->attr[a] = 0;
        status = vjp_case_settle(out, error);
    }
    int64_t small[VJP_MAX_DIMS];
    memcpy(small, out->dim, sizeof small);
    for (int d = 0; d < spec->n_dims; d++)
        out->dim[d] = vjp_case_has_dim(out, d) && small[d] < SMALL ? SMALL : small[d];
    if (!is_valid(out)) {
        memcpy(out->dim, small, sizeof small);
        for (int d = 0; d < spec->n_dims; d++)
            (void)!try_dim(out, d, SMALL);
    }
    /* A window as large as its image cannot be doubled. */
    for (int d = 0; d < spec->n_dims; d++) {
        const int64_t size = out->dim[d];
        const bool doubles = try_dim(out, d, 2 * size);
        if (doubles)
            (void)!try_dim(out, d, size);
        else if (vjp_case_has_dim(out, d) && size > 1)
            (void)!try_dim(out, d, size / 2);
    }
    return status;
}

enum vjp_status vjp_study_set_values(struct vjp_case *c, const char *values,
                                     struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int slot = 0; slot <= vjp_slot_cotangent(c->spec) && status == VJP_OK; slot++) {
        const bool is_real =
            slot == vjp_slot_cotangent(c->spec) || c->spec->input[slot].domain == VJP_DOMAIN_REAL;
        if (is_real && vjp_case_has_values(c, slot))
            status = vjp_case_set_values(c, slot, values, error);
    }
    return status;
}

/* The reference knows the one gradient only, the kernel is asked for all: a shallow copy. */
static struct vjp_case only(const struct vjp_case *c, int input)
{
    struct vjp_case one = *c;
    for (int i = 0; i < c->spec->n_inputs; i++) {
        if (i != input && vjp_case_could_ask(c, i))
            one.left_out |= UINT32_C(1) << i;
    }
    return one;
}

static void keep_most(void *env, const struct vjp_deviation *d)
{
    int64_t *most = env;
    *most = d->terms > *most ? d->terms : *most;
}

/* The largest k of the gradient's elements. */
static enum vjp_status count_terms(const struct vjp_case *c, int input, int64_t *out,
                                   struct vjp_error *error)
{
    const struct vjp_case one = only(c, input);
    struct vjp_inquiry inquiry;
    *out = 0;
    const enum vjp_status status =
        vjp_inquiry_make(&one, VJP_ORACLE_AUTO, (struct vjp_kinks){0}, &inquiry, error);
    if (status == VJP_OK)
        vjp_deviation_visit(inquiry.question.reference, vjp_slot_gradient(c->spec, input), NULL,
                            keep_most, out);
    vjp_inquiry_clear(&inquiry);
    return status;
}

static enum vjp_status double_each(struct vjp_case *c, struct vjp_study_axis *axis,
                                   struct vjp_error *error)
{
    int64_t before, after, most;
    bool twice = false;
    enum vjp_status status = count_terms(c, axis->input, &before, error);
    most = before;
    for (int d = 0; d < c->spec->n_dims && status == VJP_OK; d++) {
        const int64_t size = c->dim[d];
        if (!vjp_case_has_dim(c, d) || !try_dim(c, d, 2 * size))
            continue;
        status = count_terms(c, axis->input, &after, error);
        axis->sums[d] = status == VJP_OK && after != before;
        /* One that makes k twice as large is better than any that does not: a size can be told from k. */
        const bool is_better = !twice && (after == 2 * before || after > most);
        if (axis->sums[d] && after > before && is_better) {
            most = after;
            twice = after == 2 * before;
            axis->dim = d;
        }
        if (!try_dim(c, d, size) && status == VJP_OK)
            status = vjp_fail(error, VJP_ERR_INTERNAL, "a size that was valid is not");
    }
    return status;
}

enum vjp_status vjp_study_axis_find(const struct vjp_spec *spec, enum vjp_dtype dtype, int input,
                                    const char *values, struct vjp_study_axis *out,
                                    struct vjp_error *error)
{
    struct vjp_study_axis axis = {.spec = spec, .dtype = dtype, .input = input, .dim = -1};
    struct vjp_case c = {0};
    int64_t k = 0;
    enum vjp_status status = vjp_study_small_case(spec, dtype, &c, error);
    if (status == VJP_OK)
        status = vjp_study_set_values(&c, values, error);
    if (status == VJP_OK && !vjp_case_has_gradient(&c, input))
        status = vjp_fail(error, VJP_ERR_USAGE, "no small case has this gradient");
    if (status == VJP_OK) {
        axis.contracted = vjp_reference_check_contracted(&c, NULL) == VJP_OK;
        status = double_each(&c, &axis, error);
    }
    for (int d = 0; d < spec->n_dims && status == VJP_OK && axis.dim >= 0; d++) {
        for (int64_t size = 1; axis.sums[d] && d != axis.dim && size < c.dim[d]; size++)
            (void)!try_dim(&c, d, size);
    }
    if (status == VJP_OK && axis.dim >= 0)
        status = count_terms(&c, input, &k, error);
    if (status == VJP_OK) {
        memcpy(axis.small, c.dim, sizeof axis.small);
        memcpy(axis.attr, c.attr, sizeof axis.attr);
        axis.terms = axis.dim >= 0 ? (double)k / (double)c.dim[axis.dim] : 0;
        *out = axis;
    }
    vjp_case_clear(&c);
    return status;
}

static int64_t count_slot(const struct vjp_case *c, int slot)
{
    struct vjp_shape shape;
    int64_t count = 1;
    vjp_case_slot_shape(c, slot, &shape);
    for (int d = 0; d < shape.rank; d++)
        count = shape.dim[d] > 0 && count > OPERAND_MAX / shape.dim[d] ? OPERAND_MAX + 1
                                                                       : count * shape.dim[d];
    return count;
}

/* Whether the oracle affords the case, with so many products for more elements. */
static enum vjp_status afford(const struct vjp_study_axis *axis, const struct vjp_case *c,
                              double terms, int64_t most, struct vjp_error *error)
{
    const int slot = vjp_slot_gradient(c->spec, axis->input);
    const double entries = (double)count_slot(c, slot) * fmax(terms, 1);
    for (int s = 0; s < vjp_slot_count(c->spec); s++) {
        if (vjp_case_has_slot(c, s) && count_slot(c, s) > OPERAND_MAX)
            return vjp_fail(error, VJP_ERR_LIMIT,
                            "%" PRId64 " elements or more in one operand, above %" PRId64,
                            count_slot(c, s), OPERAND_MAX);
    }
    if (entries > (double)most)
        return vjp_fail(error, VJP_ERR_LIMIT,
                        "the oracle would need %.0f entries of the Jacobian, above %" PRId64,
                        entries, most);
    return axis->contracted ? vjp_reference_check_contracted(c, error)
                            : vjp_reference_check(c, error);
}

/* Doubles the smallest of the dimensions that only make the gradient larger. False where none can be doubled. */
static bool grow(const struct vjp_study_axis *axis, int dim, double terms, struct vjp_case *c)
{
    const int slot = vjp_slot_gradient(c->spec, axis->input);
    const int64_t most = axis->contracted ? CONTRACTED_MAX : EXPLICIT_GROW;
    const int64_t before = count_slot(c, slot);
    bool tried[VJP_MAX_DIMS] = {false};
    for (;;) {
        int least = -1;
        for (int d = 0; d < c->spec->n_dims; d++) {
            const bool may = !tried[d] && d != dim && !axis->sums[d] && vjp_case_has_dim(c, d);
            if (may && (least < 0 || c->dim[d] < c->dim[least]))
                least = d;
        }
        if (least < 0)
            return false;
        tried[least] = true;
        const int64_t size = c->dim[least];
        if (!try_dim(c, least, 2 * size))
            continue;
        if (count_slot(c, slot) > before && afford(axis, c, terms, most, NULL) == VJP_OK)
            return true;
        (void)!try_dim(c, least, size);
    }
}

enum vjp_status vjp_study_axis_case(const struct vjp_study_axis *axis, int dim, int64_t size,
                                    int64_t elements, const char *values, uint64_t seed,
                                    struct vjp_case *out, struct vjp_error *error)
{
    const int set = dim < 0 ? axis->dim : dim;
    const int slot = vjp_slot_gradient(axis->spec, axis->input);
    const int64_t wanted = dim < 0 ? (int64_t)fmax(1, round((double)size / axis->terms)) : size;
    const int64_t most = axis->contracted ? CONTRACTED_MAX : EXPLICIT_MAX;
    struct vjp_case c = {0};
    enum vjp_status status = vjp_case_init(&c, axis->spec, axis->dtype, error);
    if (status == VJP_OK) {
        memcpy(c.dim, axis->small, sizeof c.dim);
        memcpy(c.attr, axis->attr, sizeof c.attr);
        status = vjp_case_settle(&c, error);
    }
    if (status == VJP_OK) {
        c.dim[set] = wanted;
        c.seed = seed;
        status = vjp_case_validate(&c, error);
    }
    const double terms = set == axis->dim ? axis->terms * (double)wanted
                         : axis->dim >= 0 ? axis->terms * (double)axis->small[axis->dim]
                                          : 1;
    if (status == VJP_OK)
        status = afford(axis, &c, terms, most, error);
    while (status == VJP_OK && count_slot(&c, slot) < elements && grow(axis, set, terms, &c))
        ;
    if (status == VJP_OK)
        status = vjp_study_set_values(&c, values, error);
    if (status == VJP_OK)
        *out = c;
    else
        vjp_case_clear(&c);
    return status;
}
