/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

#define SMALL "'linear dtype=f64 N=1 D=2 M=3 x=[2,3] w=[1,2,3,4,5,6] dy=[1,1,1]'"

Test(run, one_case_shows_every_number)
{
    struct answer answer = sh("$V run " SMALL " --kernel naive:linear");
    expect_code(&answer, 0);
    expect_in(answer.out, "linear dtype=f64 N=1 D=2 M=3 x=[2,3] w=[1,2,3,4,5,6] dy=[1,1,1]\n");
    expect_in(answer.out, "w: 2x3\n    [ 1 2 3 ]\n    [ 4 5 6 ]\n");
    expect_in(answer.out, "naive:linear (sums in f64, deterministic)\n");
    /* dx = dy w^T: 1 + 2 + 3 and 4 + 5 + 6; dw = x^T dy. */
    expect_in(answer.out, "    dx[0,0]      6        6    6      0    0      0        0   6  3");
    expect_in(answer.out, "    dx[0,1]     15       15   15      0    0      0        0  15  3");
    expect_in(answer.out, "    dw[1,2]      3        3    3      0    0      0        0  3  1");
    expect_in(answer.out, "\n  exact\n");
    forget(&answer);
}

Test(run, all_shipped_kernels_are_asked)
{
    struct answer answer = sh("$V run " SMALL);
    expect_code(&answer, 0);
    expect_in(answer.out, "\nnaive:linear ");
    expect_in(answer.out, "\nblocked:linear ");
    expect_in(answer.out, "\navx2:linear ");
    forget(&answer);
}

Test(run, a_failure_is_exit_1_with_its_reason)
{
    struct answer answer =
        sh("$V run 'linear dtype=f32 N=2 D=2 M=2 x=[1,2,3,4] w=[4,3,2,1] dy=[5,6,7,8]' "
           "--kernel $B/faulty/transposed_x.so");
    expect_code(&answer, 1);
    expect_in(answer.out, "outside");
    expect_in(answer.out, "\n  wrong: d");
    expect_in(answer.out, "\n  again: vjpcheck run 'linear dtype=f32 ");
    forget(&answer);
    answer = sh("$V run 'linear dtype=f32 N=1 D=1 M=1' --kernel $B/faulty/exits_zero.so");
    expect_code(&answer, 1);
    expect_in(answer.out,
              "\n  crashed: the process ended by itself, with exit status 0, inside the call\n");
    forget(&answer);
}

/* 3e38 + 3e38 - 3e38 overflows f32 from the left only, so that what comes of it is not judged. */
Test(run, what_was_not_compared_is_counted_beside_a_success)
{
    struct answer answer = sh("$V run 'linear dtype=f32 N=1 D=2 M=3 x=[1,1] "
                              "w=[3e38,3e38,-3e38,1,2,3] dy=[1,1,1]' --kernel naive");
    expect_code(&answer, 0);
    expect_in(answer.out,
              "\n  dx: 1 of 2 correctly rounded, 0 outside the bound, 1 may overflow\n");
    expect_in(answer.out, "\n  dw: 6 of 6 correctly rounded, 0 outside the bound\n");
    forget(&answer);
}

Test(run, large_operands_are_not_printed)
{
    struct answer answer = sh("$V run 'linear dtype=f32 N=33 D=9 M=17' --kernel naive");
    expect_code(&answer, 0);
    expect_in(answer.out, "x: 33x9\n    297 elements, too many to show\n");
    expect_in(answer.out, "; the worst:\n");
    forget(&answer);
}
