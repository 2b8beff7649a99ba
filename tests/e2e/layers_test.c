/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What kernels of layers with kinks, with exponentials and with integer operands are held to. */
#include "tests/e2e/shell.h"

/* Two kernels, built with -DKINKS=... -DSLOPE=... -DSHIFT=...: relu with a slope of its own at 0, and
 * softmax with or without the subtraction of the largest logit. */
static const char source[] =
    "#include \"vjp_plugin.h\"\n"
    "#include <math.h>\n"
    "static float *data(const DLTensor *t) { return (float *)vjp_abi_data(t); }\n"
    "static int32_t yes(const struct vjp_abi_call *call, const char **reason)\n"
    "{ *reason = \"plain calls only\";\n"
    "  return !call->accumulate && vjp_abi_every(call, vjp_abi_is_contiguous); }\n"
    "static int32_t relu(const struct vjp_abi_call *call) {\n"
    "  const DLTensor *x = vjp_abi_input(call, \"x\");\n"
    "  const float *a = data(x), *dy = data(vjp_abi_input(call, \"dy\"));\n"
    "  float *dx = data(vjp_abi_output(call, \"dx\"));\n"
    "  for (int64_t i = 0; i < x->shape[0]; i++)\n"
    "    dx[i] = a[i] > 0 ? dy[i] : a[i] < 0 ? 0 : (float)(SLOPE) * dy[i];\n"
    "  return VJP_ABI_DONE; }\n"
    "static int32_t softmax(const struct vjp_abi_call *call) {\n"
    "  const DLTensor *t = vjp_abi_input(call, \"x\");\n"
    "  const int64_t C = t->shape[1];\n"
    "  for (int64_t n = 0; n < t->shape[0]; n++) {\n"
    "    const float *x = data(t) + n * C, *dy = data(vjp_abi_input(call, \"dy\")) + n * C;\n"
    "    float *dx = data(vjp_abi_output(call, \"dx\")) + n * C, m = x[0], s = 0, d = 0;\n"
    "    for (int64_t c = 1; c < C; c++) m = x[c] > m ? x[c] : m;\n"
    "    m = SHIFT ? m : 0;\n"
    "    for (int64_t c = 0; c < C; c++) s += expf(x[c] - m);\n"
    "    for (int64_t c = 0; c < C; c++) d += expf(x[c] - m) / s * dy[c];\n"
    "    for (int64_t c = 0; c < C; c++) dx[c] = expf(x[c] - m) / s * (dy[c] - d);\n"
    "  }\n"
    "  return VJP_ABI_DONE; }\n"
    "static const struct vjp_abi_model f32 = {sizeof f32, 0, {kDLFloat, 32, 1}, {kDLFloat, 32, "
    "1}};\n"
    "static const struct vjp_abi_model *const models[] = {&f32};\n"
    "static const struct vjp_abi_kernel a = {sizeof a, 1, \"relu\", \"relu\", 0, 0, 1, models, "
    "yes, "
    "relu,\n  0, 0, KINKS, 0, 0};\n"
    "static const struct vjp_abi_kernel b = {sizeof b, 1, \"softmax\", \"softmax\", 0, 0, 1, "
    "models, "
    "yes, softmax,\n  0, 0, 0, 0, 0};\n"
    "static const struct vjp_abi_kernel *const kernels[] = {&a, &b};\n"
    "const struct vjp_abi_plugin vjp_abi_descriptor = {sizeof vjp_abi_descriptor, VJP_ABI_MAJOR,\n"
    "    1, 2, \"f\", 0, kernels};\n";

static void build(const char *folder, const char *flags)
{
    char path[128];
    snprintf(path, sizeof path, "%s/f.c", folder);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(source, file);
    fclose(file);
    struct answer answer = sh("cd %s && cc -O1 -shared -fPIC -I \"$S/impls/abi\" %s"
                              " f.c -lm -o f.so",
                              folder, flags);
    expect_code(&answer, 0);
    forget(&answer);
}

/* The verdict on x = 0, dy = 2, with the exit code. */
static void expect_at_kink(const char *flags, int code, const char *verdict)
{
    char folder[64];
    make_folder(folder);
    build(folder, flags);
    struct answer answer = sh(
        "$V run 'relu dtype=f32 rank=1 N=3 x=[-1,0,1] dy=[1,2,3]' --kernel %s/f.so:relu", folder);
    cr_expect_eq(answer.code, code, "%s: %s%s", flags, answer.out, answer.err);
    expect_in(answer.out, verdict);
    forget(&answer);
    remove_folder(folder);
}

Test(layers, at_a_kink_every_subgradient_is_right_and_nothing_beside)
{
    expect_at_kink("-DKINKS=0 -DSHIFT=1 -DSLOPE=0", 0, "  exact\n");
    expect_at_kink("-DKINKS=0 -DSHIFT=1 -DSLOPE=0.3", 0, "[0, 2] (a kink)");
    expect_at_kink("-DKINKS=0 -DSHIFT=1 -DSLOPE=1", 0, "  exact\n");
    expect_at_kink("-DKINKS=0 -DSHIFT=1 -DSLOPE=1.25", 1, "wrong: dx[1]");
    expect_at_kink("-DKINKS=0 -DSHIFT=1 -DSLOPE=-0.25", 1, "wrong: dx[1]");
}

Test(layers, a_kernel_is_held_to_the_convention_that_it_declares)
{
    expect_at_kink("-DKINKS=VJP_ABI_KINK_LOWER -DSHIFT=1 -DSLOPE=0", 0, "  exact\n");
    expect_at_kink("-DKINKS=VJP_ABI_KINK_LOWER -DSHIFT=1 -DSLOPE=1", 1, "wrong: dx[1]");
    expect_at_kink("-DKINKS=VJP_ABI_KINK_UPPER -DSHIFT=1 -DSLOPE=1", 0, "  exact\n");
    expect_at_kink("-DKINKS=VJP_ABI_KINK_UPPER -DSHIFT=1 -DSLOPE=0", 1, "wrong: dx[1]");
    expect_at_kink("-DKINKS=VJP_ABI_KINK_MIDDLE -DSHIFT=1 -DSLOPE=0.5", 0, "  exact\n");
    expect_at_kink("-DKINKS=VJP_ABI_KINK_MIDDLE -DSHIFT=1 -DSLOPE=0", 1, "wrong: dx[1]");
}

/* Logits that overflow exp: the stable formula passes, the textbook one gives NaN. */
Test(layers, the_unstable_softmax_is_refuted)
{
    char folder[64];
    make_folder(folder);
    build(folder, "-DKINKS=0 -DSLOPE=0 -DSHIFT=1");
    struct answer answer = sh("$V check %s/f.so:softmax --count 100", folder);
    expect_code(&answer, 0);
    forget(&answer);
    build(folder, "-DKINKS=0 -DSLOPE=0 -DSHIFT=0");
    answer =
        sh("$V run 'softmax dtype=f32 N=2 C=3 x=[1,2,3,-1,0,1]' --kernel %s/f.so:softmax", folder);
    expect_code(&answer, 0);
    forget(&answer);
    answer =
        sh("$V run 'softmax dtype=f32 N=1 C=3 x=[100,101,99]' --kernel %s/f.so:softmax", folder);
    expect_code(&answer, 1);
    expect_in(answer.out, "wrong: dx[0,0] = nan");
    forget(&answer);
    remove_folder(folder);
}

Test(layers, operands_outside_their_domain_are_named)
{
    expect_failure(2, "t[1]=3: expected an index from 0 to 2",
                   "$V run 'embedding dtype=f32 V=3 D=1 N=2 t=[1,3]'");
    expect_failure(2, "another 1 at [0,1]",
                   "$V run 'cross_entropy dtype=f64 N=1 C=2 x=[0.5,0.5] t=[1,1]'");
    expect_failure(2, "x[0,1]=-2: expected a finite number greater than 0",
                   "$V run 'log dtype=f32 N=1 M=2 x=[1,-2]'");
    expect_failure(2, "mask has 3 elements, the list has 2",
                   "$V run 'dropout dtype=f32 N=1 M=3 mask=[0,1]'");
    expect_failure(2, "groups=2: expected a divisor of C=3",
                   "$V run 'conv2d dtype=f32 groups=2 N=1 C=3 H=2 W=2 K=2 R=1 S=1'");
    expect_failure(2, "R=3: ", "$V run 'conv2d dtype=f32 N=1 C=1 H=2 W=2 K=1 R=3 S=1'");
}

/* The network of the documents: its kernel is held to the lower side of the two kinks that it stands
 * on, and what every side allows is shown. */
Test(layers, the_xor_network_stands_on_its_kinks)
{
    static const char network[] =
        "linear | relu | linear | softmax | cross_entropy dtype=f64 1.bias=1 3.bias=1"
        " 1.N=4 1.D=2 1.M=2 3.M=2 1.x=[0,0,0,1,1,0,1,1] 1.w=[1,1,1,1] 1.b=[-1,0.5]"
        " 3.w=[1,-1,-1,1] 3.b=[1,-1] 5.t=[1,0,0,1,0,1,1,0] dy=[1]";
    struct answer answer = sh("$V run '%s' --kernel naive:mlp", network);
    expect_code(&answer, 0);
    expect_in(answer.out, "1.dw[0,0]  -0.36552928931500243...");
    forget(&answer);
    answer = sh("$V jacobian '%s' --wrt 1.w", network);
    expect_code(&answer, 0);
    /* With p = 1 / (1 + 1/e) and q = 1 - p: dh = (-p/2, p/2) for x = (1,1) and (q/2, -q/2) for x = (1,0),
     * whose first feature stands on the kink. So dw[0,0] is -p/2 with the kink closed and (q - p)/2 with
     * it open; dw[0,1] is (p - q)/2 either way. */
    expect_in(answer.out, "[ [-0.36552928931500244, -0.23105857863000487] ]");
    expect_in(answer.out, "[ 0.23105857863000487... ]");
    forget(&answer);
}
