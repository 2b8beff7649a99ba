/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/bench_oracle_text.h"

#include "tests/reports/render/bench_oracle_scene.h"
#include "tests/reports/render/fixture.h"

Test(bench_oracle_text, ratios_stand_beside_their_goals)
{
    struct capture capture;
    capture_begin(&capture);
    vjp_bench_print_ratios(ratios, 4, capture.file);
    cr_expect_str_eq(
        capture_end(&capture),
        "                                                               quar-\n"
        "  held against               operands      own    other  part  tiles  ratio       95 %  "
        "goal\n"
        "  OpenBLAS 1.0 dgemm (Core)  normal     500 ms   125 ms         6.2%  4.00x  3.50-4.50  "
        "at most 3x     MISSED\n"
        "  MPFR 4 mpfr_dot            normal     500 ms    256 s   25%   6.2%   512x          -  "
        "at least 400x  met\n"
        "  FLINT                      normal                                                     "
        "at least 5x    not measured\n"
        "  size                       normal    3.00 MB  1.00 MB               3.00x          -\n"
        "  MPFR 4 mpfr_dot, normal: machine too noisy: times of fixed work spread by 50.0 % (limit "
        "10 %)\n"
        "  FLINT, normal: not built: ?\n"
        "\n",
        "%s", capture.text);
    free(capture.text);
}

Test(bench_oracle_text, operands_say_how_elements_were_settled)
{
    struct capture capture;
    capture_begin(&capture);
    vjp_bench_print_operands(&operands, 1, capture.file);
    cr_expect_str_eq(capture_end(&capture),
                     "  how elements were settled, each kind checked against sums made one by one\n"
                     "                      error    exact  exact      NaN,    least\n"
                     "  operands  elements  bound  product    sum  infinity  |g| / S\n"
                     "  cancel         100     10       20     30        40  7.9e-31\n"
                     "  cancel: linear dtype=f32 N=1 D=1 M=1; then mirrored\n",
                     "%s", capture.text);
    free(capture.text);
}
