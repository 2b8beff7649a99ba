/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What gets a clear error: nothing runs, nothing is lost. */
#include "tests/e2e/shell.h"
#include "tests/impls/host/plant.h"

Test(errors, case_lines_name_the_column_and_what_was_expected)
{
    expect_failure(2, "column 8: ", "$V run 'linear type=f32 N=1 D=1 M=1'");
    expect_failure(2, "liner", "$V run 'liner dtype=f32 N=1 D=1 M=1'");
    expect_failure(2, "column 8: dtype=f33: expected", "$V run 'linear dtype=f33 N=1 D=1 M=1'");
    expect_failure(2, "N", "$V run 'linear dtype=f32 N=-1 D=1 M=1'");
    expect_failure(2, "N", "$V run 'linear dtype=f32 N=99999999999999999999 D=1 M=1'");
    expect_failure(2, "N", "$V run 'linear dtype=f32 N=8589934592 D=1 M=1'");
    expect_failure(2, "M", "$V run 'linear dtype=f32 N=1 D=1'");
    expect_failure(2, "x has 2 elements, the list has 3",
                   "$V run 'linear dtype=f32 N=1 D=2 M=1 x=[1,2,3]'");
    expect_failure(2, "Jacobian",
                   "$V run 'linear dtype=f32 N=512 D=512 M=512' --kernel naive --oracle explicit");
    expect_failure(2, "column ", "$V jacobian 'linear dtype=f64 N=1 D=1 M=1 x=[1'");
}

Test(errors, one_bad_line_of_a_file_and_nothing_runs)
{
    char folder[64];
    make_folder(folder);
    struct answer answer = sh("cd %s && printf 'linear dtype=f32 N=1 D=1 M=1\\n"
                              "linear dtype=f32 N=1 D=1 M=1 q=2\\n' >c.cases && "
                              "$V check naive --cases c.cases --json j; code=$?; ls; exit $code",
                              folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "c.cases:2: column ");
    cr_expect_str_eq(answer.out, "c.cases\n"); /* no j, no j.partial */
    forget(&answer);
    answer =
        sh("cd %s && printf 'linear dtype=f32 N=1 D=1 M=1\\n"
           "linear dtype=f32 N=4000 D=2000 M=1\\n' >c.cases && "
           "$V check naive --cases c.cases --oracle explicit --json j; code=$?; ls; exit $code",
           folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "N=4000 D=2000 M=1");
    cr_expect_str_eq(answer.out, "c.cases\n");
    forget(&answer);
    expect_failure(2, "nowhere.cases", "$V check naive --cases nowhere.cases");
    remove_folder(folder);
}

/* printf: a header of 118 bytes, so that the elements begin at byte 128. */
#define NPY(descr, fortran, shape, data)                                                           \
    "{ printf '\\223NUMPY\\1\\0v\\0'; printf '%%-117s\\n' \"{'descr': '" descr                     \
    "', 'fortran_order': " fortran ", 'shape': " shape ", }\"; printf '" data "'; } >x.npy"
#define ONE "\\0\\0\\200\\077" /* 1.0f */

Test(errors, npy_files_must_be_what_the_case_says)
{
    char folder[64];
    make_folder(folder);
#define expect_npy(expected, part, make)                                                           \
    do {                                                                                           \
        struct answer npy =                                                                        \
            sh("cd %s && " make " && $V run 'linear dtype=f32 N=1 D=2 M=1 x=@x.npy w=[3,5] "       \
               "dy=[1]' --kernel naive",                                                           \
               folder);                                                                            \
        expect_code(&npy, expected);                                                               \
        expect_in(expected ? npy.err : npy.out, part);                                             \
        forget(&npy);                                                                              \
    } while (0)
    expect_npy(0, "[ 1 1 ]", NPY("<f4", "False", "(1, 2)", ONE ONE));
    expect_npy(2, "x.npy", NPY("<f4", "False", "(1, 2)", ONE));
    expect_npy(2, "x.npy", NPY("<f4", "True", "(1, 2)", ONE ONE));
    expect_npy(2, "x.npy", NPY("<f8", "False", "(1, 2)", ONE ONE ONE ONE));
    expect_npy(2, "x.npy", NPY("<f4", "False", "(2, 1)", ONE ONE));
    expect_npy(2, "x.npy", "printf NUMPY >x.npy");
    expect_npy(2, "x.npy", "rm -f x.npy");
    remove_folder(folder);
}

/* Builds a library of one file of C in the folder. */
static void build(const char *folder, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s.c", folder, name);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
    struct answer answer =
        sh("cd %s && cc -shared -fPIC -I \"$S/impls/abi\" %s.c -o %s.so", folder, name, name);
    expect_code(&answer, 0);
    forget(&answer);
}

#define DESCRIPTOR(size, major)                                                                    \
    "#include \"vjp_plugin.h\"\n"                                                                  \
    "static const struct vjp_abi_kernel *const none[] = {0};\n"                                    \
    "const struct vjp_abi_plugin vjp_abi_descriptor = {" size ", " major                           \
    ", 0, 0, \"p\", 0, none};\n"

Test(errors, plugins_that_are_none)
{
    char folder[64];
    make_folder(folder);
    build(folder, "bare", "int nothing;\n");
    build(folder, "major", DESCRIPTOR("sizeof(struct vjp_abi_plugin)", "VJP_ABI_MAJOR + 1"));
    build(folder, "small", DESCRIPTOR("8", "VJP_ABI_MAJOR"));
    build(folder, "dies",
          "__attribute__((constructor)) static void die(void)\n"
          "{ *(volatile int *)16 = 1; }\n");
    expect_failure(2, "no plug-in \"nobody\" in ", "$V check nobody");
    expect_failure(2, "naive", "$V check nobody"); /* what there is */
    expect_failure(2, "nowhere.so", "$V check ./nowhere.so");
    expect_failure(2, "nowhere.so", "$V run 'linear dtype=f32 N=1 D=1 M=1' --kernel nowhere.so");
    expect_failure(2, "naive has no kernel \"nobody\"; it has: abs, add, ",
                   "$V check naive:nobody");
    expect_failure(2, "target \":x\": expected", "$V check :x");
    expect_failure(2, "text.so", "cd %s && echo hello >text.so && $V check ./text.so", folder);
    expect_failure(2, "vjp_abi_descriptor", "$V check %s/bare.so", folder);
    expect_failure(2, "abi_major is 2, expected 1", "$V check %s/major.so", folder);
    expect_failure(2, "struct_size", "$V check %s/small.so", folder);
    expect_failure(2, "dies.so", "$V check %s/dies.so", folder);
    /* The others are tested all the same. */
    struct answer answer =
        sh("$V check %s/bare.so naive:linear %s/dies.so --count 2 --dtype f32", folder, folder);
    expect_code(&answer, 2);
    expect_in(answer.out, "1 kernel, ");
    expect_in(answer.err, "/bare.so was not tested: is no plug-in: ");
    expect_in(answer.err, "/dies.so was not tested: loading it ends the process with SIGSEGV");
    forget(&answer);
    expect_failure(2, "has no plug-ins", "VJPCHECK_PLUGIN_PATH=/etc $V check");
    expect_failure(2, "/nowhere", "VJPCHECK_PLUGIN_PATH=/nowhere $V check");
    remove_folder(folder);
}

Test(errors, nothing_to_test_is_an_error)
{
    char folder[64];
    make_folder(folder);
    expect_failure(2, "nothing to test", "$V check blocked --dtype bf16");
    expect_failure(2, "/dev/null holds no case", "$V check naive --cases /dev/null");
    /* Not empty: its cases are of no use to the kernel. */
    expect_failure(2, "nothing to test: no selected kernel serves any of the ",
                   "cd %s && echo 'linear dtype=f16 N=1 D=1 M=1' >h && $V check blocked --cases h",
                   folder);
    expect_failure(
        2, "no selected kernel serves linear with dtype=f16",
        "$V run 'linear dtype=f16 N=1 D=1 M=1' --kernel blocked 2>&1 >/dev/null | cat >&2;"
        " exit 2");
    struct answer answer =
        sh("cd %s && echo 'linear dtype=f32 N=1 D=1 M=1 dy=[0]' >c && $V check naive --cases c",
           folder);
    expect_code(&answer, 2);
    expect_in(answer.out, "1 check: 0 failed, 1 vacuous");
    expect_in(answer.err, "naive was not tested");
    forget(&answer);
    answer = sh("$V run 'linear dtype=f32 N=1 D=1 M=1 dy=[0]' --kernel naive");
    expect_code(&answer, 2);
    expect_in(answer.err, "nothing was tested");
    forget(&answer);
    remove_folder(folder);
}

/* Two kernels: convx of a layer that nobody knows, and lin, which declines everything. */
static const char strangers[] =
    "#include \"vjp_plugin.h\"\n"
    "static int32_t no(const struct vjp_abi_call *call, const char **reason)\n"
    "{ (void)call; (void)reason; return 0; }\n"
    "static int32_t run(const struct vjp_abi_call *call) { (void)call; return 1; }\n"
    "static const struct vjp_abi_model f32 = {sizeof f32, 0, {kDLFloat, 32, 1}, {kDLFloat, 32, "
    "1}};\n"
    "static const struct vjp_abi_model *const models[] = {&f32};\n"
    "static const struct vjp_abi_kernel convx = {\n"
    "    sizeof convx, 0, \"convx\", \"conv9\", 0, 0, 1, models, no, run};\n"
    "static const struct vjp_abi_kernel lin = {\n"
    "    sizeof lin, 0, \"lin\", \"linear\", 0, 0, 1, models, no, run};\n"
    "static const struct vjp_abi_kernel *const kernels[] = {&convx, &lin};\n"
    "const struct vjp_abi_plugin vjp_abi_descriptor = {sizeof vjp_abi_descriptor, VJP_ABI_MAJOR,\n"
    "    0, 2, \"f\", 0, kernels};\n";

Test(errors, a_layer_that_is_not_known_is_named)
{
#define CONVX "kernel convx of ./f.so serves layer \"conv9\", which is not known; known: abs, add, "
    char folder[64];
    make_folder(folder);
    build(folder, "f", strangers);
    expect_failure(2, "vjpcheck: " CONVX, "cd %s && $V check f.so:convx", folder);
    /* Beside a kernel that is tested, and without any that is. */
    struct answer answer = sh("cd %s && echo 'linear dtype=f32 N=2 D=2 M=2' >one.cases && "
                              "$V check naive f.so:convx --cases one.cases",
                              folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "vjpcheck: f.so:convx was not tested: " CONVX);
    expect_not_in(answer.err, "naive");
    forget(&answer);
    /* Beside kernels that are: the exit code is theirs, and it is said. */
    answer = sh("cd %s && cp $B/plugins/naive.so . && VJPCHECK_PLUGIN_PATH=. $V check "
                "--cases one.cases",
                folder);
    expect_code(&answer, 0);
    expect_in(answer.err, "vjpcheck: not checked: kernel convx of f serves layer");
    forget(&answer);
    answer = sh("cd %s && $V check f.so --count 0", folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "vjpcheck: f.so was not tested: " CONVX);
    forget(&answer);
    /* Another kernel's layer is no reason. */
    answer = sh("cd %s && $V check f.so:lin f.so:convx --count 0", folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "f.so:lin was not tested: no case gave a conclusive verdict\n");
    expect_in(answer.err, "f.so:convx was not tested: " CONVX);
    expect_in(answer.out, "f.so:lin f32: ");
    expect_in(answer.out, " unsupported: ");
    forget(&answer);
    remove_folder(folder);
}

/* The backward pass of log(x w + b): dz = dy / z, then that of linear. */
static const char linear_log[] =
    "static void act(void)\n"
    "{\n"
    "    const DLTensor *x = IN(\"1.x\"), *w = IN(\"1.w\"), *b = IN(\"1.b\"), *dy = IN(\"dy\");\n"
    "    const int64_t N = x->shape[0], D = x->shape[1], M = w->shape[1];\n"
    "    double *dz = calloc(N * M + 1, sizeof *dz);\n"
    "    for (int64_t n = 0; n < N; n++)\n"
    "        for (int64_t m = 0; m < M; m++) {\n"
    "            double z = b ? get(b, m, 0) : 0;\n"
    "            for (int64_t d = 0; d < D; d++)\n"
    "                z += get(x, n, d) * get(w, d, m);\n"
    "            dz[n * M + m] = get(dy, n, m) / z;\n"
    "        }\n"
    "    for (int64_t n = 0; n < N; n++)\n"
    "        for (int64_t d = 0; d < D; d++) {\n"
    "            double sum = 0;\n"
    "            for (int64_t m = 0; m < M; m++)\n"
    "                sum += dz[n * M + m] * get(w, d, m);\n"
    "            put(OUT(\"1.dx\"), n, d, sum);\n"
    "        }\n"
    "    for (int64_t d = 0; d < D; d++)\n"
    "        for (int64_t m = 0; m < M; m++) {\n"
    "            double sum = 0;\n"
    "            for (int64_t n = 0; n < N; n++)\n"
    "                sum += get(x, n, d) * dz[n * M + m];\n"
    "            put(OUT(\"1.dw\"), d, m, sum);\n"
    "        }\n"
    "    for (int64_t m = 0; OUT(\"1.db\") && m < M; m++) {\n"
    "        double sum = 0;\n"
    "        for (int64_t n = 0; n < N; n++)\n"
    "            sum += dz[n * M + m];\n"
    "        put(OUT(\"1.db\"), m, 0, sum);\n"
    "    }\n"
    "    free(dz);\n"
    "}\n";

/* Every command that derives something of the case, and none that runs it. */
Test(errors, a_stage_outside_of_its_domain_is_named)
{
    static const char begin[] =
        "C='linear | log dtype=f64 1.N=1 1.D=1 1.M=2 1.x=[2] 1.w=[1,-3] dy=[1,1]'; ";
    static const char said[] =
        "2.x[0,1]=-6, the output of stage 1 (linear): expected a finite number greater than 0";
    char folder[64];
    struct plant plant;
    make_folder(folder);
    plant_kernel(&plant, linear_log, "-DLAYER='\"linear | log\"'");
    expect_failure(2, said, "%s $V jacobian \"$C\"", begin);
    expect_failure(2, said, "%s $V run \"$C\" --kernel %s", begin, plant.path);
    expect_failure(2, said,
                   "%s cd %s && echo \"$C\" >c && $V export --cases c --format npz --out o", begin,
                   folder);
    expect_failure(2, said, "%s cd %s && $V check --cases c --json j %s", begin, folder,
                   plant.path);
    struct answer answer = sh("ls %s", folder);
    cr_expect_str_eq(answer.out, "c\n", "nothing was run");
    forget(&answer);
    remove_folder(folder);
    plant_remove(&plant);
}

/* The 100 x 200 x 209 operations of linear are less than 2^22, and more with the 100 x 209 of log; nor may
 * what is between two stages be long, though every operand is empty. Known before anything is derived. */
Test(errors, a_pipeline_that_is_too_large_is_refused_by_every_command)
{
    static const char begin[] = "C='linear | log dtype=f64 1.N=100 1.D=200 1.M=209'; ";
    static const char said[] = "the case is too large for the explicit Jacobian: its formula has "
                               "more than 4194304 scalar operations or elements\n";
    char folder[64];
    struct plant plant;
    make_folder(folder);
    plant_kernel(&plant, linear_log, "-DLAYER='\"linear | log\"'");
    expect_failure(2, said, "%s $V jacobian \"$C\"", begin);
    expect_failure(2, said, "%s $V run \"$C\" --kernel %s", begin, plant.path);
    expect_failure(2, said, "%s cd %s && echo \"$C\" >c && $V check --cases c %s", begin, folder,
                   plant.path);
    expect_failure(2, said, "cd %s && $V export --cases c --format npz --out o", folder);
    expect_failure(
        2, said,
        "cd %s && " NPY("<f4", "False", "(4194305, 0)", "") " && mv x.npy l.npy && " NPY(
            "<f4", "False", "(1, 0)",
            "") " && mv x.npy v.npy && " NPY("<f4", "False", "(0, 1)",
                                             "") " && $V oracle 'linear | linear' 1.x=l.npy "
                                                 "1.w=x.npy 2.w=v.npy dy=l.npy --out o",
        folder);
    struct answer answer = sh("ls %s", folder);
    cr_expect_str_eq(answer.out, "c\nl.npy\nv.npy\nx.npy\n", "nothing was run");
    forget(&answer);
    remove_folder(folder);
    plant_remove(&plant);
}

/* By files that are not there, or do not hold what their header says: nobody looks into them. */
Test(errors, a_case_is_found_too_large_before_its_values_are_made)
{
    static const char begin[] = "C='relu dtype=f32 N=100000000 M=1 x=@nowhere.npy'; ";
    static const char said[] = "the case is too large for the explicit Jacobian: ";
    char folder[64];
    make_folder(folder);
    expect_failure(2, said, "%s $V jacobian \"$C\"", begin);
    expect_failure(2, said, "%s $V run \"$C\" --kernel naive", begin);
    expect_failure(2, said, "%s cd %s && echo \"$C\" >c && $V check naive --cases c", begin,
                   folder);
    expect_failure(2, said, "cd %s && $V export --cases c --format npz --out o", folder);
    expect_failure(2, said,
                   "cd %s && " NPY("<f4", "False", "(100000000, 1)",
                                   "") " && $V oracle relu x=x.npy dy=x.npy --out o",
                   folder);
    remove_folder(folder);
}

/* Generated cases keep to the domain, and each gets its verdict, but for those whose outputs are sums of
 * nothing, which are 0: they are left out, and counted. */
Test(errors, a_pipeline_with_a_domain_inside_is_checked_like_others)
{
    static const char script[] =
        "import json, sys\n"
        "lines = [json.loads(l) for l in open(sys.argv[1])]\n"
        "header, checks, summary = lines[0], lines[1:-1], lines[-1]\n"
        "out = [c for c in checks if c[\"verdict\"] == \"left_out\"]\n"
        "def empty(c):\n"
        "    sizes = dict(w.split(\"=\") for w in c[\"case\"].split() if \"=\" in w)\n"
        "    return sizes[\"1.D\"] == \"0\" and sizes[\"1.N\"] != \"0\" != sizes[\"1.M\"] and "
        "sizes.get(\"1.bias\") != \"1\"\n"
        "assert 0 < len(out) < 10 and out == [c for c in checks if empty(c)]\n"
        "assert {c[\"dtype\"] for c in out} == {\"f32\", \"f64\"}\n"
        "said = \"2.x[0,0]=0, the output of stage 1 (linear): expected a finite number greater "
        "than 0\"\n"
        "assert all(c[\"reason\"] == said and c[\"gradients\"] == {} for c in out)\n"
        "assert len(checks) == header[\"checks\"] == summary[\"checks\"] == 120\n"
        "assert summary[\"left_out\"] == len(out) and summary[\"not_run\"] == 0\n"
        "assert sum(summary[\"verdicts\"].values()) == 120 - len(out)\n"
        "print(len(out))\n";
    char folder[64];
    struct plant plant;
    plant_kernel(&plant, linear_log, "-DLAYER='\"linear | log\"'");
    struct answer answer =
        sh("cd %s && $V check %s --count 60 --json j --junit u && python3 -I -S -c '%s' j >&2 && "
           "xmllint --xpath 'count(//skipped[starts-with(@message, \"left_out: 2.x\")])' u >&2",
           make_folder(folder), plant.path, script);
    int out[2] = {0, -1};
    expect_code(&answer, 0);
    cr_expect_eq(sscanf(answer.err, "%d %d", &out[0], &out[1]), 2, "%s", answer.err);
    cr_expect_eq(out[0], out[1], "%s", answer.err);
    char total[64];
    snprintf(total, sizeof total, " unsupported, %d left out; ", out[0]);
    expect_in(answer.out, "1 kernel, 120 checks: 0 failed");
    expect_in(answer.out, total);
    expect_in(answer.out,
              " left out, for what a stage gives the next, the first for 2.x[0,0]=0, the "
              "output of stage 1 (linear): expected a finite number greater than 0\n");
    forget(&answer);
    remove_folder(folder);
    answer = sh("$V list %s", plant.path);
    expect_in(answer.out, ":plant: linear | log, a plant\n");
    expect_not_in(answer.out, "cannot be asked");
    forget(&answer);
    plant_remove(&plant);
}

/* It counts as left out, and who names its kernel is told that nothing was tested; a kernel beside it is
 * checked. */
Test(errors, a_pipeline_that_no_sizes_fit_keeps_no_other_from_being_checked)
{
    static const char said[] = "left out, for what a stage gives the next, the first for 3 of 3 "
                               "generated cases: no sizes were found that fit together; of the "
                               "last ones, stage 2 (rope): ";
    char folder[64];
    struct plant plant;
    plant_kernel(&plant, "static void act(void) {}\n", "-DLAYER='\"mse | rope\"'");
    struct answer answer = sh("cd %s && $V check %s naive:relu --count 3 --json j; code=$?; "
                              "grep -c '\"verdict\": *\"left_out\"' j >&2; exit $code",
                              make_folder(folder), plant.path);
    expect_code(&answer, 2);
    expect_in(answer.out, said);
    expect_in(answer.out, ": 0 failed, ");
    expect_in(answer.out, "naive:relu");
    expect_in(answer.err, " was not tested: no case gave a conclusive verdict\n");
    expect_not_in(answer.err, "naive:relu was not tested");
    expect_in(answer.err, "\n2\n");
    forget(&answer);
    remove_folder(folder);
    expect_failure(2, "no sizes were found that fit together; of the last ones, stage 2 (rope): ",
                   "$V export 'mse | rope' --count 2 --format npz --out /nowhere/o");
    plant_remove(&plant);
}
