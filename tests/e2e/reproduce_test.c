/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

#define SMALL "'linear dtype=f32 N=1 D=2 M=1 x=[1,2] w=[3,4] dy=[5]'"

/* A program is built as the comment on its top says, and into a library with sanitizers with these. */
#if defined(__SANITIZE_ADDRESS__)
#define CC "'" TEST_C_COMPILER "' -fsanitize=address,undefined"
#else
#define CC "'" TEST_C_COMPILER "'"
#endif

struct shown {
    const char *plant;
    const char *line;
    const char *options;
    const char *says;
};

/* The file of a plant's failure is built against the plant, and against the kernels that are right. */
static void expect_shown(const struct shown *s)
{
    char folder[64];
    make_folder(folder);
    struct answer answer =
        sh("cd %s && $V reproduce '%s' --kernel $B/faulty/%s.so --out fault.c %s", folder, s->line,
           s->plant, s->options);
    expect_code(&answer, 0);
    expect_in(answer.out, "fault.c: ");
    forget(&answer);
    answer = sh("cd %s && " CC " fault.c $B/faulty/%s.so -o fault && ./fault", folder, s->plant);
    expect_code(&answer, 1);
    expect_in(answer.out, s->says);
    expect_in(answer.out, "\na fault\n");
    cr_expect_str_eq(answer.err, "", "%s: %s", s->plant, answer.err);
    forget(&answer);
    answer = sh("cd %s && " CC " fault.c $B/plugins/naive.so -o right && ./right", folder);
    expect_code(&answer, 0);
    cr_expect_str_eq(answer.out, "no fault\n", "%s: %s", s->plant, answer.out);
    forget(&answer);
    remove_folder(folder);
}

#define EXPECT_SHOWN(...)                                                                          \
    do {                                                                                           \
        static const struct shown all[] = {__VA_ARGS__};                                           \
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)                                      \
            expect_shown(&all[i]);                                                                 \
    } while (0)

/* Row 1 of dx is that of row 0 of dy: -1 where it is 3. */
Test(reproduce, wrong_numbers)
{
    EXPECT_SHOWN({"first_batch_only",
                  "linear dtype=f32 N=2 D=2 M=2 x=[1,2,3,4] w=[1,2,3,4] dy=[1,-1,1,1]", "",
                  "    dx[1,0] = -1 (-0x1p+0), expected 3, and nothing else\n"},
                 {"overwrite_for_accumulate",
                  "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[1] dy=[1] accumulate=1 dx=[5] dw=[7]", "",
                  "    dx[0,0] = 1 (0x1p+0), expected 6, and nothing else\n"},
                 {"reads_old_output", "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[1] dy=[1]", "",
                  " = nan (nan), expected 1, and nothing else\n"},
                 {"swapped_ld", "linear dtype=f32 N=2 D=1 M=1 x=[1,2] w=[1] dy=[1,1] x.ld=+3", "",
                  " are wrong, the worst:\n"});
}

/* The pipeline is spelled without blanks where nobody asked for them. */
Test(reproduce, other_layers_and_dtypes)
{
    EXPECT_SHOWN(
        {"softmax_no_mean", "softmax dtype=f64 N=2 C=3 x=normal dy=normal", "",
         " elements of dx are wrong, the worst:\n"},
        {"softmax_cross_entropy_label_sign",
         "softmax_cross_entropy dtype=f64 target=onehot reduction=sum N=2 C=3 x=normal dy=[2]", "",
         " are wrong, the worst:\n"},
        {"mlp_mask_dropped",
         "linear | relu | linear | softmax | cross_entropy dtype=f32 1.N=2 1.D=2 1.M=3 "
         "3.M=2 1.x=normal 1.w=normal 3.w=normal dy=[1]",
         "", " are wrong, the worst:\n"});
}

/* Kernels of f16 and bf16, the source of which does as well as its library: halves hands on what the mask keeps
 * back, where it is wrong; old gives -0 for 0 where it finds NaN; seven ends with that; takes has a handler of its own. */
static const char halves[] =
    "#include \"vjp_plugin.h\"\n"
    "#include <signal.h>\n"
    "static int32_t supports(const struct vjp_abi_call *c, const char **why)\n"
    "{ *why = \"no\"; return !c->accumulate; }\n"
    "static int32_t either(const struct vjp_abi_call *c, int wrong)\n"
    "{\n"
    "    const uint16_t *x = vjp_abi_data(vjp_abi_input(c, \"x\"));\n"
    "    const uint16_t *dy = vjp_abi_data(vjp_abi_input(c, \"dy\"));\n"
    "    const DLTensor *dx = vjp_abi_output(c, \"dx\");\n"
    "    for (int64_t i = 0; i < dx->shape[0]; i++)\n"
    "        ((uint16_t *)vjp_abi_data(dx))[i] = wrong || !(x[i] >> 15) ? dy[i] : 0;\n"
    "    return VJP_ABI_DONE;\n"
    "}\n"
    "static int32_t run(const struct vjp_abi_call *c) { return either(c, WRONG); }\n"
    "static int32_t right(const struct vjp_abi_call *c) { return either(c, 0); }\n"
    "static int32_t old(const struct vjp_abi_call *c)\n"
    "{\n"
    "    uint16_t *dx = vjp_abi_data(vjp_abi_output(c, \"dx\"));\n"
    "    const int is_nan = (*dx & 0x7fff) > 0x7c00;\n"
    "    either(c, 0);\n"
    "    *dx |= is_nan ? 0x8000 : 0;\n"
    "    return VJP_ABI_DONE;\n"
    "}\n"
    "static int32_t seven(const struct vjp_abi_call *c) { return either(c, 0), 7; }\n"
    "static int32_t takes(const struct vjp_abi_call *c)\n"
    "{ signal(SIGSEGV, SIG_IGN); return either(c, 0); }\n"
    "#define MODEL(code) {sizeof(struct vjp_abi_model), 0, {code, 16, 1}, {code, 16, 1}}\n"
    "static const struct vjp_abi_model f16 = MODEL(kDLFloat), bf16 = MODEL(kDLBfloat);\n"
    "static const struct vjp_abi_model *const models[] = {&f16, &bf16};\n"
    "#define KERNEL(text, f) {.struct_size = sizeof(struct vjp_abi_kernel), .name = text,\\\n"
    "    .layer = \"relu\", .n_models = 2, .models = models, .supports = supports, .run = f}\n"
    "static const struct vjp_abi_kernel k[] = {KERNEL(\"first\", right), KERNEL(\"halves\", run),\n"
    "    KERNEL(\"old\", old), KERNEL(\"seven\", seven), KERNEL(\"takes\", takes)};\n"
    "static const struct vjp_abi_kernel *const all[] = {&k[0], &k[1], &k[2], &k[3], &k[4]};\n"
    "const struct vjp_abi_plugin vjp_abi_descriptor = {sizeof(struct vjp_abi_plugin), 1, 2, 5,\n"
    "    \"halves\", \"1\", all};\n";

static const char *make_halves(char folder[64])
{
    char path[96];
    snprintf(path, sizeof path, "%s/k.c", make_folder(folder));
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(halves, file);
    fclose(file);
    return folder;
}

Test(reproduce, half_precision)
{
    char folder[64];
    make_halves(folder);
    static const char *const worst[] = {
        "    dx[2] = -3.0518e-05 (-0x1p-15), expected 0, and nothing else\n",
        "    dx[2] = -3.052e-05 (-0x1p-15), expected 0, and nothing else\n"};
    for (int bf16 = 0; bf16 < 2; bf16++) {
        struct answer answer =
            sh("cd %s && C='" TEST_C_COMPILER " -I '$S/impls/abi && "
               "$C -DWRONG=1 -shared -fPIC k.c -o k.so && "
               "$V reproduce 'relu dtype=%s rank=1 N=3 x=[1,-1,-0x1p-14] dy=[3,2.5,-0x1p-15]' "
               "--kernel ./k.so:halves --out fault.c && $C -DWRONG=0 fault.c k.c -o right && "
               "./right && "
               "sh -c \"$(grep -o 'cc fault.c .*' fault.c)\"",
               folder, bf16 ? "bf16" : "f16");
        expect_code(&answer, 1);
        expect_in(answer.out, "\nno fault\nfault: 2 of 3 elements of dx are wrong, the worst:\n"
                              "    dx[1] = 2.5 (0x1.4p+1), expected 0, and nothing else\n");
        expect_in(answer.out, worst[bf16]);
        forget(&answer);
    }
    expect_failure(
        2,
        "several kernels serve the case: expected one of them, as --kernel ./k.so:first or "
        "--kernel ./k.so:halves",
        "cd %s && $V reproduce 'relu dtype=f16 rank=1 N=1' --kernel ./k.so", folder);
    remove_folder(folder);
}

Test(reproduce, a_kernel_that_breaks_its_contract)
{
    static const char *const known[][2] = {
        {"old", "fault: dx[0] depends on what the outputs held before the call\n"},
        {"seven", "fault: run returned 7\n"},
        {"takes", "fault: the call replaced the handler of Segmentation fault\n"},
    };
    char folder[64];
    make_halves(folder);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct answer answer =
            sh("cd %s && C='" TEST_C_COMPILER " -I '$S/impls/abi && "
               "$C -DWRONG=0 -shared -fPIC k.c -o k.so && "
               "$V reproduce 'relu dtype=f16 rank=1 N=1 x=[-1] dy=[1]' --kernel ./k.so:%s "
               "--out fault.c && $C fault.c ./k.so -o fault && ./fault",
               folder, known[i][0]);
        expect_code(&answer, 1);
        expect_in(answer.out, known[i][1]);
        forget(&answer);
    }
    remove_folder(folder);
}

/* What a look at the process shows, the program shows; what vjpcheck alone can see, it does not promise. */
Test(reproduce, hostile_kernels)
{
    EXPECT_SHOWN({"hostile_changes_folder", "linear dtype=f32 N=1 D=1 M=1", "",
                  "fault: the call changed the working directory from /tmp/"},
                 {"hostile_blocks_signals", "linear dtype=f32 N=1 D=1 M=1", "",
                  "fault: the call left Hangup blocked\n"},
                 {"hostile_sets_locale", "linear dtype=f32 N=1 D=1 M=1", "",
                  "fault: the call left the locale changed from C to "},
                 {"hostile_sets_variable", "linear dtype=f32 N=1 D=1 M=1", "",
                  "fault: the call left the environment variables changed\n"});
    expect_failure(2,
                   "a program without vjpcheck's watch over the process would not see that, and "
                   "let it happen",
                   "$V reproduce 'linear dtype=f32 N=1 D=1 M=1' "
                   "--kernel $B/faulty/hostile_daemon.so");
}

Test(reproduce, memory)
{
    EXPECT_SHOWN(
        {"unwritten_element", "linear dtype=f32 N=1 D=2 M=1", "",
         "fault: 1 of 2 elements of dx were not written, first dx[0,1]\n"},
        {"reads_past_end", "linear dtype=f32 N=1 D=1 M=1", "",
         "fault: a read past the end of dy, at byte 1\n"},
        {"writes_past_end", "linear dtype=f32 N=1 D=1 M=1", "",
         "fault: a write past the end of dx, at byte 1\n"},
        {"pads_overwritten", "linear dtype=f32 N=2 D=2 M=2 dx.ld=+3", "",
         "fault: a write between the rows of dx, at byte 8 from its first element\n"},
        {"clobbers_input", "linear dtype=f32 N=1 D=2 M=1", "", "fault: a write to x[0,0]\n"},
        {"softmax_reads_past_end", "softmax dtype=f32 N=2 C=3 x=normal dy=normal", "",
         "fault: a read past the end of y, at byte 1\n"});
}

/* In a large window rows lie apart, and pages between them give no access. */
Test(reproduce, rows_that_lie_far_apart)
{
    EXPECT_SHOWN({"pads_overwritten", "linear dtype=f32 N=3 D=2 M=2 dx.ld=+1000000", "",
                  "fault: the process ended with the signal Segmentation fault\n"});
}

Test(reproduce, processes)
{
    EXPECT_SHOWN({"aborts", "linear dtype=f32 N=3 D=1 M=1", "",
                  "fault: the process ended with the signal Aborted\n"},
                 {"exits_zero", "linear dtype=f32 N=1 D=1 M=1", "",
                  "fault: the process ended by itself, with exit status 0, inside the call\n"},
                 {"stack_overflow", "linear dtype=f32 N=1 D=1 M=1", "",
                  "fault: the process ended with the signal Segmentation fault\n"},
                 {"never_returns", "linear dtype=f32 N=1 D=1 M=1", "--timeout 0.4",
                  "fault: no answer after 0.4 s\n"});
}

Test(reproduce, state_and_time)
{
    EXPECT_SHOWN({"call_counter_noise", "linear dtype=f32 N=1 D=1 M=8 w=normal dy=normal", "",
                  "fault: the same call again gave other bits, first in dx[0,0], and the kernel "
                  "declares that it is deterministic\n"},
                 {"first_ten_calls", "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[3] dy=[5]",
                  "--repeat 40", "    dx[0,0] = -15 (-0x1.ep+3), expected 15, and nothing else\n"});
}

/* Right for dy. What a kernel of f32 may form of numbers of size 1 lies in 2^-32 .. 2^37, sums are multiples of 2^(-32 - 48);
 * for 2^-46 dy that is 2^-126, the smallest normal number, and for 2^89 dy the largest is 2^126. */
Test(reproduce, what_is_not_linear_in_dy)
{
    EXPECT_SHOWN(
        {"fixed_point_terms", "linear dtype=f32 N=1 D=2 M=1 x=[1,2] w=[1,3] dy=[1]", "",
         "fault: 2 of 2 elements of dx are not linear in dy, the first:\n"
         "    dx[0,0] = 1 (0x1p+0) for dy, and for 2^-46 dy 0 (0x0p+0), expected 1.42108547e-14\n"},
        {"fixed_point_terms",
         "linear dtype=f32 N=2 D=1 M=1 x=[1,2] w=[1] dy=[3,4] accumulate=1 dx=[5,6] dw=[7]", "",
         "fault: 2 of 2 elements of dx are not linear in dy, the first:\n"},
        {"clips_cotangents", "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[-1] dy=[1]", "",
         "    dx[0,0] = -1 (-0x1p+0) for dy, and for 2^89 dy -1.09951163e+12 (-0x1p+40), expected "
         "-6.1897002e+26\n"});
}

/* In other formats, of numbers of either sign; a kernel that declares fixed points is held to its bound, and so is one of
 * before the contract in which it could have done so. */
static const char binned[] =
    "#include \"vjp_plugin.h\"\n"
    "#include <math.h>\n"
    "typedef TYPE real;\n"
    "/* Of positive numbers in binary16. */\n"
    "double decode(unsigned h)\n"
    "{ return h < 1024 ? ldexp(h, -24) : ldexp(h % 1024 + 1024, (int)(h / 1024) - 25); }\n"
    "unsigned short encode(double x)\n"
    "{\n"
    "    const int e = x < 0x1p-14 ? -14 : ilogb(x);\n"
    "    return (e + 14) * 1024 + nearbyint(ldexp(x, 10 - e));\n"
    "}\n"
    "static int32_t supports(const struct vjp_abi_call *c, const char **why)\n"
    "{ *why = \"no\"; return !c->accumulate; }\n"
    "static int32_t run(const struct vjp_abi_call *c)\n"
    "{\n"
    "    const real *x = vjp_abi_data(vjp_abi_input(c, \"x\"));\n"
    "    const real *w = vjp_abi_data(vjp_abi_input(c, \"w\"));\n"
    "    const real *dy = vjp_abi_data(vjp_abi_input(c, \"dy\"));\n"
    "    real *dx = vjp_abi_data(vjp_abi_output(c, \"dx\"));\n"
    "    real *dw = vjp_abi_data(vjp_abi_output(c, \"dw\"));\n"
    "    MULTIPLY\n"
    "    return VJP_ABI_DONE;\n"
    "}\n"
    "static const struct vjp_abi_model model =\n"
    "    {sizeof model, 0, {CODE, 8 * sizeof(real), 1}, {kDLFloat, 8 * sizeof(SUM), 1}};\n"
    "static const struct vjp_abi_model *const models[] = {&model};\n"
    "static const struct vjp_abi_kernel k = {.struct_size = sizeof k, .name = \"binned\",\n"
    "    .capabilities = VJP_ABI_DETERMINISTIC | FIXED, .layer = \"linear\", .n_models = 1,\n"
    "    .models = models, .supports = supports, .run = run};\n"
    "static const struct vjp_abi_kernel *const all[] = {&k};\n"
    "const struct vjp_abi_plugin vjp_abi_descriptor = {sizeof(struct vjp_abi_plugin), 1, MINOR, "
    "1,\n"
    "    \"binned\", \"1\", all};\n";

/* The last bits of dx, where that is large. */
#define IN_F64                                                                                     \
    "'-DTYPE=double' -DCODE=kDLFloat -DSUM=double '-DMULTIPLY=*dx = 0, *dw = *x **dy; "            \
    "for (int i = 0; i < 4; i++) *dx += w[i] * dy[i], dw[i] = *x * dy[i]; "                        \
    "if (*dx > 1e30 || *dx < -1e30) *dx *= 1 - 0x1p-52;'"

/* One more in the last place of what is negative: a carry into the exponent. */
#define IN_16_BITS(code)                                                                           \
    "'-DTYPE=unsigned short' -DCODE=" code " -DSUM=float '-DMULTIPLY=*dx = *dy + (*dy >> 15); "    \
    "*dw = *dy; (void)w; (void)x;'"

/* What is 0 for dy, and not for a multiple. */
#define IN_F64_FROM_ZERO                                                                           \
    "'-DTYPE=double' -DCODE=kDLFloat -DSUM=double '-DMULTIPLY=*dx = *w **dy; *dw = *x **dy; "      \
    "if (*dy > 1e30) *dx = 1;'"

/* Of three elements dx[0,0] is subnormal for dy, dx[0,1] underflows, and both are larger for 2^27 dy: they are right. Of
 * dx[0,2] the last bit is off for that. */
#define IN_F16_FROM_BELOW                                                                          \
    "'-DTYPE=unsigned short' -DCODE=kDLFloat -DSUM=float '-DMULTIPLY=for (int i = 0; i < 3; "      \
    "i++) dx[i] = encode(decode(w[i]) * decode(*dy)); dw[0] = *dy; dw[1] = dw[2] = 0; dx[2] += "   \
    "*dy > 0x4000; (void)x;'"

Test(reproduce, multiples_of_dy_in_other_formats)
{
    static const struct {
        const char *line, *flags, *mended, *says;
    } table[] = {
        {"linear dtype=f64 N=1 D=1 M=1 x=[1] w=[0] dy=[1]", IN_F64_FROM_ZERO " -DMINOR=5 -DFIXED=0",
         NULL, "dx[0,0] = 0 (0x0p+0) for dy, and for 2^"},
        {"linear dtype=f16 N=1 D=3 M=1 x=[1,0,0] w=[0x1.004p-10,0x1p-14,1] dy=[0x1.004p-12]",
         IN_F16_FROM_BELOW " -DMINOR=5 -DFIXED=0", NULL,
         "dx[0,2] = 0.00024438 (0x1.004p-12) for dy, and for 2^27 dy 32832 (0x1.008p+15), "
         "expected 32800\n"},
        {"linear dtype=f64 N=1 D=1 M=4 x=[1] w=[-1,-0.7,-0.3,-0.1] dy=[1,1,1,1]",
         IN_F64 " -DMINOR=5 -DFIXED=0", IN_F64 " -DMINOR=5 -DFIXED=VJP_ABI_FIXED_POINT",
         "dx[0,0] = -2.1000000000000001 (-0x1.0cccccccccccdp+1) for dy, and for 2^98"},
        {"linear dtype=f64 N=1 D=1 M=4 x=[1] w=[1,0.7,0.3,0.1] dy=[1,1,1,1]",
         IN_F64 " -DMINOR=5 -DFIXED=0", IN_F64 " -DMINOR=4 -DFIXED=0",
         "dx[0,0] = 2.1000000000000001 (0x1.0cccccccccccdp+1) for dy, and for 2^98"},
        {"linear dtype=bf16 N=1 D=1 M=1 x=[1] w=[1] dy=[0x1.fep9]",
         IN_16_BITS("kDLBfloat") " -DMINOR=5 -DFIXED=0", NULL,
         "dx[0,0] = 1020 (0x1.fep+9) for dy, and for -dy -1024 (-0x1p+10), expected -1020\n"},
        {"linear dtype=f16 N=1 D=1 M=1 x=[1] w=[1] dy=[0x1.ffcp9]",
         IN_16_BITS("kDLFloat") " -DMINOR=5 -DFIXED=0", NULL,
         "dx[0,0] = 1023.5 (0x1.ffcp+9) for dy, and for -dy -1024 (-0x1p+10), expected "
         "-1023.5\n"},
    };
    char folder[64], path[96];
    snprintf(path, sizeof path, "%s/k.c", make_folder(folder));
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(binned, file);
    fclose(file);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct answer answer =
            sh("cd %s && C='" TEST_C_COMPILER "' && "
               "$C -I $S/impls/abi %s -shared -fPIC k.c -o k.so -lm && $V reproduce '%s' "
               "--kernel ./k.so --out fault.c && $C fault.c ./k.so -o fault && ./fault",
               folder, table[i].flags, table[i].line);
        expect_code(&answer, 1);
        expect_in(answer.out, "fault: 1 of ");
        expect_in(answer.out, " elements of dx are not linear in dy, the first:\n");
        expect_in(answer.out, table[i].says);
        forget(&answer);
        if (!table[i].mended)
            continue;
        answer =
            sh("cd %s && C='" TEST_C_COMPILER "' && $C -I $S/impls/abi %s fault.c k.c -o right -lm "
               "&& ./right",
               folder, table[i].mended);
        expect_code(&answer, 0);
        expect_in(answer.out, "no fault\n");
        forget(&answer);
    }
    remove_folder(folder);
}

#if defined(__x86_64__)
Test(reproduce, the_floating_point_environment)
{
    EXPECT_SHOWN({"sets_ftz", "linear dtype=f32 N=1 D=1 M=1", "",
                  "fault: the call left the floating-point control register at 0x9fc0 instead of "
                  "0x1f80 (subnormal numbers are flushed)\n"},
                 {"fast_math_startup", "linear dtype=f32 N=1 D=1 M=1", "",
                  "fault: loading the library left the floating-point control register at 0x9fc0"});
}
#endif

/* By the compilers that there are; what a program holds depends on the dtype and on the layer. */
Test(reproduce, compilers_have_nothing_to_say)
{
    static const char *const lines[] = {
        "linear dtype=f32 N=1 D=2 M=1 accumulate=1 threads=2",
        "attention dtype=f64 B=1 H=1 T=2 S=2 D=2 E=2",
        "softmax_cross_entropy dtype=f32 N=2 C=3",
        "layernorm dtype=f64 N=0 D=3",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct answer answer =
            sh("F=$(mktemp --suffix=.c) && $V reproduce '%s' --kernel naive --force >$F && "
               "for CC in gcc clang; do if command -v $CC >/dev/null; then "
               "$CC -std=c11 -O2 -Wall -Wextra -pedantic -Werror -c $F -o /dev/null || exit 9; fi; "
               "done; rm $F",
               lines[i]);
        expect_code(&answer, 0);
        cr_expect_str_eq(answer.err, "", "%s: %s", lines[i], answer.err);
        forget(&answer);
    }
}

Test(reproduce, the_same_case_gives_the_same_bytes)
{
    struct answer one = sh("$V reproduce " SMALL " --kernel $B/faulty/unwritten_element.so");
    struct answer two =
        sh("$V reproduce " SMALL " --kernel $B/faulty/unwritten_element.so --out -");
    expect_code(&one, 0);
    cr_expect_str_eq(one.err, "");
    forget(&two);
    two = sh("$V reproduce " SMALL " --kernel $B/faulty/unwritten_element.so");
    cr_expect_str_eq(one.out, two.out);
    expect_in(one.out, " * unwritten: ");
    forget(&one);
    forget(&two);
}

Test(reproduce, a_kernel_that_does_not_fail_has_no_fault_to_show)
{
    char folder[64];
    make_folder(folder);
    expect_failure(2,
                   "naive:linear: exact: there is no fault to show; --repeat N asks more often in ",
                   "cd %s && $V reproduce " SMALL " --kernel naive --out fault.c", folder);
    struct answer answer = sh("cd %s && test ! -e fault.c && "
                              "$V reproduce " SMALL " --kernel naive --force --out fault.c && " CC
                              " fault.c $B/plugins/naive.so -o fault && ./fault",
                              folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "fault.c: exact; to see it:\n  cc fault.c ");
    expect_in(answer.out, "\nno fault\n");
    forget(&answer);
    /* A library without a kernel for the layer is not asked. */
    answer =
        sh("cd %s && $V reproduce 'relu dtype=f32 rank=1 N=2' --kernel naive --force --out r.c "
           "&& " CC " r.c $B/faulty/unwritten_element.so -o r && ./r",
           folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "the library has no kernel for relu");
    forget(&answer);
    remove_folder(folder);
}

Test(reproduce, what_cannot_be_written_is_refused)
{
    expect_failure(2, "--kernel is missing: expected --kernel TARGET", "$V reproduce " SMALL);
    expect_failure(2, "--out fault: expected the name of a C file, as fault.c",
                   "$V reproduce " SMALL " --kernel naive --out fault");
    expect_failure(2, "--out a/.c: expected the name of a C file",
                   "$V reproduce " SMALL " --kernel naive --out a/.c");
    expect_failure(2, "MiB, and may have 16: ",
                   "$V reproduce 'linear dtype=f32 N=1 D=1000 M=1000' --kernel naive");
    expect_failure(2, "no selected kernel serves linear with dtype=f32",
                   "$V reproduce " SMALL " --kernel naive:relu");
    expect_failure(3, "cannot be written",
                   "$V reproduce " SMALL " --kernel naive --force --out /nowhere/fault.c");
}
