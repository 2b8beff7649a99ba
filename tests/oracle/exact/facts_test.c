/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/facts.h"

#include "cases/gen/suite.h"
#include "tests/cases/lines.h"
#include "tests/oracle/tally.h"

#include <stdlib.h>

/* The largest l with x a multiple of 2^l, by trying. */
static int lowest_of(double x)
{
    int l = ilogb(x);
    while (l > -1074 && fmod(x, ldexp(1, l)) != 0)
        l--;
    return l;
}

Test(facts, the_last_bit_of_a_number)
{
    uint64_t state = 1;
    cr_expect_eq(vjp_facts_lowest(1), 0);
    cr_expect_eq(vjp_facts_lowest(-12), 2);
    cr_expect_eq(vjp_facts_lowest(0x1p-1074), -1074);
    cr_expect_eq(vjp_facts_lowest(0x1p1023), 1023);
    for (int i = 0; i < 1000; i++) {
        const double x = random_number(&state, 1 + i % 53, (int)random_between(&state, -900, 900));
        cr_assert_eq(vjp_facts_lowest(x), lowest_of(x), "%a", x);
    }
}

/* Every element of a gradient by counting: k, and the last bit of all terms. */
static void compare(struct tally *t, const struct vjp_contraction *r, const char *line,
                    int64_t *tight)
{
    struct vjp_error error = {""};
    struct vjp_facts facts;
    double *a = malloc(2 * ((size_t)r->terms + 1) * sizeof *a), *b = a + r->terms + 1;
    cr_assert_eq(vjp_facts_init(&facts, r, &error), VJP_OK, "%s", error.text);
    for (int64_t e = 0; e < r->batches * r->rows * r->cols; e++) {
        const struct vjp_contraction_place place = {e / (r->rows * r->cols), e / r->cols % r->rows,
                                                    e % r->cols};
        int64_t nonzeros = 0, lowest = INT64_MAX;
        bool finite = true;
        vjp_contraction_left(r, place.batch, place.row, a);
        vjp_contraction_right(r, place.batch, place.col, b);
        for (int64_t k = 0; k < r->terms; k++) {
            finite &= isfinite(a[k]) && isfinite(b[k]);
            if (!finite || a[k] == 0 || b[k] == 0)
                continue;
            const int64_t l = lowest_of(a[k]) + lowest_of(b[k]);
            nonzeros++;
            lowest = l < lowest ? l : lowest;
        }
        if (!finite) /* of an element that is no number nothing is asked */
            continue;
        const struct vjp_facts_terms found = vjp_facts_find(&facts, r, &place);
        const struct vjp_facts_terms bound = vjp_facts_bound(&facts, r, &place);
        check(t, vjp_facts_nonzeros(&facts, r, &place) == nonzeros,
              "%s: %" PRId64 " nonzeros of %" PRId64, line, vjp_facts_nonzeros(&facts, r, &place),
              nonzeros);
        check(t, found.least == lowest && found.most == lowest,
              "%s: %" PRId64 "..%" PRId64 " for %" PRId64, line, found.least, found.most, lowest);
        check(t, bound.least <= lowest && (nonzeros == 0 || lowest <= bound.most),
              "%s: bound %" PRId64 "..%" PRId64 " for %" PRId64, line, bound.least, bound.most,
              lowest);
        *tight += bound.most != INT64_MAX && bound.most - bound.least < 20;
    }
    free(a);
    vjp_facts_clear(&facts);
}

static void compare_case(struct tally *t, const struct vjp_case *c, const char *line,
                         int64_t *tight)
{
    struct vjp_error error = {""};
    struct vjp_data data = {0};
    cr_assert_eq(vjp_data_generate(c, &data, &error), VJP_OK, "%s: %s", line, error.text);
    for (int i = 0; i < c->spec->n_inputs; i++) {
        struct vjp_contraction r;
        if (!vjp_case_has_gradient(c, i))
            continue;
        cr_assert_eq(vjp_contraction_init(&r, c, &data, i, &error), VJP_OK, "%s", error.text);
        compare(t, &r, line, tight);
        vjp_contraction_clear(&r);
    }
    vjp_data_clear(&data);
}

Test(facts, of_generated_cases_by_counting)
{
    static const char *const layers[] = {"linear", "matmul"};
    struct tally t = {0};
    int64_t tight = 0;
    for (int i = 0; i < 80; i++) {
        struct vjp_case c;
        struct vjp_text line = {0};
        cr_assert_eq(vjp_suite_case(vjp_spec_find(layers[i % 2]), (enum vjp_dtype)(i / 2 % 4), 7, i,
                                    &c, NULL),
                     VJP_OK);
        vjp_case_print(&c, &line);
        compare_case(&t, &c, line.data, &tight);
        vjp_text_clear(&line);
        vjp_case_clear(&c);
    }
    tally_assert(&t, 10000);
}

/* Vectors longer than a step, with and without zeros; the bounds are near for numbers of one size. */
Test(facts, of_long_sums_by_counting)
{
    static const char *const lines[] = {
        "linear dtype=f32 N=3 D=4 M=77 x=normal w=normal dy=normal seed=1",
        "linear dtype=f32 N=65 D=6 M=7 x=zeros:0.5 w=normal dy=zeros:0.7 seed=2",
        "linear dtype=f64 N=2 D=3 M=96 w=zeros:0.97 dy=zeros:0.97 seed=3",
    };
    struct tally t = {0};
    int64_t tight = 0;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct vjp_case c = parse_case(lines[i]);
        compare_case(&t, &c, lines[i], &tight);
        vjp_case_clear(&c);
    }
    tally_assert(&t, 200);
    cr_expect_gt(tight, 40, "%" PRId64, tight);
}
