/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/census.h"

#include "tests/cases/lines.h"

#include <stdio.h>

static void add(struct vjp_census *census, const char *line)
{
    struct vjp_case c = parse_case(line);
    struct vjp_error error = {""};
    cr_assert_eq(vjp_census_add(census, &c, &error), VJP_OK, "%s", error.text);
    vjp_case_clear(&c);
}

Test(census, sizes_have_classes)
{
    static const struct {
        int64_t size;
        const char *name;
    } table[] = {{0, "0"},         {1, "1"},         {2, "2-7"},       {7, "2-7"},
                 {8, "8-15"},      {15, "8-15"},     {16, "16-31"},    {31, "16-31"},
                 {32, "32-63"},    {64, "64-127"},   {128, "128-255"}, {255, "128-255"},
                 {256, "256-511"}, {511, "256-511"}, {512, "512-"},    {INT64_MAX, "512-"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_str_eq(vjp_census_size_name(vjp_census_size_class(table[i].size)), table[i].name);
}

Test(census, counts_cases_layouts_and_generators)
{
    struct vjp_census census = {0};
    add(&census, "linear dtype=f32 N=1 D=2 M=8 x=normal w=cancel:1e8 dy=[1,2,3,4,5,6,7,8]");
    add(&census,
        "linear dtype=f32 N=1 D=2 M=9 x=normal w=cancel:1e4 w.ld=+3 x.align=0 accumulate=1 "
        "dx=zeros");
    add(&census, "linear dtype=f32 N=1 D=2 M=8 dy.trans=1 dy.align=0 x.align=4 grads=dw threads=2");
    add(&census, "softmax dtype=f32 N=3 C=4");
    cr_expect_eq(census.cases, 4);
    cr_expect_eq(census.layout[VJP_CENSUS_CONTIGUOUS], 2);
    cr_expect_eq(census.layout[VJP_CENSUS_PADDED], 1);
    cr_expect_eq(census.layout[VJP_CENSUS_UNALIGNED], 1);
    cr_expect_eq(census.layout[VJP_CENSUS_TRANSPOSED], 1);
    cr_expect_eq(census.layout[VJP_CENSUS_ACCUMULATE], 1);
    cr_expect_eq(census.layout[VJP_CENSUS_THREADS], 1);
    cr_expect_eq(census.layout[VJP_CENSUS_SOME_GRADIENTS], 1);
    /* In the order in which they came; the last two cases have the usual ones. */
    static const struct {
        const char *name;
        int64_t count;
    } want[] = {{"normal", 2 + 2 + 3 + 2}, {"cancel", 2}, {"list", 1}, {"zeros", 1}};
    cr_assert_eq(census.n_generators, 4);
    for (int i = 0; i < 4; i++) {
        cr_expect_str_eq(census.generator[i].name, want[i].name);
        cr_expect_eq(census.generator[i].count, want[i].count, "%s: %d", want[i].name,
                     (int)census.generator[i].count);
    }
    vjp_census_clear(&census);
    cr_expect(census.cases == 0 && !census.generator);
}

Test(census, visited_cells_are_residues)
{
    struct vjp_census census = {0};
    add(&census, "linear dtype=f32 N=1 D=9 M=33");
    add(&census, "linear dtype=f64 N=33 D=9 M=41");
    add(&census, "relu dtype=f32 N=5 M=1");
    cr_assert_eq(census.n_layers, 2);
    const struct vjp_census_layer *linear = &census.layer[0];
    cr_expect_str_eq(linear->spec->name, "linear");
    cr_expect_eq(linear->cases, 2);
    /* N: 1 and 33 are the same modulo 8, 16 and 32. D: 9, twice. M: 33 and 41 are 1 modulo 8, 1 and 9 modulo 16 and 32. */
    cr_expect_eq(vjp_census_visited(linear, 0), 3);
    cr_expect_eq(vjp_census_visited(linear, 1), 3);
    cr_expect_eq(vjp_census_visited(linear, 2), 5);
    cr_expect_eq(linear->visited[1],
                 UINT64_C(1) << 1 | UINT64_C(1) << (8 + 9) | UINT64_C(1) << (24 + 9));
    cr_expect_eq(linear->size[2][vjp_census_size_class(33)], 2);
    cr_expect_eq(linear->size[0][vjp_census_size_class(1)], 1);
    vjp_census_clear(&census);
}

Test(census, all_cells_can_be_visited)
{
    struct vjp_census census = {0};
    for (int n = 1; n <= 32; n++) {
        char line[64];
        snprintf(line, sizeof line, "relu dtype=f32 N=%d M=1", n);
        add(&census, line);
    }
    cr_expect_eq(vjp_census_visited(&census.layer[0], 0), VJP_CENSUS_CELLS);
    vjp_census_clear(&census);
}

Test(census, merging_adds_counts_and_unites_cells)
{
    struct vjp_census a = {0}, b = {0}, both = {0};
    struct vjp_error error = {""};
    add(&a, "linear dtype=f32 N=1 D=9 M=33 x=uniform");
    add(&b, "linear dtype=f32 N=2 D=9 M=33 threads=2");
    add(&b, "relu dtype=f32 N=2 M=1");
    cr_assert_eq(vjp_census_merge(&both, &a, &error), VJP_OK);
    cr_assert_eq(vjp_census_merge(&both, &b, &error), VJP_OK);
    cr_expect(both.cases == 3 && both.n_layers == 2 && both.layer[0].cases == 2);
    cr_expect_eq(vjp_census_visited(&both.layer[0], 0), 6);
    cr_expect_eq(vjp_census_visited(&both.layer[0], 1), 3);
    cr_expect_eq(both.layer[0].size[1][vjp_census_size_class(9)], 2);
    cr_expect_eq(both.layout[VJP_CENSUS_THREADS], 1);
    cr_expect_eq(both.layout[VJP_CENSUS_CONTIGUOUS], 3);
    cr_assert_eq(both.n_generators, 2);
    cr_expect_eq(both.generator[0].count + both.generator[1].count, 3 + 3 + 2);
    vjp_census_clear(&a);
    vjp_census_clear(&b);
    vjp_census_clear(&both);
}
