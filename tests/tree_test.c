/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every file of the tree keeps to: its licence, its own header first, a test of its own,
 * a test's name, and no path of somebody's machine. */
#include "tests/layering_scan.h"

#include <sys/stat.h>

static const char *const all_folders[] = {"cases", "impls", "oracle", "reports", "tests", NULL};
static const char *const test_folders[] = {"tests", NULL};

static void expect_none(struct vjp_text *complaints)
{
    cr_expect_null(complaints->data, "%s", complaints->data);
    cr_expect_not(complaints->failed);
    vjp_text_clear(complaints);
}

static bool exists(const char *root, const char *path)
{
    char name[4096];
    snprintf(name, sizeof name, "%s/%s", root, path);
    struct stat info;
    return stat(name, &info) == 0;
}

/* The plug-in contract and the example are MIT-0, so that a kernel's licence is its author's; so is what a program that
 * shows a fault is made of. */
static bool has_licence(const char *path, const char *text)
{
    const bool permissive = starts_with(path, "impls/abi/") ||
                            starts_with(path, "impls/example/") ||
                            (starts_with(path, "reports/render/fault/") && ends_with(path, ".inc"));
    return starts_with(text, permissive ? "/* SPDX-License-Identifier: MIT-0 */\n"
                                        : "/* SPDX-License-Identifier: GPL-3.0-or-later */\n");
}

static void judge_licence(const char *root, const char *path, void *complaints)
{
    if (!is_source(path))
        return;
    char *text = read_text(root, path);
    if (!text || !has_licence(path, text))
        vjp_text_add(complaints, "%s: does not begin with its licence\n", path);
    free(text);
}

Test(tree, every_source_file_begins_with_its_licence)
{
    struct vjp_text complaints = {0};
    cr_expect_gt(each_file(TEST_SOURCE_DIR, all_folders, judge_licence, &complaints), 60);
    expect_none(&complaints);
    cr_expect_not(has_licence("cases/a.c", "#include <stdio.h>\n"));
    cr_expect_not(has_licence("cases/a.c", "/* SPDX-License-Identifier: MIT-0 */\n"));
    cr_expect(has_licence("impls/abi/a.h", "/* SPDX-License-Identifier: MIT-0 */\n"));
    cr_expect(has_licence("reports/render/fault/a.inc", "/* SPDX-License-Identifier: MIT-0 */\n"));
    cr_expect_not(
        has_licence("reports/render/fault/a.h", "/* SPDX-License-Identifier: MIT-0 */\n"));
}

/* Then a header that does not stand alone is seen by the compiler. */
static bool has_own_header_first(const char *header, const char *text)
{
    const char *first = strstr(text, "\n#include");
    const struct include include = parse_include(first ? first + 1 : "");
    return strcmp(include.name, header) == 0;
}

static void judge_own_header(const char *root, const char *path, void *complaints)
{
    char header[512];
    if (!ends_with(path, ".c"))
        return;
    snprintf(header, sizeof header, "%.*sh", (int)strlen(path) - 1, path);
    if (!exists(root, header))
        return;
    char *text = read_text(root, path);
    if (!text || !has_own_header_first(header, text))
        vjp_text_add(complaints, "%s: does not include %s first\n", path, header);
    free(text);
}

Test(tree, every_source_file_includes_its_own_header_first)
{
    struct vjp_text complaints = {0};
    cr_expect_gt(each_file(TEST_SOURCE_DIR, source_folders, judge_own_header, &complaints), 60);
    expect_none(&complaints);
    cr_expect(has_own_header_first("a/b.h", "/* x */\n#include \"a/b.h\"\n#include \"a/c.h\"\n"));
    cr_expect_not(
        has_own_header_first("a/b.h", "/* x */\n#include \"a/c.h\"\n#include \"a/b.h\"\n"));
    cr_expect_not(has_own_header_first("a/b.h", "/* x */\n"));
}

/* Whether tests/STEM_test.c is named after a source file, a header or a folder, STEM as it is or up
 * to one of its underscores: dtype_text_test.c tests dtype.c, too. */
static bool mirrors_something(const char *root, const char *stem)
{
    static const char *const endings[] = {".c", ".h", ""};
    char name[512];
    snprintf(name, sizeof name, "%s", stem);
    for (;;) {
        for (int i = 0; i < 3; i++) {
            char source[520];
            snprintf(source, sizeof source, "%s%s", name, endings[i]);
            if (exists(root, source))
                return true;
        }
        char *underscore = strrchr(name, '_');
        if (!underscore || strchr(underscore, '/'))
            return false;
        *underscore = '\0';
    }
}

/* Tests of the whole (e2e), of kernels, which share their tests across folders, and of layers, which
 * share theirs by theme, are named after what they show. */
static void judge_test_name(const char *root, const char *path, void *complaints)
{
    static const char *const mirrored[] = {"cases/", "oracle/", "reports/", "impls/host/"};
    const char *stem = path + strlen("tests/");
    bool held = false;
    for (size_t i = 0; i < sizeof mirrored / sizeof *mirrored; i++)
        held |= starts_with(stem, mirrored[i]);
    if (!held || !ends_with(path, "_test.c") || strstr(path, "/layers/"))
        return;
    char name[512];
    snprintf(name, sizeof name, "%.*s", (int)(strlen(stem) - strlen("_test.c")), stem);
    if (!mirrors_something(root, name))
        vjp_text_add(complaints, "%s: there is no %s to test\n", path, name);
}

Test(tree, every_test_mirrors_what_it_tests)
{
    struct vjp_text complaints = {0};
    cr_expect_gt(each_file(TEST_SOURCE_DIR, test_folders, judge_test_name, &complaints), 10);
    expect_none(&complaints);
    cr_expect_not(mirrors_something(TEST_SOURCE_DIR, "cases/base/nothing"));
    cr_expect_not(mirrors_something(TEST_SOURCE_DIR, "cases/nothing_base"));
    cr_expect(mirrors_something(TEST_SOURCE_DIR, "cases/base/stream"));
}

/* Writes the name of the file that tests a source file; nothing for one that needs none.
 * - impls/host/worker: another program, which the tests of impls/host run;
 * - a command: shown from the command line, in tests/e2e, under its name;
 * - main.c hands everything to cli.c;
 * - layers: a spec and a formula each, held to tables of cases in tests that go through all of them;
 * - the parts of a page are shown by one test of the page;
 * - kernels share their tests. */
static void find_test(const char *path, char *out, size_t size)
{
    static const char *const tested[] = {"cases/", "oracle/", "reports/", "impls/host/"};
    static const char command[] = "reports/cli/cmd_", page[] = "reports/render/html/";
    const int stem = (int)strlen(path) - 2;
    bool held = false;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof tested / sizeof *tested; i++)
        held |= starts_with(path, tested[i]);
    if (!held || !ends_with(path, ".c") || starts_with(path, "impls/host/worker/") ||
        strcmp(path, "reports/cli/main.c") == 0 || strstr(path, "/layers/"))
        return;
    if (starts_with(path, page)) {
        snprintf(out, size, "tests/reports/render/html_test.c");
        return;
    }
    const int skip = starts_with(path, command) ? (int)strlen(command) : 0;
    snprintf(out, size, "tests/%s%.*s_test.c", skip ? "e2e/" : "", stem - skip, path + skip);
}

static void judge_tested(const char *root, const char *path, void *complaints)
{
    char test[512];
    find_test(path, test, sizeof test);
    if (*test && !exists(root, test))
        vjp_text_add(complaints, "%s: there is no %s\n", path, test);
}

static void expect_test(const char *path, const char *expected)
{
    char test[512];
    find_test(path, test, sizeof test);
    cr_expect_str_eq(test, expected);
}

Test(tree, every_source_file_has_its_test)
{
    struct vjp_text complaints = {0};
    cr_expect_gt(each_file(TEST_SOURCE_DIR, source_folders, judge_tested, &complaints), 60);
    expect_none(&complaints);
    judge_tested(TEST_SOURCE_DIR, "cases/base/nothing.c", &complaints);
    cr_expect_str_eq(complaints.data,
                     "cases/base/nothing.c: there is no tests/cases/base/nothing_test.c\n");
    vjp_text_clear(&complaints);
    expect_test("impls/host/call.c", "tests/impls/host/call_test.c");
    expect_test("reports/cli/cmd_list.c", "tests/e2e/list_test.c");
    expect_test("reports/render/html/runs.c", "tests/reports/render/html_test.c");
    expect_test("impls/host/worker/call.c", "");
    expect_test("impls/naive/linear.c", "");
    expect_test("oracle/forward/layers/softmax.c", "");
    expect_test("cases/base/shape.h", "");
}

/* In two halves, so that this file does not find itself. */
static const char *const machine_paths[] = {"/ho"
                                            "me/",
                                            "/ro"
                                            "ot/",
                                            "/wo"
                                            "rk/",
                                            "/Use"
                                            "rs/"};

static void judge_machine_paths(const char *root, const char *path, void *complaints)
{
    char *text = read_text(root, path);
    cr_assert_not_null(text, "%s", path);
    for (size_t i = 0; i < sizeof machine_paths / sizeof *machine_paths; i++) {
        const char *found = strstr(text, machine_paths[i]);
        if (found)
            vjp_text_add(complaints, "%s: %.*s\n", path, (int)strcspn(found, "\n"), found);
    }
    free(text);
}

Test(tree, no_file_names_a_place_on_somebodys_machine)
{
    static const char *const folders[] = {"cases",
                                          "impls",
                                          "oracle",
                                          "reports",
                                          "tests",
                                          ".ci",
                                          "README.md",
                                          "CHANGELOG.md",
                                          ".clang-format",
                                          ".clang-tidy",
                                          ".gitignore",
                                          "CMakeLists.txt",
                                          "CMakePresets.json",
                                          NULL};
    struct vjp_text complaints = {0};
    cr_expect_gt(each_file(TEST_SOURCE_DIR, folders, judge_machine_paths, &complaints), 60);
    expect_none(&complaints);
}
