/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/num/real.h"

#include "oracle/num/real_parts.h"

/* The ends of operands that make one end of a result. */
struct pair {
    mpfr_srcptr x, y;
};

/* out = [operation(low), operation(high)], rounded outward, where the pairs are of the operands' ends.
 * MPFR rounds correctly, hence no enclosure is tighter. The operands of two points are one pair. */
static void from_ends(struct vjp_real *out, struct pair low, struct pair high, bool set,
                      int (*operation)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t))
{
    mpfr_ptr left = &out->ends->left, right = &out->ends->right;
    if (low.x == high.x && low.y == high.y) {
        vjp_real_settle_rounded_down(out, operation(left, low.x, low.y, MPFR_RNDD));
        return;
    }
    /* out may be an operand: the lower end of the result is written first, to that end of out which
     * the higher end of the result does not need. */
    const bool needs_left = high.x == left || high.y == left;
    const bool needs_right = high.x == right || high.y == right;
    if (needs_left && needs_right) {
        struct vjp_scratch first;
        vjp_scratch_init(&first, mpfr_get_prec(left));
        operation(first.x, low.x, low.y, MPFR_RNDD);
        operation(right, high.x, high.y, MPFR_RNDU);
        mpfr_set(left, first.x, MPFR_RNDD); /* exact */
        vjp_scratch_clear(&first);
    } else if (needs_left) {
        operation(right, low.x, low.y, MPFR_RNDD);
        operation(left, high.x, high.y, MPFR_RNDU);
        mpfr_swap(left, right); /* both are out's own */
    } else {
        operation(left, low.x, low.y, MPFR_RNDD);
        operation(right, high.x, high.y, MPFR_RNDU);
    }
    vjp_real_settle(out, set);
}

static bool are_finite(const struct vjp_real *a, const struct vjp_real *b)
{
    return a->kind == VJP_REAL_FINITE && b->kind == VJP_REAL_FINITE;
}

static bool is_infinite(enum vjp_real_kind kind)
{
    return kind == VJP_REAL_POS_INF || kind == VJP_REAL_NEG_INF;
}

static enum vjp_real_kind opposite(enum vjp_real_kind kind)
{
    return kind == VJP_REAL_POS_INF   ? VJP_REAL_NEG_INF
           : kind == VJP_REAL_NEG_INF ? VJP_REAL_POS_INF
                                      : kind;
}

/* 1 or -1 where every number of the enclosure has that sign, 0 for the point zero, 2 otherwise. */
static int sign(const struct vjp_real *r)
{
    if (r->kind != VJP_REAL_FINITE)
        return r->kind == VJP_REAL_POS_INF ? 1 : -1;
    const int low = mpfr_sgn(vjp_real_low(r));
    const int high = mpfr_sgn(vjp_real_high(r));
    return low == high ? low : 2;
}

/* What NaN and UNKNOWN make of any result; true if one of them is there. */
static bool is_lost(const struct vjp_real *a, const struct vjp_real *b, enum vjp_real_kind *kind)
{
    if (a->kind == VJP_REAL_NAN || b->kind == VJP_REAL_NAN)
        *kind = VJP_REAL_NAN;
    else if (a->kind == VJP_REAL_UNKNOWN || b->kind == VJP_REAL_UNKNOWN)
        *kind = VJP_REAL_UNKNOWN;
    else
        return false;
    return true;
}

/* The kind of a + b, where b is taken for what other says. */
static enum vjp_real_kind sum_kind(const struct vjp_real *a, const struct vjp_real *b,
                                   enum vjp_real_kind other)
{
    enum vjp_real_kind kind;
    if (is_lost(a, b, &kind))
        return kind;
    if (is_infinite(a->kind) && is_infinite(other))
        return a->kind == other ? other : VJP_REAL_NAN;
    return is_infinite(a->kind) ? a->kind : other;
}

void vjp_real_add(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b)
{
    if (!are_finite(a, b)) {
        vjp_real_make(out, sum_kind(a, b, b->kind));
        return;
    }
    const struct pair low = {vjp_real_low(a), vjp_real_low(b)};
    const struct pair high = {vjp_real_high(a), vjp_real_high(b)};
    from_ends(out, low, high, a->set || b->set, mpfr_add);
}

void vjp_real_sub(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b)
{
    if (!are_finite(a, b)) {
        vjp_real_make(out, sum_kind(a, b, opposite(b->kind)));
        return;
    }
    const struct pair low = {vjp_real_low(a), vjp_real_high(b)};
    const struct pair high = {vjp_real_high(a), vjp_real_low(b)};
    from_ends(out, low, high, a->set || b->set, mpfr_sub);
}

/* Both enclosures have zero inside: each end of the product is one of two products of ends. */
static void mul_mixed(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b)
{
    const mpfr_prec_t precision = mpfr_get_prec(&out->ends->left);
    const bool set = a->set || b->set;
    struct vjp_scratch low[2], high;
    vjp_scratch_init(&low[0], precision);
    vjp_scratch_init(&low[1], precision);
    vjp_scratch_init(&high, precision);
    mpfr_mul(low[0].x, vjp_real_low(a), vjp_real_high(b), MPFR_RNDD);
    mpfr_mul(low[1].x, vjp_real_high(a), vjp_real_low(b), MPFR_RNDD);
    mpfr_mul(high.x, vjp_real_low(a), vjp_real_low(b), MPFR_RNDU);
    mpfr_mul(&out->ends->right, vjp_real_high(a), vjp_real_high(b), MPFR_RNDU);
    mpfr_max(&out->ends->right, &out->ends->right, high.x, MPFR_RNDU);
    mpfr_min(&out->ends->left, low[0].x, low[1].x, MPFR_RNDD);
    vjp_scratch_clear(&low[0]);
    vjp_scratch_clear(&low[1]);
    vjp_scratch_clear(&high);
    vjp_real_settle(out, set);
}

/* By the signs of the ends, as every book on interval arithmetic has it (Moore, Kearfott and Cloud,
 * Introduction to Interval Analysis, 2009, section 2.5). */
static void mul_finite(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b)
{
    const mpfr_srcptr al = vjp_real_low(a), ah = vjp_real_high(a);
    const mpfr_srcptr bl = vjp_real_low(b), bh = vjp_real_high(b);
    struct pair low, high;
    if (mpfr_sgn(al) >= 0) {
        low = (struct pair){mpfr_sgn(bl) >= 0 ? al : ah, bl};
        high = (struct pair){mpfr_sgn(bh) >= 0 ? ah : al, bh};
    } else if (mpfr_sgn(ah) <= 0) {
        low = (struct pair){mpfr_sgn(bh) >= 0 ? al : ah, bh};
        high = (struct pair){mpfr_sgn(bl) >= 0 ? ah : al, bl};
    } else if (mpfr_sgn(bl) >= 0) {
        low = (struct pair){al, bh};
        high = (struct pair){ah, bh};
    } else if (mpfr_sgn(bh) <= 0) {
        low = (struct pair){ah, bl};
        high = (struct pair){al, bl};
    } else {
        mul_mixed(out, a, b);
        return;
    }
    from_ends(out, low, high, a->set || b->set, mpfr_mul);
}

void vjp_real_mul(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b)
{
    enum vjp_real_kind kind;
    if (are_finite(a, b)) {
        mul_finite(out, a, b);
        return;
    }
    if (a->set || b->set) {
        kind = VJP_REAL_UNKNOWN; /* what is selected by a factor of 0 may be 0 or NaN */
    } else if (!is_lost(a, b, &kind)) {
        if (sign(a) == 2 || sign(b) == 2)
            kind = VJP_REAL_UNKNOWN;
        else if (sign(a) == 0 || sign(b) == 0)
            kind = VJP_REAL_NAN; /* 0 * infinity */
        else
            kind = sign(a) == sign(b) ? VJP_REAL_POS_INF : VJP_REAL_NEG_INF;
    }
    vjp_real_make(out, kind);
}

/* Every number of b has the sign given. */
static void div_finite(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b,
                       int b_sign)
{
    const mpfr_srcptr al = vjp_real_low(a), ah = vjp_real_high(a);
    const mpfr_srcptr bl = vjp_real_low(b), bh = vjp_real_high(b);
    struct pair low, high;
    if (b_sign > 0) {
        low = (struct pair){al, mpfr_sgn(al) >= 0 ? bh : bl};
        high = (struct pair){ah, mpfr_sgn(ah) >= 0 ? bl : bh};
    } else {
        low = (struct pair){ah, mpfr_sgn(ah) >= 0 ? bh : bl};
        high = (struct pair){al, mpfr_sgn(al) >= 0 ? bl : bh};
    }
    from_ends(out, low, high, a->set || b->set, mpfr_div);
}

/* a / 0 and a / infinity, a / b where a is infinite. */
static enum vjp_real_kind quotient_kind(const struct vjp_real *a, const struct vjp_real *b)
{
    const int a_sign = sign(a);
    const int b_sign = sign(b) == 0 ? 1 : sign(b);
    if (a_sign == 2 || b_sign == 2)
        return VJP_REAL_UNKNOWN;
    if (a_sign == 0 || (is_infinite(a->kind) && is_infinite(b->kind)))
        return VJP_REAL_NAN; /* 0 / 0, infinity / infinity */
    return a_sign == b_sign ? VJP_REAL_POS_INF : VJP_REAL_NEG_INF;
}

void vjp_real_div(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b)
{
    enum vjp_real_kind kind;
    if (is_lost(a, b, &kind)) {
        vjp_real_make(out, kind);
        return;
    }
    const int b_sign = sign(b);
    if (a->kind == VJP_REAL_FINITE && is_infinite(b->kind))
        vjp_real_set_si(out, 0);
    else if (!are_finite(a, b) || b_sign == 0)
        vjp_real_make(out, quotient_kind(a, b));
    else if (b_sign == 2)
        vjp_real_make(out, VJP_REAL_UNKNOWN);
    else
        div_finite(out, a, b, b_sign);
}

void vjp_real_neg(struct vjp_real *out, const struct vjp_real *a)
{
    if (a->kind != VJP_REAL_FINITE) {
        vjp_real_make(out, opposite(a->kind));
        return;
    }
    if (a->point) {
        vjp_real_settle_rounded_down(out, mpfr_neg(&out->ends->left, &a->ends->left, MPFR_RNDD));
        return;
    }
    const bool set = a->set;
    mpfr_neg(&out->ends->left, &a->ends->left, MPFR_RNDU);
    mpfr_neg(&out->ends->right, &a->ends->right, MPFR_RNDD);
    mpfr_swap(&out->ends->left, &out->ends->right); /* both are out's own */
    vjp_real_settle(out, set);
}

void vjp_real_abs(struct vjp_real *out, const struct vjp_real *a)
{
    if (a->kind != VJP_REAL_FINITE) {
        vjp_real_make(out, a->kind == VJP_REAL_NEG_INF ? VJP_REAL_POS_INF : a->kind);
    } else if (mpfr_sgn(vjp_real_low(a)) >= 0) {
        vjp_real_set(out, a);
    } else if (mpfr_sgn(vjp_real_high(a)) <= 0) {
        vjp_real_neg(out, a);
    } else {
        const bool set = a->set;
        const bool below = mpfr_cmpabs(&a->ends->left, &a->ends->right) > 0;
        mpfr_abs(&out->ends->right, below ? &a->ends->left : &a->ends->right, MPFR_RNDU);
        mpfr_set_zero(&out->ends->left, 1);
        vjp_real_settle(out, set);
    }
}

static void max_finite(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b)
{
    if (mpfr_greaterequal_p(vjp_real_low(a), vjp_real_high(b))) {
        vjp_real_set(out, a);
    } else if (mpfr_greaterequal_p(vjp_real_low(b), vjp_real_high(a))) {
        vjp_real_set(out, b);
    } else {
        const bool set = a->set || b->set;
        mpfr_max(&out->ends->right, vjp_real_high(a), vjp_real_high(b), MPFR_RNDU);
        mpfr_max(&out->ends->left, vjp_real_low(a), vjp_real_low(b), MPFR_RNDD);
        vjp_real_settle(out, set);
    }
}

void vjp_real_max(struct vjp_real *out, const struct vjp_real *a, const struct vjp_real *b)
{
    enum vjp_real_kind kind;
    if (are_finite(a, b))
        max_finite(out, a, b);
    else if (is_lost(a, b, &kind))
        vjp_real_make(out, kind);
    else if (a->kind == VJP_REAL_POS_INF || b->kind == VJP_REAL_POS_INF)
        vjp_real_make(out, VJP_REAL_POS_INF);
    else
        vjp_real_set(out, a->kind == VJP_REAL_NEG_INF ? b : a);
}
