/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/sink.h"

#include "tests/reports/render/fixture.h"

#include <sys/stat.h>
#include <unistd.h>

Test(sink, a_file_has_its_name_only_when_it_is_complete)
{
    char folder[64];
    char path[128];
    char partial[160];
    struct vjp_sink sink;
    struct vjp_error error;
    snprintf(path, sizeof path, "%s/out", make_folder(folder));
    snprintf(partial, sizeof partial, "%s.partial", path);
    cr_assert_eq(vjp_sink_open(path, &sink, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_sink_write(&sink, "one\n", &error), VJP_OK);
    /* Written at once, under the other name. */
    char *text = read_whole(partial);
    cr_assert_not_null(text);
    cr_expect_str_eq(text, "one\n");
    free(text);
    cr_expect_neq(access(path, F_OK), 0);
    cr_assert_eq(vjp_sink_write(&sink, "two\n", &error), VJP_OK);
    cr_assert_eq(vjp_sink_commit(&sink, &error), VJP_OK);
    vjp_sink_clear(&sink);
    text = read_whole(path);
    cr_assert_not_null(text);
    cr_expect_str_eq(text, "one\ntwo\n");
    free(text);
    cr_expect_neq(access(partial, F_OK), 0);
    unlink(path);
    rmdir(folder);
}

Test(sink, an_older_file_stays_until_the_new_one_is_complete)
{
    char folder[64];
    char path[128];
    char partial[160];
    struct vjp_sink sink;
    struct vjp_error error;
    snprintf(path, sizeof path, "%s/out", make_folder(folder));
    snprintf(partial, sizeof partial, "%s.partial", path);
    FILE *old = fopen(path, "w");
    cr_assert_not_null(old);
    fputs("old\n", old);
    fclose(old);
    cr_assert_eq(vjp_sink_open(path, &sink, &error), VJP_OK);
    cr_assert_eq(vjp_sink_write(&sink, "new\n", &error), VJP_OK);
    vjp_sink_clear(&sink); /* never committed */
    char *text = read_whole(path);
    cr_expect_str_eq(text, "old\n");
    free(text);
    text = read_whole(partial);
    cr_expect_str_eq(text, "new\n");
    free(text);
    unlink(path);
    unlink(partial);
    rmdir(folder);
}

Test(sink, a_link_stays_a_link)
{
    char folder[64];
    char path[128];
    char link[128];
    struct vjp_sink sink;
    struct vjp_error error;
    struct stat status;
    snprintf(path, sizeof path, "%s/out", make_folder(folder));
    snprintf(link, sizeof link, "%s/link", folder);
    fclose(fopen(path, "w"));
    cr_assert_eq(symlink(path, link), 0);
    cr_assert_eq(vjp_sink_open(link, &sink, &error), VJP_OK);
    cr_assert_eq(vjp_sink_write(&sink, "new\n", &error), VJP_OK);
    cr_assert_eq(vjp_sink_commit(&sink, &error), VJP_OK);
    vjp_sink_clear(&sink);
    cr_expect(lstat(link, &status) == 0 && S_ISLNK(status.st_mode));
    char *text = read_whole(path);
    cr_expect_str_eq(text, "new\n");
    free(text);
    unlink(link);
    unlink(path);
    rmdir(folder);
}

Test(sink, a_full_disk_is_noticed_at_the_first_write)
{
    struct vjp_sink sink;
    struct vjp_error error;
    cr_assert_eq(vjp_sink_open("/dev/full", &sink, &error), VJP_OK);
    cr_expect_eq(vjp_sink_write(&sink, "x\n", &error), VJP_ERR_IO);
    expect_in(error.text, "/dev/full: writing failed: No space left on device");
    vjp_sink_clear(&sink);
    cr_expect_neq(access("/dev/full.partial", F_OK), 0);
}

Test(sink, a_folder_that_is_not_there_is_told)
{
    struct vjp_sink sink;
    struct vjp_error error;
    cr_expect_eq(vjp_sink_open("/nowhere/at/all", &sink, &error), VJP_ERR_IO);
    expect_in(error.text, "/nowhere/at/all.partial: cannot be written: No such file or directory");
    cr_expect_eq(vjp_sink_open("/tmp", &sink, &error), VJP_ERR_IO);
    expect_in(error.text, "/tmp");
}
