/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"
#include "tests/impls/host/plant.h"

Test(list, shows_layers_kernels_and_generators)
{
    struct answer answer = sh("$V list");
    expect_code(&answer, 0);
    expect_in(answer.out, "\n  linear  ");
    expect_in(answer.out, "  y = x w, with bias=1: y = x w + b\n");
    expect_in(answer.out, "  naive:linear: linear");
    expect_in(answer.out, "bf16 (sums in f32)");
    expect_in(answer.out, "  naive:softmax: softmax");
    expect_in(answer.out, "    f32 f64 wants y; deterministic\n");
    expect_in(answer.out, "    f32 f64 (kinks: lower) deterministic\n");
    expect_not_in(answer.out, "cannot be asked");
    expect_in(answer.out, "  blocked:linear");
    expect_in(answer.out, "  avx2:linear");
    expect_in(answer.out, "  cancel[:condition number]");
    forget(&answer);
    answer = sh("$V list naive");
    expect_code(&answer, 0);
    expect_not_in(answer.out, "blocked");
    forget(&answer);
}

Test(list, a_layer_or_a_pipeline_is_shown_alone)
{
    static const char *const ways[] = {"linear", "--layer linear", "--layer=linear"};
    for (int i = 0; i < 3; i++) {
        struct answer answer = sh("$V list %s", ways[i]);
        expect_code(&answer, 0);
        expect_in(answer.out, "linear: y = x w, with bias=1: y = x w + b\n");
        expect_in(answer.out, "    bias: 0 to 1  (0)  1: add b to each row\n");
        expect_not_in(answer.out, "Kernels");
        expect_not_in(answer.out, "relu");
        forget(&answer);
    }
    struct answer answer = sh("$V list 'linear | relu'");
    expect_code(&answer, 0);
    expect_in(answer.out, "linear | relu: ");
    expect_in(answer.out, "    1.dx 1.dw 1.db\n");
    forget(&answer);
    expect_failure(2, "no layer is called linaer; did you mean linear?", "$V list --layer linaer");
    expect_failure(2, "--layer shows a layer alone", "$V list --layer linear naive");
    expect_failure(2, "nobody", "$V list 'linear | nobody'");
}

Test(list, one_kernel_of_a_plugin_is_named_like_elsewhere)
{
    struct answer answer = sh("$V list naive:linear");
    expect_code(&answer, 0);
    expect_in(answer.out, "  naive:linear: linear");
    expect_not_in(answer.out, "blocked");
    forget(&answer);
    expect_failure(2, "naive has no kernel \"nobody\"", "$V list naive:nobody");
    expect_failure(2, "no plug-in \"nobody\"", "$V list nobody");
}

Test(list, a_kernel_that_declines_everything_says_why)
{
    struct plant plant;
    plant_kernel(&plant,
                 "static const char *ask(void) { return \"no such unit\\033[1m\"; }\n"
                 "static void act(void) {}",
                 "");
    struct answer answer = sh("$V list %s", plant.path);
    expect_code(&answer, 0);
    expect_in(answer.out, ":plant: linear, a plant\n    f32 (sums in f64) f64 deterministic\n");
    expect_in(answer.out, "    unsupported on this machine: no such unit?[1m\n");
    forget(&answer);
    plant_remove(&plant);
}

/* What it computes is what check is for; but list must survive it. */
Test(list, a_kernel_that_crashes_is_listed)
{
    struct plant plant;
    plant_kernel(&plant, "abort();", "");
    struct answer answer = sh("$V list %s", plant.path);
    expect_code(&answer, 0);
    expect_in(answer.out, ":plant: linear, a plant\n");
    expect_not_in(answer.out, "unsupported");
    forget(&answer);
    plant_remove(&plant);
}
