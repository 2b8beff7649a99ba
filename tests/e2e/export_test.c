/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

/* A program in another language that reads the vectors with its standard library, as somebody who
 * tests a kernel would: open_vectors(file) gives a dictionary from names to lists, and one of texts. */
#define PYTHON                                                                                     \
    "import glob, json, math, struct, zipfile\n"                                                   \
    "codes = {'F16': ('e', 2), 'F32': ('f', 4), 'F64': ('d', 8), 'I32': ('i', 4),\n"               \
    "         '<f2': ('e', 2), '<f4': ('f', 4), '<f8': ('d', 8), '<i4': ('i', 4)}\n"               \
    "def decode(name, b):\n"                                                                       \
    "    if name in ('BF16', '<V2'):\n"                                                            \
    "        h = struct.unpack('<%dH' % (len(b) // 2), b)\n"                                       \
    "        return [struct.unpack('<f', struct.pack('<I', v << 16))[0] for v in h]\n"             \
    "    code, size = codes[name]\n"                                                               \
    "    return list(struct.unpack('<%d%s' % (len(b) // size, code), b))\n"                        \
    "def open_npz(path):\n"                                                                        \
    "    z = zipfile.ZipFile(path)\n"                                                              \
    "    assert z.testzip() is None\n"                                                             \
    "    arrays, texts = {}, {}\n"                                                                 \
    "    for name in z.namelist():\n"                                                              \
    "        b = z.read(name)\n"                                                                   \
    "        if name.endswith('.txt'):\n"                                                          \
    "            texts[name[:-4]] = b.decode()\n"                                                  \
    "            continue\n"                                                                       \
    "        n = 10 + struct.unpack('<H', b[8:10])[0]\n"                                           \
    "        arrays[name[:-4]] = decode(eval(b[10:n])['descr'], b[n:])\n"                          \
    "    return arrays, texts\n"                                                                   \
    "def open_safetensors(path):\n"                                                                \
    "    b = open(path, 'rb').read()\n"                                                            \
    "    n = 8 + struct.unpack('<Q', b[:8])[0]\n"                                                  \
    "    header = json.loads(b[8:n])\n"                                                            \
    "    texts = header.pop('__metadata__')\n"                                                     \
    "    end, arrays = 0, {}\n"                                                                    \
    "    for name, t in sorted(header.items(), key=lambda i: i[1]['data_offsets']):\n"             \
    "        assert t['data_offsets'][0] == end\n"                                                 \
    "        first, end = t['data_offsets']\n"                                                     \
    "        arrays[name] = decode(t['dtype'], b[n + first:n + end])\n"                            \
    "        assert len(arrays[name]) == math.prod(t['shape'])\n"                                  \
    "    assert n + end == len(b)\n"                                                               \
    "    return arrays, texts\n"                                                                   \
    "def open_vectors(path):\n"                                                                    \
    "    return open_npz(path) if path.endswith('.npz') else open_safetensors(path)\n"             \
    "def right(g, low, high, bound):\n"                                                            \
    "    if math.isinf(bound): return True\n"                                                      \
    "    if math.isnan(low): return math.isnan(g)\n"                                               \
    "    if math.isinf(low): return g == low\n"                                                    \
    "    return low - bound <= g <= high + bound\n"                                                \
    "def judge(a, name, got):\n"                                                                   \
    "    assert len(got) == len(a[name])\n"                                                        \
    "    return all(map(right, got, a[name + '.low'], a[name + '.high'], a[name + '.bound']))\n"

static char folder[64];

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
}

static void leave(void)
{
    remove_folder(folder);
}

TestSuite(export, .init = enter, .fini = leave);

static void write_cases(const char *lines)
{
    char path[128];
    snprintf(path, sizeof path, "%s/my.cases", folder);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(lines, file);
    fclose(file);
}

static void export(const char *options)
{
    struct answer answer = sh("cd %s && $V export %s", folder, options);
    expect_code(&answer, 0);
    cr_expect_str_eq(answer.err, "");
    forget(&answer);
}

/* As in tests/reports/cli/vectors_test.c. */
Test(export, both_formats_hold_the_same)
{
    static const char *const formats[] = {"npz", "safetensors"};
    write_cases("linear dtype=f32 N=1 D=2 M=3 x=[2,3] w=[1,-2,3,4,5,6] dy=[1,1,1]\n"
                "relu dtype=bf16 N=1 M=2 x=[0,1] dy=[3,4]\n"
                "embedding dtype=f16 V=2 D=1 N=3 w=[1,2] t=[1,0,1] dy=[1,2,4] dw=[8,16] "
                "accumulate=1\n");
    for (int i = 0; i < 2; i++) {
        char options[128];
        snprintf(options, sizeof options, "--cases my.cases --out v%d --format %s", i, formats[i]);
        export(options);
    }
    python(
        "for v, ending in ('v0/', 'npz'), ('v1/', 'safetensors'):\n"
        "    a, t = open_vectors(v + 'linear-f32-0001.' + ending)\n"
        "    assert t['case'] == 'linear dtype=f32 N=1 D=2 M=3 x=[2,3] w=[1,-2,3,4,5,6] "
        "dy=[1,1,1]', t\n"
        "    assert t['vjpcheck'] and t['rule'] and t['model'] and t['formula'] and "
        "t['attributes']\n"
        "    assert a['x'] == [2, 3] and a['w'] == [1, -2, 3, 4, 5, 6] and a['dy'] == [1, 1, 1]\n"
        "    assert a['y'] == [14, 11, 24] and a['dx'] == [2, 15] and a['dx.scale'] == [6, 15]\n"
        "    assert a['dw'] == [2, 2, 2, 3, 3, 3]\n"
        "    assert judge(a, 'dx', [2, 15]) and not judge(a, 'dx', [2, 15.000001])\n"
        "    a, t = open_vectors(v + 'relu-bf16-0002.' + ending)\n"
        "    assert 'ml_dtypes' in t['bf16'] and a['x'] == [0, 1]\n"
        "    assert math.isnan(a['dx'][0]) and a['dx'][1] == 4\n"
        "    assert judge(a, 'dx', [0, 4]) and judge(a, 'dx', [3, 4])\n"
        "    assert not judge(a, 'dx', [-1, 4]) and not judge(a, 'dx', [4, 4])\n"
        "    a, t = open_vectors(v + 'embedding-f16-0003.' + ending)\n"
        "    assert a['t'] == [1, 0, 1] and a['dw.before'] == [8, 16] and a['dw'] == [10, 21]\n"
        "index = open('v1/index.tsv').read().splitlines()\n"
        "assert len(index) == 3 and index[2].split('\\t')[0] == 'embedding-f16-0003.safetensors'\n"
        "assert index[0].split('\\t')[1].startswith('linear dtype=f32 N=1 D=2 M=3 x=[2,3]')\n"
        "assert not glob.glob('v?/*.partial')\n");
}

/* The f64 softmax of anybody's Python against the rule: it is right everywhere, and one that forgets
 * the sum is not. */
Test(export, a_kernel_in_another_language_is_judged)
{
    export("softmax --dtype f64 --count 5 --seed 0x7 --format safetensors --out v");
    python("judged = refuted = 0\n"
           "for path in glob.glob('v/*.safetensors'):\n"
           "    a, t = open_vectors(path)\n"
           "    words = dict(w.split('=', 1) for w in t['case'].split()[1:])\n"
           "    n, c = int(words['N']), int(words['C'])\n"
           "    if n * c == 0 or 'accumulate' in words: continue\n"
           "    good, bad = [], []\n"
           "    for i in range(n):\n"
           "        x, dy = a['x'][i*c:i*c+c], a['dy'][i*c:i*c+c]\n"
           "        e = [math.exp(v - max(x)) for v in x]\n"
           "        y = [v / sum(e) for v in e]\n"
           "        s = sum(p * q for p, q in zip(y, dy))\n"
           "        good += [p * (q - s) for p, q in zip(y, dy)]\n"
           "        bad += [p * q for p, q in zip(y, dy)]\n"
           "    assert judge(a, 'dx', good), t['case']\n"
           "    judged += 1\n"
           "    refuted += not judge(a, 'dx', bad)\n"
           "assert judged >= 5 and refuted >= judged // 2, (judged, refuted)\n");
}

Test(export, a_pipeline_is_a_layer)
{
    export("'linear | relu' --count 2 --format npz --out v");
    python("names = sorted(glob.glob('v/linear-relu-f32-*.npz'))\n"
           "assert len(names) == 2, names\n"
           "a, t = open_vectors(names[0])\n"
           "assert t['case'].startswith('linear | relu dtype=f32') and '1.dw.bound' in a\n");
}

/* A layernorm has numbers of both signs in every row but those of one element, which are its b. */
Test(export, cases_that_no_stage_takes_are_left_out_and_told)
{
    struct answer answer =
        sh("cd %s && $V export 'layernorm | log' --count 12 --format npz --out v", folder);
    size_t out = 0, all = 0, written = 0;
    expect_code(&answer, 0);
    cr_expect_eq(
        sscanf(answer.err, "vjpcheck: %zu of %zu cases are left out, the first: ", &out, &all), 2,
        "%s", answer.err);
    expect_in(answer.err,
              ", the output of stage 1 (layernorm): expected a finite number greater than 0\n");
    cr_expect_eq(sscanf(answer.out, "v: %zu cases, listed", &written), 1, "%s", answer.out);
    cr_expect(all == 12 && out > 0 && written == all - out, "%s%s", answer.err, answer.out);
    forget(&answer);
    answer = sh("cd %s/v && cut -f1 index.tsv >../names && ls *.npz | cmp - ../names && wc -l "
                "<../names",
                folder);
    expect_code(&answer, 0);
    cr_expect_eq((size_t)atoi(answer.out), written, "%s", answer.out);
    forget(&answer);
    /* Of single cases some are. */
    answer =
        sh("cd %s && for s in 1 2 3 4 5 6; do $V export 'layernorm | log' --count 1 --seed $s "
           "--format npz --out w >/dev/null; test $? = 2 && ! test -e w && echo none; rm -rf w; "
           "done",
           folder);
    expect_in(answer.out, "none\n");
    expect_in(answer.err, "nothing to export: every case is left out: layernorm | log dtype=f32 ");
    forget(&answer);
}

/* The same seed gives the same bytes. */
Test(export, vectors_are_reproducible)
{
    export("tanh --count 2 --seed 3 --format npz --out a");
    export("tanh --count 2 --seed 3 --format npz --out b");
    struct answer answer = sh("cd %s && diff -r a b", folder);
    expect_code(&answer, 0);
    forget(&answer);
}

Test(export, mistakes_are_exit_2_and_leave_nothing)
{
    char begin[128];
    snprintf(begin, sizeof begin, "cd %s && $V export", folder);
    write_cases("linear dtype=f32 N=1 D=1 M=1\nlinear dtype=f32 N=4096 D=4096 M=4096\n");
    expect_failure(2, "--format is missing", "%s linear --out v", begin);
    expect_failure(2, "--format zip: expected npz or safetensors", "%s --out v --format zip",
                   begin);
    expect_failure(2, "--out is missing", "%s linear --format npz", begin);
    expect_failure(2, "no layer is called lineer; did you mean linear?",
                   "%s lineer --format npz --out v", begin);
    expect_failure(2, "--count has no use with it",
                   "%s --cases my.cases --count 3 --format npz --out v", begin);
    expect_failure(2, "nothing to export", "%s relu --cases my.cases --format npz --out v", begin);
    expect_failure(2, "linear dtype=f32 N=4096 D=4096 M=4096 x=normal",
                   "%s --cases my.cases --format npz --out v", begin);
    struct answer answer = sh("ls %s/v", folder);
    cr_expect_neq(answer.code, 0);
    forget(&answer);
}

/* Before the cases are read, and what is there stays as it is. */
Test(export, a_folder_that_holds_vectors_is_refused)
{
    export("tanh --count 2 --format npz --out v");
    expect_failure(2,
                   "--out v: already holds vectors (index.tsv); expected another folder, or remove "
                   "it",
                   "cd %s && cp -r v before && $V export --cases nowhere --format safetensors "
                   "--out v",
                   folder);
    struct answer answer = sh("cd %s && diff -r v before && rm v/index.tsv", folder);
    expect_code(&answer, 0);
    forget(&answer);
    export("relu --count 2 --format npz --out v");
}

/* Of one case in a file of two: nothing is written. */
Test(export, sums_in_is_no_narrower_than_the_operands)
{
    char folder[64];
    make_folder(folder);
    expect_failure(2,
                   "softmax dtype=f64 N=1 C=2 x=normal dy=normal: --sums-in f32: f64 would be "
                   "accumulated in f32, which is narrower; expected f64",
                   "cd %s && printf 'softmax dtype=f32 N=1 C=2\nsoftmax dtype=f64 N=1 C=2\n' >c && "
                   "$V export --cases c --format npz --out o --sums-in f32",
                   folder);
    expect_failure(2, "--out '': expected the name of a folder",
                   "$V export softmax --format npz --out ''");
    struct answer answer = sh("ls %s", folder);
    cr_expect_str_eq(answer.out, "c\n");
    forget(&answer);
    remove_folder(folder);
}
