/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/folder.h"

#include "tests/reports/render/fixture.h"

#include <sys/stat.h>
#include <unistd.h>

static bool is_there(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static void take_away(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_expect_eq(unlink(path), 0, "%s", path);
}

/* Opens parent/new, which is not there, in a parent that is made. */
static void open_new(char parent[64], char path[128], struct vjp_folder *folder)
{
    struct vjp_error error = {""};
    snprintf(path, 128, "%s/new", make_folder(parent));
    cr_assert_eq(vjp_folder_open(path, folder, &error), VJP_OK, "%s", error.text);
}

Test(folder, files_get_their_names_together)
{
    char parent[64];
    char path[128];
    struct vjp_folder folder;
    struct vjp_error error = {""};
    FILE *file;
    open_new(parent, path, &folder);
    cr_assert_eq(vjp_folder_add(&folder, "a", &file, &error), VJP_OK, "%s", error.text);
    fputs("one", file);
    cr_assert_eq(vjp_folder_add(&folder, "b", &file, &error), VJP_OK, "%s", error.text);
    fputs("two", file);
    cr_expect(is_there(path, "a.partial") && is_there(path, "b.partial"));
    cr_expect(!is_there(path, "a") && !is_there(path, "b"));
    cr_assert_eq(vjp_folder_commit(&folder, &error), VJP_OK, "%s", error.text);
    cr_expect(is_there(path, "a") && is_there(path, "b"));
    cr_expect(!is_there(path, "a.partial") && !is_there(path, "b.partial"));
    snprintf(path, sizeof path, "%s/new/b", parent);
    char *text = read_whole(path);
    cr_expect_str_eq(text, "two");
    free(text);
    /* It may take more. */
    snprintf(path, sizeof path, "%s/new", parent);
    cr_assert_eq(vjp_folder_add(&folder, "c", &file, &error), VJP_OK);
    cr_assert_eq(vjp_folder_commit(&folder, &error), VJP_OK);
    cr_expect(is_there(path, "c"));
    vjp_folder_clear(&folder);
    take_away(path, "a");
    take_away(path, "b");
    take_away(path, "c");
    rmdir(path);
    rmdir(parent);
}

Test(folder, what_was_not_committed_leaves_nothing)
{
    char path[64];
    struct vjp_folder folder;
    struct vjp_error error = {""};
    FILE *file;
    cr_assert_eq(vjp_folder_open(make_folder(path), &folder, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_folder_add(&folder, "a", &file, &error), VJP_OK, "%s", error.text);
    fputs("one", file);
    vjp_folder_clear(&folder);
    cr_expect_eq(rmdir(path), 0, "it is not empty");
}

/* What ends before it has anything to write leaves no folder, however it ends. */
Test(folder, it_is_made_with_the_first_file)
{
    char parent[64];
    char path[128];
    struct vjp_folder folder;
    struct vjp_folder other;
    struct vjp_error error = {""};
    FILE *file;
    open_new(parent, path, &folder);
    cr_assert_eq(vjp_folder_open(path, &other, &error), VJP_OK, "%s", error.text);
    cr_expect(!is_there(parent, "new"));
    cr_assert_eq(vjp_folder_add(&folder, "a", &file, &error), VJP_OK, "%s", error.text);
    cr_expect(is_there(path, "a.partial"));
    cr_assert_eq(vjp_folder_add(&other, "b", &file, &error), VJP_OK, "%s", error.text);
    vjp_folder_clear(&other);
    cr_expect(is_there(path, "a.partial"), "not the other's to remove");
    vjp_folder_clear(&folder);
    cr_expect(!is_there(parent, "new"));
    rmdir(parent);
}

/* A folder that was not there goes again; what was there before, or came from elsewhere, stays. */
Test(folder, an_empty_folder_stays_only_where_it_was)
{
    char parent[64];
    char path[128];
    struct vjp_folder folder;
    struct vjp_error error = {""};
    FILE *file;
    open_new(parent, path, &folder);
    cr_assert_eq(vjp_folder_add(&folder, "a", &file, &error), VJP_OK, "%s", error.text);
    vjp_folder_clear(&folder);
    cr_expect(!is_there(parent, "new"));
    cr_assert_eq(mkdir(path, 0777), 0);
    cr_assert_eq(vjp_folder_open(path, &folder, &error), VJP_OK, "%s", error.text);
    vjp_folder_clear(&folder);
    cr_expect_eq(rmdir(path), 0, "it was there before");
    cr_assert_eq(vjp_folder_open(path, &folder, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_folder_add(&folder, "a", &file, &error), VJP_OK, "%s", error.text);
    snprintf(path, sizeof path, "%s/new/theirs", parent);
    fclose(fopen(path, "w"));
    snprintf(path, sizeof path, "%s/new", parent);
    vjp_folder_clear(&folder);
    take_away(path, "theirs");
    rmdir(path);
    rmdir(parent);
}

Test(folder, what_is_no_folder_is_refused)
{
    char path[64];
    char name[128];
    struct vjp_folder folder;
    struct vjp_error error = {""};
    FILE *file;
    snprintf(name, sizeof name, "%s/f", make_folder(path));
    fclose(fopen(name, "w"));
    cr_expect_eq(vjp_folder_open(name, &folder, &error), VJP_ERR_IO);
    expect_in(error.text, "/f: not a folder");
    take_away(path, "f");
    snprintf(name, sizeof name, "%s/no/where", path);
    cr_expect_eq(vjp_folder_open(name, &folder, &error), VJP_ERR_IO);
    expect_in(error.text, "/no/where: no folder can be made: No such file or directory");
    cr_assert_eq(vjp_folder_open(path, &folder, &error), VJP_OK);
    cr_expect_eq(vjp_folder_add(&folder, "no/file", &file, &error), VJP_ERR_IO);
    vjp_folder_clear(&folder);
    rmdir(path);
}

/* One that cannot be stored, through a link to a device that is full. */
Test(folder, one_failure_keeps_the_names_from_all)
{
    char path[64];
    char name[128];
    struct vjp_folder folder;
    struct vjp_error error = {""};
    FILE *file;
    snprintf(name, sizeof name, "%s/z", make_folder(path));
    cr_assert_eq(symlink("/dev/full", name), 0);
    cr_assert_eq(vjp_folder_open(path, &folder, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_folder_add(&folder, "a", &file, &error), VJP_OK, "%s", error.text);
    fputs("one", file);
    cr_assert_eq(vjp_folder_add(&folder, "z", &file, &error), VJP_OK, "%s", error.text);
    fputs("two", file);
    cr_expect_eq(vjp_folder_commit(&folder, &error), VJP_ERR_IO);
    cr_expect(!is_there(path, "a"));
    vjp_folder_clear(&folder);
    cr_expect(!is_there(path, "a") && !is_there(path, "a.partial"));
    take_away(path, "z");
    rmdir(path);
}

/* /dev is a folder, and what is full in it is written directly. */
Test(folder, a_full_disk_is_an_error)
{
    struct vjp_folder folder;
    struct vjp_error error = {""};
    FILE *file;
    cr_assert_eq(vjp_folder_open("/dev", &folder, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_folder_add(&folder, "full", &file, &error), VJP_OK, "%s", error.text);
    fputs("one", file);
    cr_expect_eq(vjp_folder_commit(&folder, &error), VJP_ERR_IO);
    cr_expect_str_eq(error.text, "/dev/full: writing failed: No space left on device");
    vjp_folder_clear(&folder);
}
