/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/bench_cell.h"

#include <criterion/criterion.h>
#include <math.h>

#define expect(call, text)                                                                         \
    do {                                                                                           \
        char cell[VJP_BENCH_CELL];                                                                 \
        call;                                                                                      \
        cr_expect_str_eq(cell, text, "%s for %s", cell, text);                                     \
    } while (0)

Test(bench_cell, numbers_have_three_digits)
{
    expect(vjp_bench_cell_three(1.234, "x", cell), "1.23x");
    expect(vjp_bench_cell_three(9.996, "", cell), "10.0");
    expect(vjp_bench_cell_three(99.96, "", cell), "100");
    expect(vjp_bench_cell_three(12345, " B", cell), "12345 B");
    expect(vjp_bench_cell_three(NAN, "x", cell), "-");
}

Test(bench_cell, amounts_have_their_unit)
{
    expect(vjp_bench_cell_seconds(2, cell), "2.00 s");
    expect(vjp_bench_cell_seconds(0.05, cell), "50.0 ms");
    expect(vjp_bench_cell_seconds(0.9996, cell), "1.00 s");
    expect(vjp_bench_cell_seconds(3e-9, cell), "3.00 ns");
    expect(vjp_bench_cell_amount(999, "B", cell), "999 B");
    expect(vjp_bench_cell_amount(433e6, "B", cell), "433 MB");
    expect(vjp_bench_cell_amount(4e15, "FLOP", cell), "4000 TFLOP");
}

Test(bench_cell, parts_and_intervals)
{
    expect(vjp_bench_cell_percent(0.004, cell), "0.4%");
    expect(vjp_bench_cell_percent(0.5, cell), "50%");
    expect(vjp_bench_cell_percent(NAN, cell), "-");
    expect(vjp_bench_cell_interval(39.5, 40.6, cell), "39.5-40.6");
    expect(vjp_bench_cell_interval(NAN, NAN, cell), "-");
}
