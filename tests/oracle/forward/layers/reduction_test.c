/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/derive.h"

#include "cases/gen/generate.h"
#include "cases/gen/suite.h"

#include <criterion/criterion.h>
#include <inttypes.h>

#define CASES_PER_LAYER 40
#define WORK_MAX        1500 /* keeps the test below a second */

static int64_t most_terms(const struct vjp_derivation *d)
{
    int64_t most = 0;
    for (int i = 0; i < VJP_MAX_INPUTS; i++) {
        for (int64_t j = 0; d->has_gradient[i] && j < d->gradient[i].count; j++)
            most = d->gradient[i].terms[j] > most ? d->gradient[i].terms[j] : most;
    }
    return most;
}

/* Under accumulate there is one more: what was there before. */
static void check_case(const struct vjp_case *c)
{
    struct vjp_data data = {0};
    struct vjp_derivation derivation = {.on_kink = false};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_data_generate(c, &data, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_derive(c, &data, 64, (struct vjp_kinks){.tie = VJP_TIE_FIRST}, NULL,
                            &derivation, &error),
                 VJP_OK, "%s", error.text);
    const int64_t most = most_terms(&derivation), limit = c->spec->reduction(c) + c->accumulate;
    cr_expect_leq(most, limit, "%s, seed 0x%" PRIx64 ": %" PRId64 " terms, the spec says %" PRId64,
                  c->spec->name, c->seed, most, limit);
    vjp_derivation_clear(&derivation);
    vjp_data_clear(&data);
}

/* Else exact data would not be exact. */
Test(reduction, no_gradient_sums_more_terms_than_the_spec_says)
{
    int checked = 0;
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        for (int64_t i = 0; (*spec)->sums_products && i < CASES_PER_LAYER; i++) {
            struct vjp_case c;
            struct vjp_error error = {""};
            cr_assert_eq(vjp_suite_case(*spec, VJP_F32, 7, i, &c, &error), VJP_OK, "%s",
                         error.text);
            if (vjp_case_work(&c) <= WORK_MAX) {
                check_case(&c);
                checked++;
            }
            vjp_case_clear(&c);
        }
    }
    cr_expect_gt(checked, 50);
}
