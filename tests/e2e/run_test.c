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

Test(run, only_the_gradients_that_are_asked_for_are_judged)
{
    struct answer answer =
        sh("$V run 'linear dtype=f32 bias=1 N=2 D=2 M=2 grads=dw,db' --kernel avx2");
    expect_code(&answer, 0);
    expect_in(answer.out, " dy=normal grads=dw,db\n");
    expect_in(answer.out, "\n  dw: ");
    expect_in(answer.out, "\n  db: ");
    expect_not_in(answer.out, "\n  dx: ");
    forget(&answer);
    /* The fault of this one is in dx. */
    answer =
        sh("$V run 'linear dtype=f32 N=2 D=2 M=2 grads=dw' --kernel $B/faulty/transposed_x.so");
    expect_code(&answer, 2);
    expect_in(answer.out,
              "\n  unsupported: the kernel declares no calls for some of the gradients\n");
    forget(&answer);
}

/* Of 512 rows 64 are looked at, and in the others dx is 0. */
Test(run, by_rows)
{
    struct answer answer =
        sh("$V run 'layernorm dtype=f32 N=512 D=4' --kernel naive --oracle rows");
    expect_code(&answer, 0);
    expect_in(answer.out, "The truth is known of the rows N = 0, ");
    expect_in(answer.out, " 511 (64 of them), ");
    expect_in(answer.out, "\n  dx: ");
    expect_in(answer.out, " of 256 correctly rounded, 0 outside the bound");
    expect_in(answer.out, "\n  pass\n");
    forget(&answer);
    answer = sh("$V run 'softmax dtype=f32 N=512 C=4' --kernel $B/faulty/softmax_first_row.so "
                "--oracle rows");
    expect_code(&answer, 1);
    expect_in(answer.out, " (counted in the rows N = 0, ");
    forget(&answer);
    answer = sh("$V run 'mse dtype=f32 N=512 D=4' --kernel naive --oracle rows");
    expect_code(&answer, 2);
    expect_in(answer.err, "no dimension of mse has rows here that could be looked at alone");
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

/* 170 x 160 x 160 products are more than the explicit oracle takes; a row that is left out is seen. */
Test(run, a_case_beyond_the_explicit_oracle)
{
    static const char line[] = "'linear dtype=f32 N=170 D=160 M=160 x=normal w=normal dy=normal'";
    struct answer answer = sh("$V run %s --kernel avx2", line);
    expect_code(&answer, 0);
    expect_in(answer.out, "  dw: ");
    expect_in(answer.out, " of 25600 correctly rounded, 0 outside the bound; the worst:\n");
    expect_in(answer.out, "\n  pass\n");
    forget(&answer);
    answer = sh("$V run %s --kernel $B/faulty/first_batch_only.so", line);
    expect_code(&answer, 1);
    expect_in(answer.out, "\n  wrong: d");
    forget(&answer);
    answer = sh("$V run %s --kernel avx2 --oracle explicit", line);
    expect_code(&answer, 2);
    expect_in(answer.err, "the case is too large for the explicit Jacobian");
    forget(&answer);
}

/* One answer, whichever oracle is asked. */
Test(run, the_oracles_agree)
{
    static const char line[] =
        "'linear dtype=f32 bias=1 N=9 D=20 M=30 x=normal w=normal dy=cancel:1e4 seed=0x1'";
    struct answer explicit = sh("$V run %s --kernel avx2 --oracle explicit", line);
    struct answer exact = sh("$V run %s --kernel avx2 --oracle=exact | grep -v ': settled '", line);
    struct answer settled =
        sh("$V run %s --kernel avx2 --oracle=exact | grep -c ': settled '", line);
    expect_code(&explicit, 0);
    expect_code(&exact, 0);
    cr_expect_str_eq(explicit.out, exact.out);
    expect_in(exact.out, "\n  db: ");
    cr_expect_str_eq(settled.out, "3\n", "dx, dw and db");
    forget(&settled);
    forget(&explicit);
    forget(&exact);
}

Test(run, the_exact_oracle_takes_sums_of_products)
{
    struct answer answer = sh("$V run 'relu dtype=f32 rank=1 N=2' --oracle exact");
    expect_code(&answer, 2);
    expect_in(answer.err, "layer relu is no sum of products of operands: there is no exact "
                          "contraction\n");
    forget(&answer);
    answer = sh("$V run " SMALL " --oracle quick");
    expect_code(&answer, 2);
    expect_in(answer.err, "--oracle quick: expected auto, explicit, exact or rows\n");
    forget(&answer);
}

/* Only row 0 is right. */
Test(run, a_picture_shows_where_the_error_stands)
{
    struct answer answer =
        sh("$V run 'linear dtype=f32 N=7 D=3 M=2 x=normal w=uniform dy=uniform seed=1' "
           "--kernel $B/faulty/first_batch_only.so");
    expect_code(&answer, 1);
    expect_in(answer.out, "    # outside");
    expect_in(answer.out, "\n    ###\n    ###\n    ###\n    ###\n    ###\n    ###\n");
    expect_not_in(answer.out, "\n    ###\n    ###\n    ###\n    ###\n    ###\n    ###\n    ###\n");
    forget(&answer);
}
