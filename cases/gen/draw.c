/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/draw.h"

#include "cases/base/stream.h"
#include "cases/gen/fit.h"
#include "cases/gen/random.h"
#include "cases/gen/suite_values.h"
#include "cases/spec/pipeline.h"

#include <string.h>

/* Of the sizes that make every gradient zero so many are kept: a kernel may fail on them all the same. */
#define FLAT_EVERY 8

/* How often a case is drawn again where sizes and attributes do not fit together; the second half of
 * the draws leaves the attributes at their fallbacks. Where none fits, a case may with equal sizes, up
 * to so much; and where no sizes of a pipeline do, they may with attributes, plain or not. A draw whose sizes
 * could not be made to fit has cost many, and counts as so many. */
#define ATTEMPTS         200
#define EQUAL_MAX        16
#define ATTEMPTS_OF_LAST 50
#define COUNT_OF_UNFIT   10

/* One operand is expanded, along one dimension or all, in so many of the cases that are not plain. */
#define EXPAND_EVERY 16
#define EXPAND_SALT  UINT64_C(0x7c15a9e04d2b6f83)

/* So many of the cases that are not plain, and that may, are in place. */
#define IN_PLACE_EVERY 8
#define IN_PLACE_SALT  UINT64_C(0x2d9e16b7f0438ac5)

/* Few kernels take such calls. */
#define SOME_GRADIENTS_EVERY 12
#define SOME_GRADIENTS_SALT  UINT64_C(0x5ba3f1d20c8e6947)

static int64_t choice_count(const struct vjp_attr_spec *attr)
{
    int64_t n = 0;
    while (attr->choices[n])
        n++;
    return n;
}

static double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* Small ranges and choices uniformly. Of large ones mostly the fallback, and else what is near. */
static void draw_attrs(gsl_rng *rng, struct vjp_case *c)
{
    static const double factors[] = {0, 0.25, 0.5, 2, 4, 100};
    for (int i = 0; i < c->spec->n_attrs; i++) {
        const struct vjp_attr_spec *attr = &c->spec->attr[i];
        if (attr->kind == VJP_ATTR_CHOICE) {
            c->attr[i] = vjp_random_between(rng, 0, choice_count(attr) - 1);
        } else if (attr->kind == VJP_ATTR_INTEGER && attr->max - attr->min < 8) {
            c->attr[i] = vjp_random_between(rng, attr->min, attr->max);
        } else if (attr->kind == VJP_ATTR_INTEGER) {
            const int64_t more = vjp_random_one_in(rng, 2) ? vjp_random_between(rng, 1, 3) : 0;
            if (attr->fallback + more <= attr->max)
                c->attr[i] = attr->fallback + more;
        } else if (vjp_random_one_in(rng, 4)) {
            const double fallback = attr->real_fallback != 0 ? attr->real_fallback : 1;
            const double value = fallback * factors[vjp_random_below(rng, 6)];
            c->real[i] = clamp(value, attr->real_min, attr->real_max);
        }
    }
}

static bool is_possible(const struct vjp_case *c)
{
    const char *field;
    return !c->spec->check || c->spec->check(c, &field, NULL) == VJP_OK;
}

/* Halves dimension d, where the case is possible then. In a pipeline others follow, and it is to cost less
 * than before: the product of some may have to stay the same. */
static bool halve(gsl_rng *rng, struct vjp_case *c, int d)
{
    int64_t dim[VJP_MAX_DIMS];
    const bool is_pipeline = vjp_pipeline_of(c->spec) != NULL;
    const double work = is_pipeline ? vjp_case_work(c) : 0;
    memcpy(dim, c->dim, sizeof dim);
    c->dim[d] /= 2;
    if (is_pipeline ? vjp_fit_elements(rng, c) && vjp_case_work(c) < work : is_possible(c))
        return true;
    memcpy(c->dim, dim, sizeof dim);
    return false;
}

/* Halves the largest dimension until the case costs no more than that; one whose half is not
 * possible keeps its size. False where that does not succeed. */
static bool limit_work(gsl_rng *rng, struct vjp_case *c, double work_max)
{
    bool kept[VJP_MAX_DIMS] = {false};
    if (!is_possible(c))
        return false;
    while (vjp_case_work(c) > work_max) {
        int largest = -1;
        for (int d = 0; d < c->spec->n_dims; d++) {
            if (!kept[d] && c->dim[d] > 1 && (largest < 0 || c->dim[d] > c->dim[largest]))
                largest = d;
        }
        if (largest < 0)
            return false;
        kept[largest] = !halve(rng, c, largest);
    }
    return true;
}

static void draw_layouts(gsl_rng *rng, struct vjp_case *c)
{
    static const int64_t pads[] = {1, 2, 3, 5, 8, 17};
    if (!vjp_random_one_in(rng, 2))
        return;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        struct vjp_layout *layout = &c->slot[slot].layout;
        struct vjp_shape shape;
        if (!vjp_case_has_slot(c, slot))
            continue;
        const int bytes = vjp_format(vjp_case_slot_dtype(c, slot))->bytes;
        vjp_case_slot_shape(c, slot, &shape);
        if (shape.rank >= 2 && vjp_random_one_in(rng, 3))
            layout->ld_pad = pads[vjp_random_below(rng, 6)];
        if (vjp_random_one_in(rng, 3))
            layout->align = vjp_random_between(rng, 0, 64 / bytes - 1) * bytes;
        layout->trans = shape.rank == 2 && vjp_random_one_in(rng, 40);
    }
}

/* In one of SOME_GRADIENTS_EVERY cases some gradients are left out, not all. By bits of the seed: what else is
 * drawn does not depend on it. */
static void draw_gradients(struct vjp_case *c)
{
    const uint64_t bits = vjp_mix64(c->seed ^ SOME_GRADIENTS_SALT);
    const uint32_t before = c->left_out;
    bool any = false;
    if (bits % SOME_GRADIENTS_EVERY != 0)
        return;
    c->left_out = (uint32_t)(bits >> 32);
    for (int i = 0; i < c->spec->n_inputs; i++)
        any |= vjp_case_has_gradient(c, i);
    if (!any)
        c->left_out = before;
}

/* By bits of the seed, as draw_gradients. */
static void draw_expanded(struct vjp_case *c)
{
    const uint64_t bits = vjp_mix64(c->seed ^ EXPAND_SALT);
    const int n = c->spec->n_inputs + 1; /* the cotangent is as likely as all the others */
    const int slot = bits >> 32 & 1 ? n - 1 : (int)((bits >> 33) % (uint64_t)n);
    struct vjp_shape shape;
    struct vjp_error unused;
    if (bits % EXPAND_EVERY != 0 || !vjp_case_has_values(c, slot))
        return;
    vjp_case_slot_shape(c, slot, &shape);
    const uint32_t all = (UINT32_C(1) << shape.rank % VJP_RANK_MAX) - 1;
    c->slot[slot].layout.expand = shape.rank == 0 || (bits >> 48 & 1)
                                      ? all
                                      : UINT32_C(1) << (bits >> 49) % (uint64_t)shape.rank;
    if (vjp_case_validate(c, &unused) != VJP_OK)
        c->slot[slot].layout.expand = 0;
}

/* By bits of the seed, as draw_gradients: of layers of which dx can take the place of dy. */
static void draw_in_place(struct vjp_case *c)
{
    struct vjp_error unused;
    c->in_place = vjp_mix64(c->seed ^ IN_PLACE_SALT) % IN_PLACE_EVERY == 0;
    if (c->in_place && vjp_case_validate(c, &unused) != VJP_OK)
        c->in_place = false;
}

static enum vjp_status draw_case(gsl_rng *rng, const struct vjp_draw_plan *plan, bool has_attrs,
                                 int attempt, struct vjp_case *c, struct vjp_error *error)
{
    const double work_max = plan->sizes(plan->env, rng, attempt, c);
    if (has_attrs)
        draw_attrs(rng, c);
    if (!plan->plain) {
        c->accumulate = vjp_random_one_in(rng, 3);
        c->threads = vjp_random_one_in(rng, 3) ? 2 : 1;
    }
    c->seed = gsl_rng_get(rng);
    enum vjp_status status = vjp_case_settle(c, error);
    if (status == VJP_OK)
        status = vjp_fit_sizes(rng, has_attrs, c, error);
    if (status == VJP_OK)
        status = vjp_case_settle(c, error); /* others may have become fields */
    if (status != VJP_OK)
        return status;
    if (!limit_work(rng, c, work_max))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "sizes and attributes fit together at no cost of %g operations or less",
                        work_max);
    if (vjp_case_is_flat(c) && !vjp_random_one_in(rng, FLAT_EVERY))
        return vjp_fail(error, VJP_ERR_USAGE, "sizes of which every gradient is zero");
    if (!plan->plain) {
        draw_layouts(rng, c);
        draw_gradients(c);
        status = vjp_case_settle(c, error);
    }
    if (status == VJP_OK)
        status = vjp_suite_draw_values(rng, plan->structural, c, error);
    if (status == VJP_OK && !plan->plain)
        draw_expanded(c);
    if (status == VJP_OK && !plan->plain)
        draw_in_place(c);
    return status == VJP_OK ? vjp_case_validate(c, error) : status;
}

/* The same with the smallest sizes, all equal, that are possible where every attribute is at its
 * fallback. */
static enum vjp_status draw_equal(gsl_rng *rng, const struct vjp_draw_plan *plan, int64_t size,
                                  struct vjp_case *c, struct vjp_error *error)
{
    for (int d = 0; d < c->spec->n_dims; d++)
        c->dim[d] = size;
    c->seed = gsl_rng_get(rng);
    enum vjp_status status = vjp_fit_sizes(rng, false, c, error);
    if (status == VJP_OK)
        status = vjp_case_settle(c, error);
    if (status == VJP_OK)
        status = vjp_suite_draw_values(rng, plan->structural, c, error);
    return status == VJP_OK ? vjp_case_validate(c, error) : status;
}

/* Whether another draw may succeed where this one did not. */
static bool is_refused(enum vjp_status status)
{
    return status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT;
}

enum vjp_status vjp_draw_case(gsl_rng *rng, const struct vjp_draw_plan *plan,
                              const struct vjp_spec *spec, enum vjp_dtype dtype,
                              struct vjp_case *out, struct vjp_error *error)
{
    struct vjp_case c = {0};
    enum vjp_status status = VJP_ERR_USAGE;
    const bool is_pipeline = vjp_pipeline_of(spec) != NULL;
    const int last = ATTEMPTS + EQUAL_MAX, end = last + (is_pipeline ? ATTEMPTS_OF_LAST : 0);
    for (int attempt = 0; attempt < end && is_refused(status);) {
        const bool has_attrs = attempt >= last || (!plan->plain && attempt < ATTEMPTS / 2);
        vjp_case_clear(&c);
        status = vjp_case_init(&c, spec, dtype, error);
        if (status == VJP_OK && (attempt < ATTEMPTS || attempt >= last))
            status = draw_case(rng, plan, has_attrs, attempt, &c, error);
        else if (status == VJP_OK)
            status = draw_equal(rng, plan, attempt - ATTEMPTS + 1, &c, error);
        attempt += is_pipeline && !is_possible(&c) ? COUNT_OF_UNFIT : 1;
    }
    if (is_refused(status) && is_pipeline)
        vjp_error_prefix(error, "no sizes were found that fit together; of the last ones, ");
    if (status == VJP_OK)
        *out = c;
    else
        vjp_case_clear(&c);
    return status;
}

uint32_t vjp_draw_stream(const struct vjp_spec *spec, enum vjp_dtype dtype, uint64_t seed,
                         uint32_t i)
{
    uint64_t mixed = vjp_mix64(seed + (uint64_t)dtype);
    for (const char *p = spec->name; *p; p++)
        mixed = vjp_mix64(mixed + (unsigned char)*p);
    return vjp_stream_seed(mixed, i);
}
