/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The study of rules, asked as the command asks it; its tables and plots are in tests/e2e/study_rules_test.c. */
#include "reports/cli/study.h"

#include "cases/base/dtype.h"
#include "tests/reports/cli/beside.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Without defects there is nothing to let through: that is told before anything is asked. */
Test(study_rules, plants_that_are_not_there)
{
    static const char *const targets[] = {"naive"};
    const struct vjp_study_request request = {.n_targets = 1,
                                              .targets = targets,
                                              .layer = vjp_spec_find("linear"),
                                              .dtype = VJP_F32,
                                              .seed = 1,
                                              .out = "/tmp",
                                              .line = "line"};
    struct vjp_error error = {""};
    int code = -1;
    find_parts();
    setenv("VJPCHECK_FAULTY_PATH", "/nowhere", 1);
    cr_expect_neq(vjp_study_rules.run(&request, &code, &error), VJP_OK);
    cr_expect_not_null(strstr(error.text, "/nowhere/catalogue.txt is not there"), "%s", error.text);
}
