/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/ruling_output.h"

#include "tests/reports/render/outputs.h"
#include "tests/reports/render/rulings.h"

#include <stdlib.h>

static const struct vjp_ruling_table table = {.ruling = (struct vjp_ruling *)rulings,
                                              .count = N_RULINGS};

/* The rules that have an opinion are in every plot, the others in none. */
Test(ruling_plots, four_for_each_layer_and_dtype)
{
    static const char *const kinds[] = {"tradeoff", "refused", "through", "size"};
    char folder[] = "/tmp/vjpcheck-plots-XXXXXX", path[96];
    struct vjp_error error = {""};
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(vjp_ruling_plots_write(folder, &table, &error), VJP_OK, "%s", error.text);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        snprintf(path, sizeof path, "%s/rules-%s-linear-f32.svg", folder, kinds[i]);
        char *text = read_whole(path);
        expect_in(text, "<svg ");
        expect_in(text, "</svg>");
        expect_in(text, "torch.testing.assert_close");
        expect_in(text, "numpy.allclose");
        expect_in(text, VJP_RULING_OURS_NAME);
        expect_not_in(text, "benchdnn");
        expect_not_in(text, "nan");
        free(text);
        cr_expect_eq(remove(path), 0);
    }
    cr_expect_eq(remove(folder), 0, "there is nothing else");
}

Test(ruling_plots, a_folder_that_is_not_there_is_told)
{
    struct vjp_error error = {""};
    cr_expect_neq(vjp_ruling_plots_write("/nowhere", &table, &error), VJP_OK);
    expect_in(error.text, "/nowhere");
}
