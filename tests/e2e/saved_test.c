/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kernels that work from what the forward pass saved (saved_kernels.inc): right ones pass, in f32 and in
 * f16, whose saved y and p have roundings of their own; ones that take it for something else do not. */
#include "tests/e2e/shell.h"

/* What the plug-in is built with: the dtype, and what is wrong with it. */
struct flags {
    int bits; /* 16 or 32 */
    int off, log2;
    const char *tie;
    int narrow, model; /* rounds factors; the flags of its model */
};

static void build(const char *folder, struct flags flags)
{
    struct answer answer =
        sh("cc -x c -O1 -shared -fPIC -I \"$S/impls/abi\" -DREAL=%s -DBITS=%d -DOFF=%d -DLOG2=%d"
           " -DNARROW=%d -DFLAGS=%d -DTIE=VJP_ABI_TIE_%s \"$S/tests/e2e/saved_kernels.inc\" -lm -o "
           "%s/k.so",
           flags.bits == 16 ? "_Float16" : "float", flags.bits, flags.off, flags.log2, flags.narrow,
           flags.model, flags.tie ? flags.tie : "FIRST", folder);
    expect_code(&answer, 0);
    forget(&answer);
}

/* Two kinds of cases for each layer, one with logits far from 0 or with ties. @ stands for logits near
 * 1,000 that are near to each other. */
static const char *const cases[][3] = {
    {"attention", "B=1 H=2 T=3 S=5 D=4 E=3 q=large:30 k=large:30 v=normal dy=normal",
     "causal=1 B=1 H=1 T=4 S=6 D=8 E=2 q=normal k=normal v=normal dy=large:10"},
    {"softmax_cross_entropy", "reduction=sum N=1 C=4 x=@ dy=normal",
     "reduction=sum N=2 C=20 x=normal:3 t=ignored dy=normal"},
    {"maxpool2d", "N=2 C=2 H=6 W=7 x=ties:3 dy=normal",
     "padding=1 kernel=3 N=1 C=2 H=5 W=6 x=normal dy=normal"},
};
enum { MANY = TEST_INSTRUMENTED ? 20 : 100, SOME = TEST_INSTRUMENTED ? 10 : 25, FEW = 20 };

static void print_line(FILE *file, const char *layer, int bits, const char *fields, int seed)
{
    const int at = (int)strcspn(fields, "@");
    fprintf(file, "%s dtype=f%d %.*s", layer, bits, at, fields);
    if (fields[at])
        fprintf(file, "[1000,%d.5,%d.25,%d]%s", 1000 + seed % 3, 999 + seed % 5, 1001 + seed % 7,
                fields + at + 1);
    fprintf(file, " seed=%d\n", seed);
}

static struct answer check(const char *folder, const char *kernel, const char *const layer[3],
                           int bits, int count)
{
    char path[96];
    snprintf(path, sizeof path, "%s/lines", folder);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    for (int seed = 1; seed <= count; seed++) {
        print_line(file, layer[0], bits, layer[1], seed);
        print_line(file, layer[0], bits, layer[2], seed);
    }
    fclose(file);
    return sh("$V check %s/k.so:%s --cases %s", folder, kernel, path);
}

static void expect_right_with(const char *kernel, const char *const layer[3], struct flags flags)
{
    const int bits = flags.bits;
    char folder[64];
    make_folder(folder);
    build(folder, flags);
    struct answer answer = check(folder, kernel, layer, bits, bits == 16 ? SOME : MANY);
    cr_expect_eq(answer.code, 0, "%s f%d: %s%s", kernel, bits, answer.out, answer.err);
    char words[48];
    snprintf(words, sizeof words, "%d checks: 0 failed,", 2 * (bits == 16 ? SOME : MANY));
    expect_in(answer.out, words);
    expect_in(answer.out, " 0 unsupported");
    forget(&answer);
    remove_folder(folder);
}

static void expect_right(const char *kernel, const char *const layer[3], int bits)
{
    expect_right_with(kernel, layer, (struct flags){.bits = bits});
}

/* verdict: "wrong", or "inaccurate" for what could be rounding in a narrower format. */
static void expect_refuted(const char *verdict, const char *kernel, const char *const layer[3],
                           struct flags flags)
{
    char words[32];
    char folder[64];
    make_folder(folder);
    build(folder, flags);
    struct answer answer = check(folder, kernel, layer, flags.bits, FEW);
    cr_expect_eq(answer.code, 1, "%s: %s%s", kernel, answer.out, answer.err);
    snprintf(words, sizeof words, "%s in ", verdict);
    expect_in(answer.out, words);
    forget(&answer);
    remove_folder(folder);
}

Test(saved, attention_from_lse_and_y_or_from_p)
{
    static const char *const kernels[] = {"flash", "lse", "p"};
    for (int i = 0; i < 3; i++) {
        expect_right(kernels[i], cases[0], 32);
        expect_right(kernels[i], cases[0], 16);
    }
}

/* As matrix units take them: p and what is multiplied by q and k are numbers of f16. Who does so says so. */
Test(saved, factors_that_are_rounded_to_the_dtype)
{
    enum { NARROW_OPERANDS = 2 };
    expect_right_with("flash", cases[0],
                      (struct flags){.bits = 16, .narrow = 1, .model = NARROW_OPERANDS});
    expect_right_with("p", cases[0],
                      (struct flags){.bits = 16, .narrow = 1, .model = NARROW_OPERANDS});
    expect_refuted("inaccurate", "flash", cases[0], (struct flags){.bits = 16, .narrow = 1});
    static const char *const one_query[] = {
        "attention", "B=1 H=3 T=1 S=16 D=8 E=8 q=normal k=normal v=normal dy=normal",
        "B=2 H=1 T=1 S=5 D=1 E=1 q=normal k=normal v=normal dy=normal"};
    expect_right_with("p", one_query,
                      (struct flags){.bits = 16, .narrow = 1, .model = NARROW_OPERANDS});
}

Test(saved, softmax_cross_entropy_from_lse_or_softmax)
{
    static const char *const kernels[] = {"loss_lse", "loss_softmax"};
    for (int i = 0; i < 2; i++) {
        expect_right(kernels[i], cases[1], 32);
        expect_right(kernels[i], cases[1], 16);
    }
}

Test(saved, maxpool2d_from_argmax_is_the_first_of_ties)
{
    expect_right("scatter", cases[2], 32);
    expect_right("scatter", cases[2], 16);
    expect_refuted("wrong", "scatter", cases[2], (struct flags){.bits = 32, .tie = "LAST"});
}

/* An lse that is off by a few ulps: 4 are seen where nothing else is rounded but the difference; under
 * the scores of an attention, sums of products, it takes 64. */
Test(saved, an_lse_that_is_a_little_off_is_refuted)
{
    expect_refuted("wrong", "loss_lse", cases[1], (struct flags){.bits = 32, .off = 4});
    expect_refuted("inaccurate", "flash", cases[0], (struct flags){.bits = 32, .off = 64});
    expect_refuted("wrong", "loss_lse", cases[1], (struct flags){.bits = 32, .log2 = 1});
    expect_refuted("wrong", "lse", cases[0], (struct flags){.bits = 32, .log2 = 1});
}

/* exp(x - lse), at 30000 off by as much as 2^-10: that is allowed to one who is given lse, and to nobody else,
 * since exp((x - m) - log of the sum) is off by 2^-21 at most. */
Test(saved, who_computes_lse_has_no_right_to_its_error)
{
    static const char line[] = "softmax_cross_entropy dtype=f32 reduction=sum N=1 C=3 "
                               "x=[30000.25,30001.5,30001] t=[1] dy=[1]";
    char folder[64];
    make_folder(folder);
    build(folder, (struct flags){.bits = 32});
    struct answer answer = sh("$V run '%s' --kernel %s/k.so:loss_lse", line, folder);
    expect_code(&answer, 0);
    forget(&answer);
    answer = sh("$V run '%s' --kernel %s/k.so:loss_own", line, folder);
    expect_code(&answer, 1);
    expect_in(answer.out, "all 3 elements are outside the bound");
    forget(&answer);
    remove_folder(folder);
}

Test(saved, what_a_layer_saves_is_listed)
{
    struct answer answer = sh("$V list attention");
    expect_code(&answer, 0);
    expect_in(answer.out, "\n    y    the output\n    lse  B x H x T: ");
    expect_in(answer.out, "\n    p    B x H x T x S: ");
    forget(&answer);
    answer = sh("$V list softmax_cross_entropy");
    expect_in(answer.out, "\n    lse      N: ");
    expect_in(answer.out, "\n    softmax  N x C: ");
    forget(&answer);
    answer = sh("$V list maxpool2d");
    expect_in(answer.out, "\n    argmax  N x C x OH x OW, i32: ");
    forget(&answer);
}
