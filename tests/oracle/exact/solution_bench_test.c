/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The two ways that a bench has, by panels and each element apart, and that the same comes of any number of them. That
 * it is right is seen in solution_test.c. */
#include "oracle/exact/solution.h"

#include "tests/cases/lines.h"
#include "tests/oracle/tally.h"

#include <inttypes.h>

static struct vjp_solution solve(const char *line, int input, int jobs)
{
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    struct vjp_solution s;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_solution_create(&c, &data, input, jobs, &s, &error), VJP_OK, "%s", error.text);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
    return s;
}

/* A sum of 200,000 terms, for which 32 vectors would take 77 MB, of one vector a side and of one against a few: each
 * element is summed apart. One more vector than a panel's, and the same shape is packed. */
Test(solution_bench, thin_factors_are_not_packed)
{
    struct vjp_solution s = solve("linear dtype=f32 N=200000 D=1 M=1", 1, 1);
    cr_expect_eq(s.settled[VJP_SETTLED_ACCUMULATOR], 1);
    vjp_solution_clear(&s);
    s = solve("linear dtype=f32 N=200000 D=3 M=2", 1, 2);
    cr_expect_eq(s.settled[VJP_SETTLED_ACCUMULATOR], 6);
    vjp_solution_clear(&s);
    s = solve("linear dtype=f32 N=200000 D=1 M=1 dw=[1] accumulate=1", 1, 1);
    cr_expect_eq(s.settled[VJP_SETTLED_ACCUMULATOR], 1);
    vjp_solution_clear(&s);
    s = solve("linear dtype=f32 N=1000 D=1 M=1 x=normal dy=normal seed=3", 1, 1);
    cr_expect_eq(s.settled[VJP_SETTLED_FILTER], 1);
    vjp_solution_clear(&s);
}

/* Nor does the last tile of a panel depend on what the bench had in it before: dy[3,0], of another panel, would make
 * double precision of the magnitudes of all rows that were left in a tile. */
Test(solution_bench, any_number_of_threads_finds_the_same)
{
    static const char *const lines[] = {
        "linear dtype=f32 N=49 D=8 M=80 w=normal dy=wide:110",
        "linear dtype=f32 N=63 D=6 M=16 w=wide:100 dy=wide:60",
        "linear dtype=f64 N=100 D=70 M=33 w=wide:300 dy=normal",
    };
    struct tally t = {0};
    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++) {
        for (int jobs = 2; jobs < 5; jobs++) {
            struct vjp_solution one = solve(lines[l], 0, 1), more = solve(lines[l], 0, jobs);
            for (int64_t e = 0; e < one.rounded.count; e++)
                check(&t,
                      vjp_tensor_get(&one.rounded, e) == vjp_tensor_get(&more.rounded, e) &&
                          one.tail[e] == more.tail[e] && one.scale[e] == more.scale[e] &&
                          one.settled_by[e] == more.settled_by[e],
                      "%s, %d threads, element %" PRId64 ": S %a and %a", lines[l], jobs, e,
                      one.scale[e], more.scale[e]);
            vjp_solution_clear(&one);
            vjp_solution_clear(&more);
        }
    }
    tally_assert(&t, 20000);
}

/* S of the rows of a last tile is that of the rows themselves: here element [48,0], alone in its tile, with rows before
 * it that reach further than floats do and without. */
Test(solution_bench, s_does_not_depend_on_other_tiles)
{
    const char *const plain = "linear dtype=f32 N=49 D=8 M=80 w=normal dy=normal seed=4";
    struct vjp_case c = parse_case(plain);
    struct vjp_data data = generate_line(plain);
    struct vjp_error error = {""};
    struct vjp_solution near, far;
    cr_assert_eq(vjp_solution_create(&c, &data, 0, 1, &near, &error), VJP_OK);
    const int dy = vjp_slot_find(c.spec, "dy");
    cr_assert_geq(dy, 0);
    ((float *)data.slot[dy].data)[INT64_C(3) * 80] = 0x1p-100F;
    cr_assert_eq(vjp_solution_create(&c, &data, 0, 1, &far, &error), VJP_OK);
    for (int64_t e = INT64_C(48) * 8; e < INT64_C(49) * 8; e++)
        cr_expect_eq(near.scale[e], far.scale[e], "element %" PRId64 ": %a, %a", e, near.scale[e],
                     far.scale[e]);
    vjp_solution_clear(&near);
    vjp_solution_clear(&far);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}
