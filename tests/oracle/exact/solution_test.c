/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Exact gradients against the explicit Jacobian, bit for bit, and against MPFR; and what is said of how
 * they were settled. */
#include "oracle/exact/solution.h"

#include "cases/gen/suite.h"
#include "oracle/metric/reference.h"
#include "tests/cases/lines.h"
#include "tests/oracle/tally.h"

#include <math.h>
#include <mpfr.h>

static const struct vjp_kinks any_side = {VJP_POINT_ANY, VJP_TIE_ANY};

static void solve(const struct vjp_case *c, const struct vjp_data *data, int input, int jobs,
                  struct vjp_solution *out)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_solution_create(c, data, input, jobs, out, &error), VJP_OK, "%s", error.text);
}

/* Every element of one gradient: the same bits, and S that is no smaller and hardly larger. */
static void compare(struct tally *t, const struct vjp_reference *reference, int slot,
                    const struct vjp_solution *s, const char *line)
{
    for (int64_t e = 0; e < s->rounded.count; e++) {
        const uint64_t want = vjp_reference_rounded(reference, slot, e);
        const uint64_t got = vjp_tensor_get(&s->rounded, e);
        const double scale = vjp_reference_scale(reference, slot, e);
        check(t,
              got == want ||
                  (vjp_bits_is_nan(s->rounded.dtype, got) &&
                   vjp_bits_is_nan(s->rounded.dtype, want)) ||
                  (vjp_bits_is_zero(s->rounded.dtype, got) &&
                   vjp_bits_is_zero(s->rounded.dtype, want)),
              "%s: slot %d, element %" PRId64 ": %" PRIx64 " for %" PRIx64, line, slot, e, got,
              want);
        check(t, s->scale[e] >= scale * (1 - 0x1p-50) || scale == s->scale[e],
              "%s: slot %d, element %" PRId64 ": S %g below %g", line, slot, e, s->scale[e], scale);
        check(t, s->scale[e] <= scale * (1 + 0x1p-12) + 0x1p-1073,
              "%s: slot %d, element %" PRId64 ": S %g above %g", line, slot, e, s->scale[e], scale);
    }
}

static void compare_case(struct tally *t, const struct vjp_case *c, const char *line, int jobs,
                         int64_t settled[VJP_SETTLED_COUNT])
{
    struct vjp_error error = {""};
    struct vjp_data data = {0};
    struct vjp_reference *reference;
    cr_assert_eq(vjp_data_generate(c, &data, &error), VJP_OK, "%s: %s", line, error.text);
    cr_assert_eq(vjp_reference_create(c, &data, any_side, &reference, &error), VJP_OK, "%s: %s",
                 line, error.text);
    for (int i = 0; i < c->spec->n_inputs; i++) {
        struct vjp_solution s;
        int64_t all = 0;
        if (!vjp_case_has_gradient(c, i))
            continue;
        solve(c, &data, i, jobs, &s);
        compare(t, reference, vjp_slot_gradient(c->spec, i), &s, line);
        for (int by = 0; by < VJP_SETTLED_COUNT; by++) {
            all += s.settled[by];
            settled[by] += s.settled[by];
        }
        check(t, all == s.rounded.count, "%s: %" PRId64 " of %" PRId64 " are counted", line, all,
              s.rounded.count);
        vjp_solution_clear(&s);
    }
    vjp_reference_destroy(reference);
    vjp_data_clear(&data);
}

/* What the fuzzer and the checks draw: every generator, shapes with zeros and ones, accumulate. */
static void compare_suite(const char *layer, enum vjp_dtype dtype, int64_t count,
                          int64_t settled[VJP_SETTLED_COUNT])
{
    struct tally t = {0};
    for (int64_t i = 0; i < count; i++) {
        struct vjp_case c;
        struct vjp_text line = {0};
        cr_assert_eq(vjp_suite_case(vjp_spec_find(layer), dtype, 0xe8ac7, i, &c, NULL), VJP_OK);
        vjp_case_print(&c, &line);
        compare_case(&t, &c, line.data, 1 + (int)(i % 3), settled);
        vjp_text_clear(&line);
        vjp_case_clear(&c);
    }
    tally_assert(&t, 3 * count);
}

/* Sums of products of f16 hardly ever need more than the 53 bits of the fast product. */
static void expect_all_ways(enum vjp_dtype dtype, const int64_t settled[VJP_SETTLED_COUNT])
{
    for (int by = 0; by < VJP_SETTLED_COUNT; by++)
        cr_expect(settled[by] > 0 || (by == VJP_SETTLED_FILTER && dtype == VJP_F16), "%s: %d",
                  vjp_format(dtype)->name, by);
}

Test(solution, linear_is_bitwise_the_explicit_oracles)
{
    for (int dtype = VJP_BF16; dtype <= VJP_F64; dtype++) {
        int64_t settled[VJP_SETTLED_COUNT] = {0};
        compare_suite("linear", (enum vjp_dtype)dtype, 120, settled);
        expect_all_ways((enum vjp_dtype)dtype, settled);
    }
}

Test(solution, matmul_is_bitwise_the_explicit_oracles)
{
    for (int dtype = VJP_BF16; dtype <= VJP_F64; dtype++) {
        int64_t settled[VJP_SETTLED_COUNT] = {0};
        compare_suite("matmul", (enum vjp_dtype)dtype, 120, settled);
        expect_all_ways((enum vjp_dtype)dtype, settled);
    }
}

/* Larger than a panel on either side, and in the sum. */
Test(solution, many_panels_are_the_explicit_oracles)
{
    static const char *const lines[] = {
        "linear dtype=f32 N=3 D=50 M=1100 x=normal w=normal dy=normal seed=1",
        "linear dtype=f64 N=130 D=3 M=600 bias=1 x=normal w=normal dy=cancel:1e8 seed=2",
        "linear dtype=f32 N=2100 D=2 M=5 x=wide w=normal dy=wide seed=3",
        "matmul dtype=bf16 B=2 M=520 K=2 N=60 trans_a=1 a=normal b=normal dy=normal seed=4",
        "linear dtype=f32 N=2 D=520 M=530 dw=normal accumulate=1 seed=6",
        "linear dtype=f64 N=2 D=530 M=520 x=wide w=normal dy=wide seed=7",
        "linear dtype=f64 N=40 D=40 M=40 x=wide w=wide dy=special:0.001 seed=5",
    };
    struct tally t = {0};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        int64_t settled[VJP_SETTLED_COUNT] = {0};
        struct vjp_case c = parse_case(lines[i]);
        compare_case(&t, &c, lines[i], 2, settled);
        vjp_case_clear(&c);
    }
    tally_assert(&t, 10000);
}

/* rounded + tail is the element: against the sum of all products in MPFR, which rounds nothing. */
Test(solution, a_tail_is_what_rounding_lost)
{
    static const char *const lines[] = {
        "linear dtype=f32 N=20 D=7 M=9 x=normal w=normal dy=normal seed=1",
        "linear dtype=f32 N=20 D=7 M=9 x=normal w=cancel:1e12 dy=normal seed=2",
        "linear dtype=f64 N=20 D=7 M=9 x=normal w=normal dy=normal seed=3",
        "linear dtype=f64 N=20 D=7 M=9 x=wide w=normal dy=wide seed=4",
    };
    struct tally t = {0};
    mpfr_t sum, term;
    mpfr_inits2(6000, sum, term, (mpfr_ptr)0);
    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++) {
        struct vjp_case c = parse_case(lines[l]);
        struct vjp_data data = generate_line(lines[l]);
        struct vjp_solution s;
        const int64_t N = c.dim[0], D = c.dim[1], M = c.dim[2];
        solve(&c, &data, W, 1, &s);
        for (int64_t e = 0; e < D * M; e++) {
            mpfr_set_zero(sum, 1);
            for (int64_t n = 0; n < N; n++) {
                mpfr_set_d(term, element(&data, X, n * D + e / M), MPFR_RNDN);
                mpfr_mul_d(term, term, element(&data, DY, n * M + e % M), MPFR_RNDN);
                mpfr_add(sum, sum, term, MPFR_RNDN);
            }
            const double rounded = vjp_bits_to_double(c.dtype, vjp_tensor_get(&s.rounded, e));
            if (!isfinite(rounded))
                continue;
            mpfr_sub_d(sum, sum, rounded, MPFR_RNDN);
            mpfr_sub_d(sum, sum, s.tail[e], MPFR_RNDN);
            const double off = fabs(mpfr_get_d(sum, MPFR_RNDA));
            check(&t, off <= vjp_solution_error(&s) * s.scale[e] + 0x1p-1070,
                  "%s, element %" PRId64 ": off by %g, S is %g", lines[l], e, off, s.scale[e]);
        }
        vjp_solution_clear(&s);
        vjp_data_clear(&data);
        vjp_case_clear(&c);
    }
    mpfr_clears(sum, term, (mpfr_ptr)0);
    tally_assert(&t, 200);
}
