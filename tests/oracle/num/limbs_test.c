/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/num/limbs.h"

#include "tests/oracle/support.h"

/* Numbers of mixed precisions, over many blocks: each is a zero of its precision, keeps what is put
 * into it and shares no bit with another. */
Test(limbs, numbers_lie_beside_each_other)
{
    enum { COUNT = 3000 };
    static __mpfr_struct x[COUNT];
    struct tally t = {0};
    struct vjp_limbs limbs = {0};
    for (int i = 0; i < COUNT; i++) {
        const mpfr_prec_t precision = 2 + i * 7 % 300;
        check(&t, vjp_limbs_init_number(&limbs, &x[i], precision), "no memory");
        check(&t, mpfr_zero_p(&x[i]) && mpfr_get_prec(&x[i]) == precision, "number %d", i);
        mpfr_set_ui(&x[i], 1, MPFR_RNDN);
        mpfr_nextbelow(&x[i]); /* all bits 1 */
    }
    for (int i = 0; i < COUNT; i += 2)
        mpfr_set_si_2exp(&x[i], -1, i, MPFR_RNDN);
    for (int i = 0; i < COUNT; i++) {
        const mpfr_prec_t precision = 2 + i * 7 % 300;
        if (i % 2 == 0)
            check(&t, mpfr_cmp_si_2exp(&x[i], -1, i) == 0, "number %d", i);
        else
            check(&t, mpfr_min_prec(&x[i]) == precision && mpfr_cmp_ui(&x[i], 1) < 0, "number %d",
                  i);
    }
    vjp_limbs_clear(&limbs);
    tally_assert(&t, 3 * COUNT);
}

Test(limbs, a_number_larger_than_a_block)
{
    struct vjp_limbs limbs = {0};
    __mpfr_struct small, large;
    cr_assert(vjp_limbs_init_number(&limbs, &small, 53));
    cr_assert(vjp_limbs_init_number(&limbs, &large, 1000000));
    mpfr_set_ui(&small, 3, MPFR_RNDN);
    mpfr_set_ui(&large, 1, MPFR_RNDN);
    mpfr_div_ui(&large, &large, 3, MPFR_RNDN);
    mpfr_mul_ui(&large, &large, 3, MPFR_RNDN);
    cr_expect_eq(mpfr_cmp_ui(&small, 3), 0);
    mpfr_ui_sub(&large, 1, &large, MPFR_RNDN);
    cr_expect(mpfr_zero_p(&large) || mpfr_get_exp(&large) < -999990);
    vjp_limbs_clear(&limbs);
}

Test(limbs, empty_may_be_cleared)
{
    struct vjp_limbs limbs = {0};
    vjp_limbs_clear(&limbs);
    __mpfr_struct x;
    cr_assert(vjp_limbs_init_number(&limbs, &x, 64));
    vjp_limbs_clear(&limbs);
    cr_expect(limbs.last == NULL && limbs.used == 0 && limbs.capacity == 0);
    vjp_limbs_clear(&limbs);
}
