/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/ruling_output.h"

#include "tests/reports/render/rulings.h"

#include <stdio.h>
#include <stdlib.h>

static struct vjp_ruling_table table = {.ruling = (struct vjp_ruling *)rulings, .count = N_RULINGS};

static int count(const char *text, const char *word)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, word)); p++)
        n++;
    return n;
}

Test(ruling_output, a_row_for_each_answer)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    vjp_ruling_csv_print(&table, out);
    fclose(out);
    cr_expect_eq(count(text, "\r\n"), 1 + 2 + 3 + 1);
    cr_expect_eq(strncmp(text,
                         "kernel,defect,layer,dtype,gradient,values,axis,at,why,case,answer,"
                         "shows,size,vjpcheck,torch.testing.assert_close,numpy.allclose,",
                         60),
                 0, "%s", text);
    cr_expect_not_null(strstr(text, "\r\nlost,1,linear,f32,dx,normal,K,64,,linear dtype=f32,0,1,"
                                    "10000000,7,0,-40,,,,,,\r\n"),
                       "%s", text);
    cr_expect_not_null(strstr(text, ",1,1,inf,never,never,5,,,,,,\r\n"), "%s", text);
    cr_expect_not_null(strstr(text, ",\"db, \"\"b\"\"\",normal,K,64,too large,,,,,,,,,,,,,\r\n"),
                       "%s", text);
    /* Every row has as many columns. */
    const int columns = 14 + 8;
    int commas = 0;
    bool quoted = false;
    for (const char *p = text; *p; p++) {
        quoted ^= *p == '"';
        commas += *p == ',' && !quoted;
        if (*p == '\n') {
            cr_expect_eq(commas, columns - 1);
            commas = 0;
        }
    }
    free(text);
}

/* The first rule: 1 of 2 defects let through, 0 of 2 right answers refused; the second the other way about, and at 2^2 it
 * lets one through and refuses none. */
Test(ruling_output, a_line_for_each_rule_with_an_opinion)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    vjp_ruling_output_print("there", &table, false, out);
    fclose(out);
    cr_expect_not_null(strstr(text, "linear f32: 2 defective answers, 2 right ones"), "%s", text);
    const char *torch = strstr(text, "torch.testing.assert_close");
    const char *numpy = strstr(text, "numpy.allclose");
    cr_assert(torch && numpy, "%s", text);
    cr_expect_not_null(strstr(torch, "50.0 %    0.0 %"), "%s", torch);
    cr_expect_not_null(strstr(numpy, "50.0 %  100.0 %           2^2       50.0 %    0.0 %"), "%s",
                       numpy);
    cr_expect_null(strstr(text, "benchdnn"));
    cr_expect_not_null(strstr(text, "vjpcheck"));
    cr_expect_not_null(strstr(text, "left out: 3: too large\n"));
    cr_expect_not_null(strstr(text, "2 right answers, of which 1 are outside the bound; 2 answers "
                                    "with a defect, of which 0 are inside; 1 of plants"),
                       "%s", text);
    free(text);
}
