/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/suite_values.h"

#include "cases/gen/random.h"
#include "cases/spec/domain.h"
#include "cases/spec/pipeline.h"

#include <string.h>

/* Generators with their weights, ending with a text NULL. */
struct mixture {
    const char *text;
    uint64_t weight;
};

/* Operands of sums of products. Where nothing cancels, there may be a kink (relu, a maximum): ties
 * then stand for cancel. */
static const struct mixture of_sums[] = {
    {"normal", 32},    {"uniform", 14},   {"integers", 8}, {"pow2", 8},
    {"cancel:1e4", 6}, {"cancel:1e8", 8}, {"wide", 8},     {"zeros", 6},
    {"zeros:0.9", 4},  {"const:-1.5", 2}, {NULL, 0},
};

/* Operands of layers that are no sums of products: logits as they are, and so large that only stable
 * formulas survive. */
static const struct mixture of_functions[] = {
    {"normal", 36},    {"uniform", 12},   {"uniform:8", 8}, {"large:100", 8},
    {"large:1000", 4}, {"ties:3", 6},     {"integers", 6},  {"pow2", 4},
    {"zeros", 6},      {"const:-1.5", 3}, {"zeros:0.9", 2}, {NULL, 0},
};

static const struct mixture of_cotangents[] = {
    {"normal", 50},   {"uniform", 16}, {"integers", 8}, {"pow2", 8},
    {"zeros:0.9", 4}, {"zeros", 6},    {"const", 4},    {NULL, 0},
};

static const struct mixture of_kinks[] = {
    {"ties:3", 40}, {"integers", 20}, {"zeros", 20}, {"ties:2", 10}, {"zeros:1", 5}, {NULL, 0},
};

static const struct mixture of_kink_cotangents[] = {
    {"integers", 50}, {"normal", 30}, {"ties:3", 10}, {"const", 10}, {NULL, 0},
};

static const struct mixture by_domain[][6] = {
    [VJP_DOMAIN_POSITIVE] = {{"positive", 50},
                             {"simplex", 40},
                             {"positive:0.01", 5},
                             {"const:0.5", 5}},
    [VJP_DOMAIN_ONEHOT] = {{"labels", 1}},
    [VJP_DOMAIN_INDEX] = {{"index", 50}, {"repeats", 40}, {"const:0", 5}},
    [VJP_DOMAIN_MASK] = {{"mask", 70}, {"mask:0.9", 15}, {"const:1", 5}, {"const:0", 5}},
};

/* Few cases have sums of so many terms: of those, every other one is to have a mean far from 0. */
#define MANY 64

/* Operands whose mean the formula subtracts: variance in one pass, E[x^2] - mean^2, loses as many digits
 * as the square of the ratio has. */
static const struct mixture of_centred[] = {
    {"shifted:10", 1},
    {"shifted:1e3", 1},
    {"shifted:1e4", 1},
    {NULL, 0},
};

/* Operands so small that the product of two of them, or of three, is subnormal or 0 in the dtype: what
 * counts is the order in which a kernel multiplies. */
static const char *const tiny[VJP_DTYPE_COUNT][3] = {
    [VJP_F16] = {"normal:1e-3", "normal:1e-2", "subnormal"},
    [VJP_BF16] = {"normal:1e-20", "normal:1e-13", "subnormal"},
    [VJP_F32] = {"normal:1e-20", "normal:1e-14", "subnormal"},
    [VJP_F64] = {"normal:1e-160", "normal:1e-106", "subnormal"},
};

/* Condition numbers above 1/u, u the unit roundoff of f64 and of f32, in which kernels for the narrower
 * dtypes sum: rounding decides the sign of a sum, and behind it on which side of a kink it is. */
static const char *const undecided[VJP_DTYPE_COUNT] = {
    [VJP_F16] = "cancel:1e8",
    [VJP_BF16] = "cancel:1e8",
    [VJP_F32] = "cancel:1e8",
    [VJP_F64] = "cancel:1e17",
};

static const char *draw_from(gsl_rng *rng, const struct mixture *mixture)
{
    uint64_t total = 0;
    for (const struct mixture *m = mixture; m->text; m++)
        total += m->weight;
    uint64_t roll = vjp_random_below(rng, total);
    while (roll >= mixture->weight)
        roll -= (mixture++)->weight;
    return mixture->text;
}

/* Values of a slot that is to have others than any number. */
static const char *draw_restricted(gsl_rng *rng, const struct vjp_case *c, int slot)
{
    int64_t ignored;
    const enum vjp_domain domain = vjp_domain_wanted(c->spec, slot);
    if (domain == VJP_DOMAIN_INDEX && vjp_domain_ignored(c, slot, &ignored) &&
        vjp_random_one_in(rng, 3))
        return vjp_random_one_in(rng, 8) ? "ignored:1" : "ignored";
    return draw_from(rng, by_domain[domain]);
}

static bool is_restricted(const struct vjp_case *c, int slot)
{
    return vjp_domain_wanted(c->spec, slot) != VJP_DOMAIN_REAL;
}

/* What was drawn for the cotangent, but for a loss, which has one: where that is zero nothing can be
 * told. */
static const char *keep_telling(const struct vjp_case *c, const char *drawn)
{
    struct vjp_shape shape;
    vjp_case_slot_shape(c, vjp_slot_cotangent(c->spec), &shape);
    const bool often_zero = strncmp(drawn, "zeros", 5) == 0 || strncmp(drawn, "ties", 4) == 0;
    return shape.rank == 0 && often_zero ? "normal" : drawn;
}

static const char *draw_rounded(gsl_rng *rng, const struct vjp_case *c, int slot)
{
    if (!c->spec->sums_products) {
        if (slot == vjp_slot_cotangent(c->spec))
            return keep_telling(c, draw_from(rng, of_cotangents));
        if (slot < c->spec->n_inputs && c->spec->input[slot].centred &&
            vjp_random_one_in(rng, c->spec->reduction(c) >= MANY ? 2 : 4))
            return draw_from(rng, of_centred);
        if (vjp_pipeline_of(c->spec) && vjp_slot_partner(c->spec, slot) >= 0 &&
            vjp_random_one_in(rng, 4))
            return undecided[c->dtype];
        const char *drawn = draw_from(rng, of_functions);
        /* One stage's large outputs are the next one's exponents: nothing finite comes of them. */
        const bool large = strncmp(drawn, "large", 5) == 0;
        return large && vjp_pipeline_of(c->spec) ? "normal" : drawn;
    }
    const char *text = draw_from(rng, of_sums);
    const bool cancels = strncmp(text, "cancel", 6) == 0;
    return cancels && vjp_slot_partner(c->spec, slot) < 0 ? "ties:3" : text;
}

/* Values that are all rounded: some of every kind; at most one operand with values so extreme that they
 * hide what the others do; and two of three operands tiny in one case of ten. */
static enum vjp_status set_rounded(gsl_rng *rng, struct vjp_case *c, struct vjp_error *error)
{
    static const char *const extremes[] = {"special:0.02", "special", "subnormal"};
    enum { EXTREMES = 3, SPECIALS = 2, TINIES = 3 };
    const int cotangent = vjp_slot_cotangent(c->spec);
    const uint64_t roll = vjp_random_below(rng, 30);
    const uint64_t extreme = vjp_pipeline_of(c->spec) ? EXTREMES : roll;
    const int chosen = (int)vjp_random_below(rng, (uint64_t)cotangent + 1);
    const int onehot = vjp_random_one_in(rng, 12);
    enum vjp_status status = VJP_OK;
    for (int slot = 0; slot < vjp_slot_count(c->spec) && status == VJP_OK; slot++) {
        const char *text = draw_rounded(rng, c, slot);
        if (roll >= EXTREMES && roll < EXTREMES + TINIES && !vjp_random_one_in(rng, 3))
            text = tiny[c->dtype][roll - EXTREMES];
        if (slot == cotangent && onehot)
            text = "onehot";
        /* Against NaN and infinity a zero tells the kernels that skip zeros from those that do not. */
        if (slot == chosen && extreme < EXTREMES)
            text = extremes[extreme];
        else if (extreme < SPECIALS && vjp_random_one_in(rng, 2))
            text = slot == cotangent ? keep_telling(c, "zeros") : "zeros";
        if (vjp_slot_is_gradient(c->spec, slot))
            text = vjp_random_one_in(rng, 4) ? "zeros" : "normal";
        if (is_restricted(c, slot))
            text = draw_restricted(rng, c, slot);
        if (vjp_case_has_values(c, slot))
            status = vjp_case_set_values(c, slot, text, error);
    }
    return status;
}

static const char *draw_structural(gsl_rng *rng, const struct vjp_case *c, int slot)
{
    if (is_restricted(c, slot))
        return draw_restricted(rng, c, slot);
    if (c->spec->sums_products)
        return "exact";
    if (vjp_slot_is_gradient(c->spec, slot))
        return "integers";
    if (slot == vjp_slot_cotangent(c->spec))
        return keep_telling(c, draw_from(rng, of_kink_cotangents));
    const char *drawn = draw_from(rng, of_kinks);
    /* Between stages nothing but zeros stops every gradient before and behind it. */
    return vjp_pipeline_of(c->spec) && strcmp(drawn, "zeros:1") == 0 ? "zeros" : drawn;
}

static enum vjp_status set_structural(gsl_rng *rng, struct vjp_case *c, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int slot = 0; slot < vjp_slot_count(c->spec) && status == VJP_OK; slot++) {
        if (vjp_case_has_values(c, slot))
            status = vjp_case_set_values(c, slot, draw_structural(rng, c, slot), error);
    }
    return status;
}

enum vjp_status vjp_suite_draw_values(gsl_rng *rng, bool structural, struct vjp_case *c,
                                      struct vjp_error *error)
{
    return structural ? set_structural(rng, c, error) : set_rounded(rng, c, error);
}
