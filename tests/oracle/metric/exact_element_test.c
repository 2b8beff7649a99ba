/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What an exact contraction checks itself by: its elements one by one. That these are right themselves is seen
 * in measure_exact_test.c, against the explicit Jacobian. */
#include "oracle/metric/exact_element.h"

#include "tests/cases/lines.h"
#include "tests/oracle/tally.h"

#include <inttypes.h>

struct scene {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_solution s;
    const struct vjp_tensor *old;
};

static void start(struct scene *s, const char *line, int input)
{
    struct vjp_error error = {""};
    *s = (struct scene){.c = parse_case(line), .data = generate_line(line)};
    s->old = &s->data.slot[vjp_slot_gradient(s->c.spec, input)];
    cr_assert_eq(vjp_solution_create(&s->c, &s->data, input, 1, &s->s, &error), VJP_OK, "%s",
                 error.text);
}

static void end(struct scene *s)
{
    vjp_solution_clear(&s->s);
    vjp_data_clear(&s->data);
    vjp_case_clear(&s->c);
}

static enum vjp_status sample(const struct scene *s)
{
    struct vjp_error error = {""};
    const enum vjp_status status = vjp_exact_sample(&s->s, s->old, &error);
    cr_expect(status == VJP_OK || strstr(error.text, "is not the sum of its terms"), "%s",
              error.text);
    return status;
}

/* dx[0,0] = 2^60 + 3 2^-400 + 0 + 7: k, S, the last bit, the number itself. */
Test(exact_element, has_what_a_bound_needs)
{
    struct scene s;
    struct vjp_error error = {""};
    struct vjp_gradient one;
    start(&s,
          "linear dtype=f64 N=1 D=1 M=3 w=[0x1p30,0x1p-200,5] dy=[0x1p30,-0x1.8p-199,0] dx=[7] "
          "dw=[0,0,0] accumulate=1",
          0);
    cr_assert_eq(vjp_exact_element(&s.s.contraction, s.old, 0, &one, &error), VJP_OK);
    cr_expect_eq(one.count, 1);
    cr_expect_eq(one.terms[0], 3);
    cr_expect_eq(one.lowest[0], -400);
    cr_expect(one.value[0].point, "all bits are there");
    mpfr_t rest;
    mpfr_init2(rest, 64);
    cr_expect_eq(mpfr_sub_d(rest, vjp_real_low(&one.value[0]), 0x1p60 + 0, MPFR_RNDN) != 0, true,
                 "7 - 3 2^-400 is no number of 64 bits");
    cr_expect_eq(mpfr_cmp_d(rest, 7), 0);
    mpfr_clear(rest);
    cr_expect_geq(mpfr_cmp_d(&one.scale[0], 0x1p60), 0);
    cr_expect(vjp_exact_agrees(&s.s, 0, &one));
    vjp_gradient_clear(&one);
    end(&s);
}

Test(exact_element, a_solution_agrees_with_its_elements)
{
    static const char *const lines[] = {
        "linear dtype=f32 N=9 D=30 M=20 x=normal w=normal dy=normal seed=1",
        "linear dtype=bf16 N=9 D=3 M=4 dx=normal dw=normal accumulate=1 seed=2",
        "linear dtype=f64 N=9 D=3 M=4 x=wide w=wide dy=special:0.1 seed=3",
        "linear dtype=f16 N=9 D=3 M=0 seed=4",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        for (int input = 0; input < 2; input++) {
            struct scene s;
            start(&s, lines[i], input);
            cr_expect_eq(sample(&s), VJP_OK, "%s", lines[i]);
            end(&s);
        }
    }
}

/* One wrong bit, a tail or S that are off, a number for a NaN: the last element is always looked at. */
Test(exact_element, a_solution_that_is_wrong_is_noticed)
{
    struct scene s;
    start(&s, "linear dtype=f32 N=40 D=30 M=20 x=normal w=normal dy=normal seed=1", 1);
    const int64_t last = s.s.rounded.count - 1;
    const uint64_t bits = vjp_tensor_get(&s.s.rounded, last);
    const double tail = s.s.tail[last], scale = s.s.scale[last];
    const uint8_t by = s.s.settled_by[last];
    vjp_tensor_set(&s.s.rounded, last, bits + 1);
    cr_expect_eq(sample(&s), VJP_ERR_INTERNAL, "one last place up");
    vjp_tensor_set(&s.s.rounded, last, bits);
    s.s.tail[last] = tail + scale * 0x1p-40;
    cr_expect_eq(sample(&s), VJP_ERR_INTERNAL, "the tail is off");
    s.s.tail[last] = tail;
    s.s.scale[last] = scale * (1 - 0x1p-12);
    cr_expect_eq(sample(&s), VJP_ERR_INTERNAL, "S is too small");
    s.s.scale[last] = scale * (1 + 0x1p-10);
    cr_expect_eq(sample(&s), VJP_ERR_INTERNAL, "S is too large");
    s.s.scale[last] = NAN;
    cr_expect_eq(sample(&s), VJP_ERR_INTERNAL, "S is no number");
    s.s.scale[last] = scale;
    s.s.tail[last] = NAN;
    cr_expect_eq(sample(&s), VJP_ERR_INTERNAL, "the tail is no number");
    s.s.tail[last] = tail;
    s.s.settled_by[last] = VJP_SETTLED_SPECIAL;
    cr_expect_eq(sample(&s), VJP_ERR_INTERNAL, "no operand is special");
    s.s.settled_by[last] = by;
    vjp_tensor_set(&s.s.rounded, last, vjp_bits_quiet_nan(VJP_F32));
    cr_expect_eq(sample(&s), VJP_ERR_INTERNAL, "NaN for a number");
    vjp_tensor_set(&s.s.rounded, last, bits);
    cr_expect_eq(sample(&s), VJP_OK);
    end(&s);
}

/* A fault of a tile's one column, or of one of its rows, in a shape whose rows are whole parts of all elements: the
 * samples meet every one. 32 columns and 6 rows are the largest tiles of the fast product (kernel.h). */
Test(exact_element, a_fault_of_one_place_in_a_tile_is_sampled)
{
    struct scene s;
    start(&s, "linear dtype=f32 N=64 D=512 M=64 x=normal w=normal dy=normal", 1);
    uint32_t *bits = s.s.rounded.data;
    for (int64_t part = 0; part < 32 + 6; part++) {
        for (int64_t e = 0; e < s.s.rounded.count; e++)
            bits[e] ^= part < 32 ? e % 64 % 32 == part : e / 64 % 6 == part - 32;
        cr_expect_eq(sample(&s), VJP_ERR_INTERNAL, "part %" PRId64, part);
        for (int64_t e = 0; e < s.s.rounded.count; e++)
            bits[e] ^= part < 32 ? e % 64 % 32 == part : e / 64 % 6 == part - 32;
    }
    cr_expect_eq(sample(&s), VJP_OK);
    end(&s);
}
