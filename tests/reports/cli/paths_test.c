/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/paths.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Test(paths, the_plugin_folder_is_beside_the_program_or_as_told)
{
    char *path = NULL;
    struct vjp_error error;
    unsetenv("VJPCHECK_PLUGIN_PATH");
    cr_assert_eq(vjp_path_plugins(&path, &error), VJP_OK);
    cr_expect_str_eq(path, TEST_BINARY_DIR "/tests/plugins");
    free(path);
    setenv("VJPCHECK_PLUGIN_PATH", "/elsewhere", 1);
    cr_assert_eq(vjp_path_plugins(&path, &error), VJP_OK);
    cr_expect_str_eq(path, "/elsewhere");
    free(path);
}

Test(paths, the_plants_are_beside_the_program_or_as_told)
{
    char *path = NULL;
    struct vjp_error error;
    unsetenv("VJPCHECK_FAULTY_PATH");
    cr_assert_eq(vjp_path_plants(&path, &error), VJP_OK);
    cr_expect_str_eq(path, TEST_BINARY_DIR "/tests/faulty");
    free(path);
    setenv("VJPCHECK_FAULTY_PATH", "/elsewhere", 1);
    cr_assert_eq(vjp_path_plants(&path, &error), VJP_OK);
    cr_expect_str_eq(path, "/elsewhere");
    free(path);
}

Test(paths, peers_are_beneath_the_plugins)
{
    char *path = NULL;
    struct vjp_error error;
    cr_assert_eq(vjp_path_peers("/elsewhere", &path, &error), VJP_OK);
    cr_expect_str_eq(path, "/elsewhere/peers");
    free(path);
}

Test(paths, plugins_are_listed_in_order)
{
    static const char *const names[] = {"b.so", "a.so", ".hidden.so", "c.so.bak", ".so", "d"};
    char folder[] = "/tmp/vjpcheck-test-XXXXXX";
    char path[64];
    char **stems = NULL;
    int count = 0;
    struct vjp_error error;
    cr_assert_not_null(mkdtemp(folder));
    for (int i = 0; i < 6; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        fclose(fopen(path, "w"));
    }
    cr_assert_eq(vjp_path_list_plugins(folder, &stems, &count, &error), VJP_OK);
    cr_assert_eq(count, 2);
    cr_expect_str_eq(stems[0], "a");
    cr_expect_str_eq(stems[1], "b");
    free(stems[0]);
    free(stems[1]);
    free(stems);
    for (int i = 0; i < 6; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    cr_expect_eq(vjp_path_list_plugins(folder, &stems, &count, &error), VJP_ERR_USAGE);
    cr_expect(strstr(error.text, folder) != NULL);
}
