/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/junit.h"

#include "tests/reports/render/fixture.h"

#include <unistd.h>

/* Writes the file, has xmllint judge it, evaluates an XPath expression in it. */
static char *write_file(const struct vjp_junit *junit, char folder[64], char path[128])
{
    struct vjp_sink sink;
    struct vjp_error error;
    snprintf(path, 128, "%s/junit.xml", make_folder(folder));
    cr_assert_eq(vjp_sink_open(path, &sink, &error), VJP_OK);
    cr_assert_eq(vjp_junit_write(junit, 1.5, &sink, &error), VJP_OK);
    cr_assert_eq(vjp_sink_commit(&sink, &error), VJP_OK);
    vjp_sink_clear(&sink);
    return path;
}

static void expect_xpath(const char *path, const char *expression, const char *expected)
{
    char command[512];
    char got[512] = "";
    snprintf(command, sizeof command, "xmllint --xpath '%s' %s", expression, path);
    FILE *lint = popen(command, "r");
    cr_assert_not_null(lint);
    got[fread(got, 1, sizeof got - 1, lint)] = '\0';
    cr_expect_eq(pclose(lint), 0, "%s", command);
    got[strcspn(got, "\n")] = '\0';
    cr_expect_str_eq(got, expected, "%s gave %s", expression, got);
}

static void add(struct vjp_junit *junit, const struct vjp_record *record)
{
    struct vjp_error error;
    cr_assert_eq(vjp_junit_add(junit, record, &error), VJP_OK, "%s", error.text);
}

Test(junit, suites_are_kernels_and_dtypes)
{
    struct vjp_junit junit = {0};
    char folder[64];
    char path[128];
    struct vjp_record record = make_record("a:k", "f32", VJP_VERDICT_EXACT, 1);
    add(&junit, &record);
    record = make_record("a:k", "f64", VJP_VERDICT_PASS, 1);
    add(&junit, &record);
    record = make_record("a:k", "f32", VJP_VERDICT_VACUOUS, 1);
    add(&junit, &record);
    record = make_record("b:k", "f32", VJP_VERDICT_UNSUPPORTED, 1);
    add(&junit, &record);
    record = make_record("b:k", "f32", VJP_VERDICT_HUNG, 1);
    add(&junit, &record);
    record.ran = false;
    add(&junit, &record);
    record.left_out = true;
    record.reason = "so";
    add(&junit, &record);
    write_file(&junit, folder, path);
    expect_xpath(path, "count(/testsuites/testsuite)", "3");
    expect_xpath(path, "string(/testsuites/@tests)", "7");
    expect_xpath(path, "string(/testsuites/@failures)", "1");
    expect_xpath(path, "sum(//testsuite/@skipped)", "4");
    expect_xpath(path, "count(//testcase)", "7");
    expect_xpath(path, "string(//testsuite[3]/testcase[4]/skipped/@message)", "left_out: so");
    expect_xpath(path, "string(//testsuite[1]/@name)", "a:k f32");
    expect_xpath(path, "string(//testsuite[1]/@tests)", "2");
    expect_xpath(path, "string(//testsuite[1]/@skipped)", "1");
    expect_xpath(path, "string(//testsuite[3]/@failures)", "1");
    expect_xpath(path, "string(//testsuite[3]/@skipped)", "3");
    expect_xpath(path, "string(//testsuite[1]/testcase[1]/@name)", "linear dtype=f32 N=1 D=1 M=1");
    expect_xpath(path, "string(//failure/@type)", "hung");
    expect_xpath(path, "string(//failure/@message)", "hung: because");
    expect_xpath(path, "contains(//failure/text(), \"vjpcheck run\")", "true");
    unlink(path);
    rmdir(folder);
    vjp_junit_clear(&junit);
}

Test(junit, what_a_kernel_says_cannot_break_the_file)
{
    struct vjp_junit junit = {0};
    char folder[64];
    char path[128];
    struct vjp_record record = make_record("a\"<&:k", "f32", VJP_VERDICT_WRONG, 1);
    record.reason = "]]> <failure> & \" ' \x01\x02\x1b \xff \xc3\xa9 \xef\xbf\xbf";
    record.line = "linear x=@a<b>.npy";
    add(&junit, &record);
    write_file(&junit, folder, path);
    expect_xpath(path, "count(//failure)", "1");
    expect_xpath(path, "string(//testcase/@name)", "linear x=@a<b>.npy");
    expect_xpath(path, "string(//testcase/@classname)", "a\"<&:k");
    expect_xpath(path, "contains(//failure/text(), \"]]> <failure> &\")", "true");
    unlink(path);
    rmdir(folder);
    vjp_junit_clear(&junit);
}

Test(junit, a_run_without_records_is_a_valid_file)
{
    struct vjp_junit junit = {0};
    char folder[64];
    char path[128];
    write_file(&junit, folder, path);
    expect_xpath(path, "string(/testsuites/@tests)", "0");
    unlink(path);
    rmdir(folder);
}
