/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/flops.h"

#include "tests/cases/lines.h"

/* linear: dx and dw have N D M products each, db N M sums; matmul: da and db have B M K N; conv2d: dx and dw have
 * C/groups R S for each element of y. */
Test(flops, two_for_a_product_and_one_for_a_sum)
{
    static const struct {
        const char *line;
        double flops;
    } cases[] = {{"linear dtype=f32 N=2 D=3 M=4", 4 * 24},
                 {"linear dtype=f64 bias=1 N=2 D=3 M=4", 4 * 24 + 8},
                 {"linear dtype=f32 bias=1 N=2 D=3 M=4 grads=dx", 2 * 24},
                 {"linear dtype=f32 bias=1 N=2 D=3 M=4 grads=dw,db", 2 * 24 + 8},
                 {"linear dtype=f32 bias=1 N=2 D=3 M=4 grads=db", 8},
                 {"matmul dtype=f32 B=2 M=3 K=5 N=7", 4 * 210},
                 {"matmul dtype=f32 trans_a=1 trans_b=1 B=2 M=3 K=5 N=7", 4 * 210},
                 {"conv2d dtype=f32 N=2 C=6 H=5 W=7 K=4 R=3 S=3 padding=1 groups=2 bias=1",
                  4 * (2 * 4 * 5 * 7) * (3 * 3 * 3) + 2 * 4 * 5 * 7},
                 {"linear dtype=f32 N=0 D=3 M=4", 0},
                 {"relu dtype=f32 N=2 M=3", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vjp_case c = parse_case(cases[i].line);
        const double flops = vjp_flops_count(&c);
        cr_expect_eq(flops, cases[i].flops, "%s: %g", cases[i].line, flops);
        vjp_case_clear(&c);
    }
}
