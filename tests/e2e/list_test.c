/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/spec.h"
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

/* The last line that is printed tells right from wrong. */
Test(list, a_layers_line_is_conclusive)
{
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        struct answer answer =
            sh("$V run \"$($V list %s | tail -n 1)\" --kernel naive", (*spec)->name);
        expect_code(&answer, 0);
        forget(&answer);
    }
}

Test(list, what_is_neither_layer_nor_target_is_told_of_both)
{
    expect_failure(
        2,
        "\"softmx\": expected a LAYER (no layer is called softmx; did you mean softmax?) "
        "or a TARGET (no plug-in \"softmx\" in ",
        "$V list softmx");
    expect_failure(2, "which has: avx2, blocked, naive; ", "$V list softmx");
    expect_failure(2, "did you mean softmax?", "$V list naive softmx");
    expect_failure(2, "softmax is a LAYER, which is shown alone: expected no word beside it",
                   "$V list softmax naive");
    expect_failure(2, "softmax is a LAYER, ", "$V list naive softmax");
    expect_failure(2, "linear | relu is a LAYER, ", "$V list naive 'linear | relu'");
}

Test(list, a_layer_tells_of_each_of_its_targets_and_of_the_mean_of_nothing)
{
    struct answer answer = sh("$V list softmax_cross_entropy");
    expect_in(answer.out,
              "y = sum over n of lse[n] - x[n,t[n]], with target=onehot sum over n and c "
              "of p[n,c] (lse[n] - x[n,c]), ");
    expect_in(answer.out, "rows that are not ignored, or without any be 0, not NaN");
    forget(&answer);
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
    expect_in(answer.out, ":plant: linear, a plant\n    f32 (sums in f64) f64 deterministic; "
                          "fixed point\n"); /* it is made for a contract that has no word for it */
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

/* A folder of copies, so that the test does not depend on which peers were built; two are no libraries. */
Test(list, plugins_that_cannot_be_loaded_are_named_and_the_others_shown)
{
    char folder[64];
    make_folder(folder);
    struct answer answer =
        sh("cd %s && mkdir p p/peers && cp $B/plugins/*.so p && echo >p/broken.so && "
           "echo >p/peers/gone.so && VJPCHECK_PLUGIN_PATH=$PWD/p $V list",
           folder);
    expect_code(&answer, 0);
    cr_expect_str_eq(answer.err, "");
    expect_in(answer.out, "  naive:linear: linear");
    expect_in(answer.out, "\n  broken: cannot be loaded: ");
    expect_in(answer.out, "broken.so: file too short\n");
    expect_in(answer.out, "\n  gone: cannot be loaded: ");
    expect_in(answer.out, "\nValues of an operand");
    forget(&answer);
    answer = sh("cd %s && VJPCHECK_PLUGIN_PATH=$PWD/p $V list gone", folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "gone.so: cannot be loaded: ");
    forget(&answer);
    remove_folder(folder);
}
