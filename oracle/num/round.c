/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/num/round.h"

/* Truncates x to out's precision; true if that was exact. */
static bool truncate(mpfr_t out, mpfr_srcptr x)
{
    return mpfr_set(out, x, MPFR_RNDZ) == 0;
}

/* Sets the last bit of the truncated out, away from zero, unless it is set. */
static void set_last_bit(mpfr_t out)
{
    const mpfr_exp_t last = mpfr_get_exp(out) - VJP_ODD_PRECISION; /* out is not zero */
    if (mpfr_min_prec(out) == VJP_ODD_PRECISION)
        return;
    mpfr_t bit;
    mpfr_init2(bit, 2);
    mpfr_set_si_2exp(bit, mpfr_sgn(out), last, MPFR_RNDN);
    mpfr_add(out, out, bit, MPFR_RNDZ); /* exact: the bit was 0 */
    mpfr_clear(bit);
}

bool vjp_round_to_odd(mpfr_t out, const struct vjp_real *r)
{
    const bool exact = truncate(out, vjp_real_low(r));
    if (r->point) {
        if (!exact)
            set_last_bit(out);
        return true;
    }
    mpfr_t other;
    mpfr_init2(other, VJP_ODD_PRECISION);
    const bool other_exact = truncate(other, vjp_real_high(r));
    const bool settled =
        !exact && !other_exact && !mpfr_zero_p(out) && mpfr_equal_p(out, other) != 0;
    if (settled)
        set_last_bit(out);
    mpfr_clear(other);
    return settled;
}

uint64_t vjp_round_to_bits(mpfr_srcptr x, enum vjp_dtype dtype)
{
    const struct vjp_format *format = vjp_format(dtype);
    const mpfr_exp_t emin = mpfr_get_emin();
    const mpfr_exp_t emax = mpfr_get_emax();
    mpfr_t rounded;
    mpfr_init2(rounded, format->precision);
    /* The order matters: round to p bits while the exponent range is wide, then narrow it, then
     * let the two functions correct what the range changes; the ternary value tells them on which
     * side the exact number lies. MPFR's significands are in [1/2, 1), so its exponents are one
     * more than IEEE 754's; its emin is that of the smallest subnormal number. */
    int ternary = mpfr_set(rounded, x, MPFR_RNDN);
    mpfr_set_emin(format->emin - format->precision + 2);
    mpfr_set_emax(format->emax + 1);
    ternary = mpfr_check_range(rounded, ternary, MPFR_RNDN);
    mpfr_subnormalize(rounded, ternary, MPFR_RNDN);
    mpfr_set_emin(emin);
    mpfr_set_emax(emax);
    const uint64_t bits = vjp_bits_from_double(dtype, mpfr_get_d(rounded, MPFR_RNDN));
    mpfr_clear(rounded);
    return bits;
}
