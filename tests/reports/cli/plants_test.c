/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/plants.h"

#include "tests/reports/cli/beside.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct vjp_error error;

Test(plants, a_folder_without_a_catalogue_is_told)
{
    struct vjp_catalogue catalogue = {0};
    cr_expect_eq(vjp_plants_read("/nowhere", &catalogue, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "/nowhere"), "%s", error.text);
    vjp_catalogue_clear(&catalogue);
}

/* The catalogue of the build has a plant in each of its files. */
Test(plants, those_of_the_build_are_in_its_catalogue)
{
    struct vjp_catalogue catalogue;
    cr_assert_eq(vjp_plants_read(TEST_BINARY_DIR "/faulty", &catalogue, &error), VJP_OK, "%s",
                 error.text);
    bool found = false;
    for (int i = 0; i < catalogue.count; i++)
        found |= strcmp(catalogue.plant[i].name, "tail_dropped") == 0;
    cr_expect(found);
    vjp_catalogue_clear(&catalogue);
}

/* The catalogue alone, without what it names. */
Test(plants, one_that_is_not_built_is_told)
{
    struct vjp_plants plants = {0};
    char folder[] = "/tmp/vjpcheck-plants-XXXXXX", command[256];
    find_parts();
    cr_assert_not_null(mkdtemp(folder));
    snprintf(command, sizeof command, "cp %s/faulty/catalogue.txt %s", TEST_BINARY_DIR, folder);
    cr_assert_eq(system(command), 0);
    cr_expect_eq(vjp_plants_open(folder, vjp_spec_find("linear"), VJP_F32, &plants, &error),
                 VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, folder), "%s", error.text);
    vjp_plants_clear(&plants);
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}
