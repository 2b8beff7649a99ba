/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/mutate.h"

#include "cases/gen/random.h"
#include "tests/cases/lines.h"

static struct vjp_case mutate(struct vjp_random *random, const struct vjp_case *from,
                              int64_t dim_max)
{
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_mutate_case(&random->rng, from, dim_max, &c, &error), VJP_OK, "%s",
                 error.text);
    cr_assert_eq(vjp_case_validate(&c, &error), VJP_OK, "%s", error.text);
    return c;
}

/* Half of them have other values only; of the others one size or one generator differs. */
Test(mutate, cases_are_near)
{
    struct vjp_case from =
        parse_case("linear dtype=f32 N=8 D=5 M=3 x=normal w=normal dy=normal w.ld=+3");
    struct vjp_random random;
    struct vjp_error error = {""};
    int seeds = 0, sizes = 0, values = 0;
    cr_assert_eq(vjp_random_init(&random, 1, &error), VJP_OK);
    for (int i = 0; i < 400; i++) {
        struct vjp_case c = mutate(&random, &from, 64);
        int dims = 0, texts = 0;
        for (int d = 0; d < 3; d++) {
            dims += c.dim[d] != from.dim[d];
            cr_expect(c.dim[d] >= 0 && c.dim[d] <= 16);
        }
        for (int slot = 0; slot < vjp_slot_count(c.spec); slot++)
            texts += vjp_case_has_values(&c, slot) &&
                     strcmp(c.slot[slot].text, from.slot[slot].text) != 0;
        cr_expect_leq(dims + texts, 1);
        cr_expect(c.dtype == VJP_F32 && c.spec == from.spec && c.slot[W].layout.ld_pad == 3);
        seeds += c.seed != from.seed;
        sizes += dims;
        values += texts;
        vjp_case_clear(&c);
    }
    cr_expect_eq(seeds, 400);
    cr_expect(sizes > 50 && values > 30, "%d sizes, %d generators", sizes, values);
    vjp_random_clear(&random);
    vjp_case_clear(&from);
}

Test(mutate, no_dimension_and_no_work_is_beyond_the_limits)
{
    struct vjp_case from = parse_case("linear dtype=f32 N=30 D=30 M=30");
    struct vjp_random random;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_random_init(&random, 2, &error), VJP_OK);
    for (int i = 0; i < 300; i++) {
        struct vjp_case c = mutate(&random, &from, 32);
        cr_expect(c.dim[0] <= 32 && c.dim[1] <= 32 && c.dim[2] <= 32);
        struct vjp_case wide = mutate(&random, &from, 4096);
        cr_expect_leq(vjp_case_work(&wide), 2 * vjp_case_work(&from) + 1000);
        vjp_case_clear(&c);
        vjp_case_clear(&wide);
    }
    vjp_random_clear(&random);
    vjp_case_clear(&from);
}

/* Where hardly a size fits another, what comes is valid all the same. */
Test(mutate, tied_sizes_stay_valid)
{
    static const char *const lines[] = {
        "linear | relu | linear dtype=f32 1.N=4 1.D=3 1.M=5 3.M=2",
        "maxpool2d dtype=f32 N=1 C=1 H=4 W=4",
        "attention dtype=f32 B=1 H=1 T=3 S=2 D=2 E=1",
    };
    struct vjp_random random;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_random_init(&random, 3, &error), VJP_OK);
    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++) {
        struct vjp_case from = parse_case(lines[l]);
        for (int i = 0; i < 60; i++) {
            struct vjp_case c = mutate(&random, &from, 16);
            vjp_case_clear(&c);
        }
        vjp_case_clear(&from);
    }
    vjp_random_clear(&random);
}
