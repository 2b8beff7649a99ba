/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holds the tree to the rules of tests/layering_rules.h, and a few that go with them. */
#include "tests/layering_scan.h"

#include <sys/stat.h>
#include <unistd.h>

static void expect_none(struct vjp_text *complaints)
{
    cr_expect_null(complaints->data, "%s", complaints->data);
    cr_expect_not(complaints->failed);
    vjp_text_clear(complaints);
}

Test(layering, every_include_is_allowed)
{
    struct vjp_text complaints = {0};
    cr_expect_gt(each_file(TEST_SOURCE_DIR, source_folders, judge_file, &complaints), 60);
    expect_none(&complaints);
}

Test(layering, nothing_sees_through_others_what_is_kept_from_it)
{
    struct vjp_text complaints = {0};
    cr_expect_gt(each_file(TEST_SOURCE_DIR, source_folders, judge_reach, &complaints), 60);
    expect_none(&complaints);
}

Test(layering, lines_are_judged_by_the_rules)
{
    static const struct {
        const char *path;
        const char *line;
        bool allowed;
    } known[] = {
        {"oracle/num/real.h", "#include <mpfr.h>\n", true},
        {"oracle/num/real.h", "  #  include\t<mpfi.h> /* why */\n", true},
        {"reports/cli/check.c", "#include <mpfr.h>\n", false},
        {"reports/cli/check.c", "  #  include\t<mpfr.h>\n", false},
        {"impls/host/worker/main.c", "#include <gmp.h>", false},
        {"cases/gen/random.c", "#include <gsl/gsl_rng.h>", true},
        {"cases/line/parse.c", "#include <gsl/gsl_rng.h>", false},
        {"oracle/num/real.c", "#include <gsl/gsl_math.h>", false},
        {"reports/render/json.c", "#include <jansson.h>", true},
        {"reports/cli/main.c", "#include <jansson.h>", false},
        {"impls/host/marshal.c", "#include <dlpack/dlpack.h>", true},
        {"cases/spec/data.h", "#include <dlpack/dlpack.h>", false},
        {"impls/avx2/linear.c", "#include <immintrin.h>", true},
        {"impls/blocked/linear.c", "#include <immintrin.h>", false},
        {"impls/peers/openblas.c", "#include <cblas.h>", true},
        {"impls/peers/openblas.c", "#include <blis.h>", false},
        {"impls/peers/openblas.c", "#include <gsl/gsl_cblas.h>", false},
        {"impls/peers/gslcblas.c", "#include <gsl/gsl_cblas.h>", true},
        {"impls/peers/gslcblas.c", "#include <gsl/gsl_rng.h>", false},
        {"impls/peers/cblas.inc", "#include <cblas.h>", false},
        {"impls/avx2/linear.c", "#include <cblas.h>", false},
        {"oracle/exact/form.c", "#include <cblas.h>", false},
        {"impls/abi/vjp_plugin.h", "#include <stdint.h>", true},
        {"impls/abi/vjp_plugin.h", "#include <stddef.h>", true},
        {"impls/abi/vjp_plugin.h", "#include <stdbool.h>", false},
        {"impls/abi/vjp_plain.h", "#include \"vjp_plugin.h\"", true},
        {"impls/naive/linear.c", "#include \"impls/abi/vjp_plugin.h\"", true},
        {"impls/naive/linear.c", "#include \"impls/blocked/blocked.h\"", false},
        {"impls/naive/linear.c", "#include \"cases/base/dtype.h\"", false},
        {"impls/host/run.c", "#include \"oracle/metric/measure.h\"", false},
        {"oracle/metric/measure.c", "#include \"impls/host/observation.h\"", false},
        {"oracle/metric/measure.c", "#include \"reports/verdict/verdict.h\"", false},
        {"oracle/tape/tape.c", "#include \"oracle/jacobian/jacobian.h\"", false},
        {"cases/base/dtype.c", "#include \"cases/spec/case.h\"", false},
        {"cases/spec/case.c", "#include \"cases/gen/generate.h\"", false},
        {"reports/cli/jacobian.c", "#include \"oracle/jacobian/explicit.h\"", true},
        {"reports/cli/jacobian.c", "#include \"oracle/jacobian/jacobian.h\"", false},
        {"reports/verdict/verdict.c", "#include \"oracle/jacobian/explicit.h\"", false},
        {"reports/cli/bench_oracle.c", "#include \"oracle/rival/rival.h\"", true},
        {"reports/cli/bench_oracle.c", "#include \"oracle/rival/kind.h\"", false},
        {"reports/bench/race.c", "#include \"oracle/rival/rival.h\"", false},
        {"oracle/rival/openblas.c", "#include <cblas.h>", true},
        {"oracle/rival/exact.c", "#include <cblas.h>", false},
        {"oracle/rival/exact.c", "#include \"oracle/metric/reference.h\"", false},
        {"oracle/rival/modules/flint.c", "#include <arb_mat.h>", true},
        {"oracle/exact/form.c", "#include <arb_mat.h>", false},
        {"oracle/exact/form.c", "#include \"oracle/rival/rival.h\"", false},
        {"reports/verdict/verdict.c", "#include \"reports/render/json.h\"", false},
        {"reports/verdict/verdict.c", "#include \"verdict.h\"", false}, /* not from the root */
        {"cases/base/dtype.c", "#include <curl/curl.h>", false},        /* unheard of */
        {"cases/base/dtype.c", "#include VJP_HEADER", false},
        {"impls/naive/each_real.inc", "#include VJP_SELF", true},
        {"impls/naive/relu.c", "#include VJP_SELF", false},
        {"cases/spec/registry.c", "#include \"generated/spec_layers.inc\"", true},
        {"cases/base/dtype.c", "#include \"cases/base/dtype.h", false},
        {"somewhere/else.c", "#include <stdio.h>", false},
        {"cases/base/dtype.c", "/* #include <mpfr.h> */", true},
        {"cases/base/dtype.c", "#define include <mpfr.h>", true},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char *why = judge_line(known[i].path, known[i].line);
        cr_expect_eq(why == NULL, known[i].allowed, "%s: %s: %s", known[i].path, known[i].line,
                     why ? why : "was allowed");
    }
}

static void plant(const char *root, const char *path, const char *text)
{
    char name[512];
    snprintf(name, sizeof name, "%s/%s", root, path);
    for (char *slash = name + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(name, 0700);
        *slash = '/';
    }
    FILE *file = fopen(name, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static void remove_file(const char *root, const char *path, void *env)
{
    (void)env;
    char name[4096];
    snprintf(name, sizeof name, "%s/%s", root, path);
    unlink(name);
}

static void remove_tree(const char *root)
{
    char *const paths[] = {(char *)root, NULL};
    each_file(root, source_folders, remove_file, NULL);
    FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    for (FTSENT *entry; walk && (entry = fts_read(walk));) {
        if (entry->fts_info == FTS_DP)
            rmdir(entry->fts_path);
    }
    fts_close(walk);
}

/* A tree in which every direct include is allowed but one, and reports sees MPFR round a corner. */
Test(layering, a_planted_tree_is_seen_through)
{
    char root[] = "/tmp/vjp-layering-XXXXXX";
    cr_assert_not_null(mkdtemp(root));
    plant(root, "cases/base/status.h", "#include <stdint.h>\n");
    plant(root, "impls/host/bad.c", "\n#include \"oracle/metric/measure.h\"\n");
    plant(root, "oracle/num/real.h", "#include <mpfr.h>\n");
    plant(root, "oracle/metric/measure.h",
          "#include \"cases/base/status.h\"\n"
          "#include \"oracle/metric/parts.h\"\n");
    plant(root, "oracle/metric/parts.h",
          "#include \"oracle/metric/measure.h\"\n"
          "#include \"oracle/num/real.h\"\n");
    plant(root, "reports/verdict/verdict.c", "#include \"oracle/metric/measure.h\"\n");

    struct vjp_text direct = {0};
    cr_expect_eq(each_file(root, source_folders, judge_file, &direct), 6);
    struct vjp_text reached = {0};
    each_file(root, source_folders, judge_reach, &reached);
    remove_tree(root);

    cr_expect_str_eq(direct.data, "impls/host/bad.c: #include \"oracle/metric/measure.h\": "
                                  "the folder may not include that part of the project\n");
    cr_assert_not_null(reached.data);
    cr_expect_not_null(strstr(reached.data, "mpfr.h <- oracle/num/real.h\n"
                                            "oracle/num/real.h <- oracle/metric/parts.h\n"
                                            "oracle/metric/parts.h <- oracle/metric/measure.h\n"
                                            "oracle/metric/measure.h <- reports/verdict/verdict.c"),
                       "%s", reached.data);
    cr_expect_not_null(strstr(reached.data, "<- impls/host/bad.c"), "%s", reached.data);
    vjp_text_clear(&direct);
    vjp_text_clear(&reached);
}

/* The worker shares its address space with a candidate: what could tell the truth is not in it. */
Test(layering, the_worker_links_no_library_of_the_harness)
{
    FILE *ldd = popen("ldd " TEST_BINARY_DIR "/vjpcheck-worker 2>&1", "r");
    cr_assert_not_null(ldd);
    char *text = NULL;
    size_t size = 0;
    cr_expect_gt(getdelim(&text, &size, EOF, ldd), 0);
    cr_expect_eq(pclose(ldd), 0);
    cr_expect_not_null(strstr(text, "libc.so"), "%s", text);
    static const char *const kept_out[] = {"mpfr", "mpfi", "gmp", "gsl", "jansson", "flint"};
    for (size_t i = 0; i < sizeof kept_out / sizeof *kept_out; i++)
        cr_expect_null(strstr(text, kept_out[i]), "%s", text);
    free(text);
}
