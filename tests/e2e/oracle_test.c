/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

/* Python writes and reads the files, with struct alone: .npy is 10 bytes, a header, the elements. */
#define PYTHON                                                                                     \
    "import struct, sys\n"                                                                         \
    "def save(name, t, shape, values):\n"                                                          \
    "    n = 1\n"                                                                                  \
    "    for d in shape: n *= d\n"                                                                 \
    "    assert n == len(values)\n"                                                                \
    "    h = repr({'descr': '<' + t, 'fortran_order': False, 'shape': shape}).ljust(117) + "       \
    "'\\n'\n"                                                                                      \
    "    code = {'f4': 'f', 'f8': 'd', 'i8': 'q'}[t]\n"                                            \
    "    open(name, 'wb').write(b'\\x93NUMPY\\x01\\x00' + struct.pack('<H', len(h)) + "            \
    "h.encode() + struct.pack('<%d%s' % (n, code), *values))\n"                                    \
    "def load(name):\n"                                                                            \
    "    b = open(name, 'rb').read()\n"                                                            \
    "    n = 10 + struct.unpack('<H', b[8:10])[0]\n"                                               \
    "    h = eval(b[10:n])\n"                                                                      \
    "    code, size = {'<f4': ('f', 4), '<f8': ('d', 8)}[h['descr']]\n"                            \
    "    return h['shape'], list(struct.unpack('<%d%s' % ((len(b) - n) // size, code), b[n:]))\n"

static char folder[64];

/* Runs a script in the test's folder. */
static void python(const char *script)
{
    char path[128];
    char command[256];
    snprintf(path, sizeof path, "%s/script.py", folder);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(PYTHON, file);
    fputs(script, file);
    fclose(file);
    snprintf(command, sizeof command, "cd %s && python3 -I -S script.py", folder);
    cr_expect_eq(system(command), 0, "%s", script);
}

static void enter(void)
{
    make_folder(folder);
    python("save('x.npy', 'f4', (1, 2), [2, 3])\n"
           "save('w.npy', 'f4', (2, 3), [1, -2, 3, 4, 5, 6])\n"
           "save('negative.npy', 'f4', (2, 3), [1, -2, 3, -2, 5, 6])\n"
           "save('w45.npy', 'f4', (4, 5), [0] * 20)\n"
           "save('dy.npy', 'f4', (1, 3), [1, 1, 1])\n"
           "save('x64.npy', 'f8', (1, 2), [0.1, 3])\n"
           "save('kink.npy', 'f4', (1, 3), [0, 1, 0])\n"
           "save('scalar.npy', 'f4', (), [1])\n");
}

static void leave(void)
{
    remove_folder(folder);
}

TestSuite(oracle, .init = enter, .fini = leave);

/* As in tests/reports/cli/vectors_test.c: small integers, by hand. */
Test(oracle, gradients_are_written_with_what_was_asked_for)
{
    struct answer answer = sh("cd %s && $V oracle linear x=x.npy w=w.npy dy=dy.npy --out truth "
                              "--with y,scale,bound,enclosure",
                              folder);
    expect_code(&answer, 0);
    cr_expect_str_eq(answer.err, "");
    expect_in(answer.out, "linear dtype=f32 N=1 D=2 M=3 x=@x.npy w=@w.npy dy=@dy.npy\n");
    expect_in(answer.out, "truth/dx.npy: f32 1x2\n");
    expect_in(answer.out, "truth/dw.bound.npy: f64 2x3\n");
    forget(&answer);
    python("assert load('truth/y.npy') == ((1, 3), [14, 11, 24])\n"
           "assert load('truth/dx.npy') == ((1, 2), [2, 15])\n"
           "assert load('truth/dx.scale.npy') == ((1, 2), [6, 15])\n"
           "assert load('truth/dx.bound.npy') == ((1, 2), [0, 0])\n"
           "assert load('truth/dx.low.npy') == ((1, 2), [2, 15])\n"
           "assert load('truth/dx.high.npy') == ((1, 2), [2, 15])\n"
           "assert load('truth/dw.npy') == ((2, 3), [2, 2, 2, 3, 3, 3])\n"
           "import os\n"
           "assert len(os.listdir('truth')) == 11, os.listdir('truth')\n");
}

Test(oracle, attributes_and_pipelines)
{
    struct answer answer = sh("cd %s && $V oracle --attr rank=2 square --attr=rank=2 x=x.npy "
                              "dy=x.npy --out truth",
                              folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "rank was given twice");
    forget(&answer);
    answer = sh("cd %s && $V oracle --attr 1.bias=0 'linear | square' 1.x=x.npy 1.w=w.npy "
                "dy=dy.npy --out truth",
                folder);
    expect_code(&answer, 0);
    forget(&answer);
    /* 2 y dy = 28 22 48; times w^T: 28 - 44 + 144 and 112 + 110 + 288. */
    python("assert load('truth/1.dx.npy') == ((1, 2), [128, 510])\n");
}

Test(oracle, operands_are_rounded_to_a_dtype_that_was_asked_for)
{
    struct answer answer =
        sh("cd %s && $V oracle square x=x64.npy dy=x.npy --dtype f32 --out truth", folder);
    expect_code(&answer, 0);
    cr_expect_str_eq(answer.err, "vjpcheck: x: 1 of 2 values were rounded to f32: the gradients "
                                 "are those of the rounded ones\n");
    cr_expect_str_eq(answer.out, "truth/dx.npy: f32 1x2\n");
    forget(&answer);
    python("x = struct.unpack('<f', struct.pack('<f', 0.1))[0]\n"
           "assert load('truth/dx.npy') == ((1, 2), [4 * x, 18])\n");
}

Test(oracle, a_set_is_refused_until_somebody_chooses)
{
    char command[256];
    snprintf(command, sizeof command, "cd %s && $V oracle relu x=kink.npy dy=dy.npy --out truth",
             folder);
    expect_failure(2,
                   "dx[0,0] is a set: an operand stands on a kink, or two are equal maxima. "
                   "Choose by --kink lower|upper|middle at the former, by --tie ",
                   "%s", command);
    expect_failure(
        2,
        "dx[0,0] is a set: an operand stands on a kink, where --tie says nothing. Choose "
        "by --kink lower|upper|middle, or ask",
        "%s --tie first", command);
    struct answer answer = sh("%s --kink middle", command);
    expect_code(&answer, 0);
    forget(&answer);
    python("assert load('truth/dx.npy') == ((1, 3), [0.5, 1, 0.5])\n");
    answer = sh("%s --with enclosure", command);
    expect_code(&answer, 0);
    expect_in(answer.err, "at kinks, 2 elements are sets: NaN in their file");
    forget(&answer);
    python("v = load('truth/dx.npy')[1]\n"
           "assert v[0] != v[0] and v[1] == 1 and v[2] != v[2]\n"
           "assert load('truth/dx.low.npy')[1] == [0, 1, 0]\n"
           "assert load('truth/dx.high.npy')[1] == [1, 1, 1]\n");
}

Test(oracle, equal_maxima_are_shared_as_asked)
{
    struct answer answer;
    python("save('p.npy', 'f4', (1, 1, 2, 2), [5, 1, 5, 0])\n"
           "save('d.npy', 'f4', (1, 1, 1, 1), [8])\n");
    expect_failure(2,
                   "dx[0,0,0,0] is a set: operands are equal maxima, where --kink says nothing. "
                   "Choose by --tie first|last|split, or ask",
                   "cd %s && $V oracle maxpool2d x=p.npy dy=d.npy --out truth --kink lower",
                   folder);
    answer = sh("cd %s && $V oracle maxpool2d x=p.npy dy=d.npy --out truth --tie last", folder);
    expect_code(&answer, 0);
    forget(&answer);
    python("assert load('truth/dx.npy')[1] == [0, 0, 8, 0]\n");
    answer = sh("cd %s && $V oracle maxpool2d x=p.npy dy=d.npy --out truth --tie split", folder);
    expect_code(&answer, 0);
    forget(&answer);
    python("assert load('truth/dx.npy')[1] == [4, 0, 4, 0]\n");
}

/* log(exp x) dy = (1 + 2^-23) 1.5, half way between two numbers: x is known through an enclosure that
 * holds both sides of it at every precision. Either number would be a guess. */
Test(oracle, an_element_whose_rounding_is_not_known_is_none)
{
    static const char command[] = "cd %s && $V oracle 'exp | log | linear' 1.x=mx.npy 3.w=mw.npy "
                                  "dy=my.npy --out truth%s";
    python("save('mx.npy', 'f4', (1, 1), [1 + 2.0 ** -23])\n"
           "save('mw.npy', 'f4', (1, 1), [1])\n"
           "save('my.npy', 'f4', (1, 1), [1.5])\n");
    expect_failure(2, "3.dw[0,0] could not be resolved: --with", command, folder, "");
    /* A bound can be told, and answers judged; the number is not known all the same. */
    expect_failure(2, "3.dw[0,0] could not be resolved", command, folder, " --with bound");
    struct answer answer = sh(command, folder, " --with bound,enclosure");
    expect_code(&answer, 0);
    forget(&answer);
    python("assert load('truth/3.dw.npy')[1][0] != load('truth/3.dw.npy')[1][0]\n"
           "low, high = load('truth/3.dw.low.npy')[1][0], load('truth/3.dw.high.npy')[1][0]\n"
           "assert low <= 1.5 * (1 + 2.0 ** -23) <= high and high - low < 2.0 ** -50\n");
}

Test(oracle, mistakes_are_exit_2_and_leave_nothing)
{
    char begin[128];
    snprintf(begin, sizeof begin, "cd %s && $V oracle", folder);
    expect_failure(2, "x is 1x2, w is 4x5: D cannot be both 2 and 4",
                   "%s linear x=x.npy w=w45.npy dy=dy.npy --out truth", begin);
    expect_failure(2, "x is scalar: expected 1 to 4 dimensions",
                   "%s relu x=scalar.npy dy=dy.npy --out truth", begin);
    expect_failure(2, "w is missing: expected w=FILE.npy, of shape 2x3",
                   "%s linear x=x.npy dy=dy.npy --out truth", begin);
    expect_failure(2, "x is f64, w is f32: expected one dtype",
                   "%s linear x=x64.npy w=w.npy dy=dy.npy --out truth", begin);
    expect_failure(2, "--out is missing", "%s linear x=x.npy w=w.npy dy=dy.npy", begin);
    expect_failure(2, "--out '': expected the name of a folder",
                   "%s linear x=x.npy w=w.npy dy=dy.npy --out ''", begin);
    expect_failure(2, "--with all: expected some of", "%s linear --out truth --with y,all", begin);
    expect_failure(2, "--with : expected some of", "%s linear --out truth --with y,", begin);
    expect_failure(2, "--kink both: expected lower, upper or middle",
                   "%s relu --out truth --kink both", begin);
    expect_failure(2, "--tie none: expected first, last or split", "%s relu --out truth --tie none",
                   begin);
    expect_failure(2, "--sums-in f99: expected bf16", "%s relu --out truth --sums-in f99", begin);
    expect_failure(2, "is missing", "%s", begin);
    /* As every output that cannot be written. */
    expect_failure(3, "no/where: no folder can be made",
                   "%s linear x=x.npy w=w.npy dy=dy.npy --out no/where", begin);
    expect_failure(3, "/proc/x: no folder can be made",
                   "%s linear x=x.npy w=w.npy dy=dy.npy --out /proc/x", begin);
    expect_failure(3, "x.npy: not a folder", "%s linear x=x.npy w=w.npy dy=dy.npy --out x.npy",
                   begin);
    expect_failure(
        2, "2.x[0,0]=-4, the output of stage 1 (linear): expected a finite number greater than 0",
        "%s 'linear | log' 1.x=x.npy 1.w=negative.npy dy=dy.npy --out truth", begin);
    /* Known only when the gradients are. */
    expect_failure(2, "dx[0,0] is a set", "%s relu x=kink.npy dy=dy.npy --out truth", begin);
    struct answer answer = sh("ls %s/truth", folder);
    cr_expect_neq(answer.code, 0);
    forget(&answer);
}

/* For a sum of products, and where the bound comes of a recorded program; with a bound or without. */
Test(oracle, sums_in_is_no_narrower_than_the_operands)
{
    expect_failure(
        2,
        "--sums-in bf16: f32 would be accumulated in bf16, which is narrower; expected f32 "
        "or f64",
        "cd %s && $V oracle softmax x=x.npy dy=x.npy --out truth --with bound --sums-in "
        "bf16",
        folder);
    expect_failure(2, "--sums-in f16: f32 would be accumulated in f16",
                   "cd %s && $V oracle linear x=x.npy w=w.npy dy=dy.npy --out truth --sums-in f16",
                   folder);
    expect_failure(
        2, "--sums-in bf16: f16 would be accumulated in bf16",
        "cd %s && $V oracle square x=x.npy dy=x.npy --out truth --dtype f16 --sums-in bf16",
        folder);
    struct answer answer = sh("ls %s/truth", folder);
    cr_expect_neq(answer.code, 0);
    forget(&answer);
}

/* A bound of other operands would be taken for that of the new gradient. */
Test(oracle, what_an_earlier_run_left_of_a_gradient_is_written_anew_or_refused)
{
#define SQUARE "cd %s && $V oracle square x=%s dy=x.npy --dtype f32 --out truth "
    struct answer answer = sh(SQUARE "--with bound,enclosure", folder, "x.npy");
    expect_code(&answer, 0);
    forget(&answer);
    python("import shutil\nshutil.copytree('truth', 'before')\n");
    expect_failure(2,
                   "truth/dx.bound.npy: is of an earlier run, and would not be that of the new "
                   "dx.npy; expected --with bound, another folder, or remove it",
                   SQUARE, folder, "x64.npy");
    expect_failure(2, "truth/dx.low.npy: is of an earlier run", SQUARE "--with bound", folder,
                   "x64.npy");
    expect_failure(2, "expected --with enclosure", SQUARE "--with bound", folder, "x64.npy");
    answer = sh("cd %s && diff -r truth before", folder);
    expect_code(&answer, 0);
    forget(&answer);
    answer = sh(SQUARE "--with bound,enclosure,y", folder, "x64.npy");
    expect_code(&answer, 0);
    forget(&answer);
    python("assert load('truth/dx.low.npy')[1] != load('before/dx.low.npy')[1]\n");
    /* Of another gradient it may stay: here is no dw. */
    answer = sh("cd %s && rm truth/dx.* && cp before/dx.bound.npy truth/dw.bound.npy && "
                "$V oracle square x=x.npy dy=x.npy --out truth",
                folder);
    expect_code(&answer, 0);
    forget(&answer);
}

/* The first of all operands, before the cotangent; that nothing is said where all are numbers is seen above. */
Test(oracle, an_operand_that_is_no_number_is_told_where_a_gradient_is_not_known)
{
    python("inf, nan = float('inf'), float('nan')\n"
           "save('nan.npy', 'f4', (1, 3), [1, nan, inf])\n"
           "save('inf.npy', 'f4', (1, 3), [1, 2, -inf])\n"
           "save('both.npy', 'f4', (1, 2), [-inf, inf])\n"
           "save('ones.npy', 'f4', (2, 1), [1, 1])\n"
           "save('one.npy', 'f4', (1, 1), [1])\n");
    expect_failure(2, "dx[0,1] could not be resolved (x[0,1] is nan): --with enclosure gives",
                   "cd %s && $V oracle relu x=nan.npy dy=inf.npy --out truth", folder);
    expect_failure(2, " could not be resolved (1.x[0,0] is -inf): ",
                   "cd %s && $V oracle 'linear | relu' 1.x=both.npy 1.w=ones.npy dy=one.npy "
                   "--out truth",
                   folder);
    struct answer answer = sh("cd %s && $V oracle relu x=nan.npy dy=dy.npy --out truth "
                              "--with enclosure",
                              folder);
    expect_code(&answer, 0);
    expect_in(answer.err, " elements could not be resolved (x[0,1] is nan): NaN in their file");
    forget(&answer);
}

/* Three terms of about the same size: k u S with k = 3 against one rounding to f16. */
Test(oracle, sums_in_decides_the_bound)
{
    struct answer answer;
    python("save('x.npy', 'f4', (1, 2), [1, 1])\n"
           "save('w.npy', 'f4', (2, 3), [.1, .2, .3, .4, .5, .6])\n");
    answer = sh("cd %s && $V oracle linear x=x.npy w=w.npy dy=dy.npy --dtype f16 --with bound "
                "--out a && $V oracle linear x=x.npy w=w.npy dy=dy.npy --dtype f16 --with bound "
                "--out b --sums-in f32",
                folder);
    expect_code(&answer, 0);
    forget(&answer);
    python("assert load('a/dx.bound.npy')[1][0] > 1.5 * load('b/dx.bound.npy')[1][0] > 0\n");
}
