/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/study_pace.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is said of 1 part of 4 that took so many seconds: the start is set back by them. */
static char *say(double seconds, bool skipped)
{
    char *text = NULL;
    size_t size = 0;
    struct vjp_study_pace pace;
    vjp_study_pace_begin(&pace);
    FILE *out = open_memstream(&text, &size);
    pace.progress = (struct vjp_progress){.file = out};
    pace.all = 4;
    pace.start -= seconds;
    vjp_study_pace_step(&pace, 1, skipped, "dx");
    cr_expect_eq(pace.done, 1);
    cr_expect_eq(pace.skipped, skipped ? 1 : 0);
    fclose(out);
    return text;
}

/* 3 parts are left, each as long as the first. */
Test(study_pace, the_time_left_is_what_the_rest_would_take)
{
    static const struct {
        double seconds;
        const char *left;
    } table[] = {{10, "25 %, about 30 s left: dx"},
                 {100, "25 %, about 5 min left: dx"},
                 {3000, "25 %, about 2 h 30 min left: dx"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *text = say(table[i].seconds, false);
        cr_expect_not_null(strstr(text, table[i].left), "%s", text);
        free(text);
    }
}

/* What stood there from before says nothing of the time that work takes. */
Test(study_pace, of_what_was_skipped_no_time_is_told)
{
    char *text = say(100, true);
    cr_expect_not_null(strstr(text, "25 %: dx"), "%s", text);
    cr_expect_null(strstr(text, "left"), "%s", text);
    free(text);
}

/* Who ends at some time whatever is left takes no longer. */
Test(study_pace, an_end_on_the_clock_is_the_end)
{
    char *text = NULL;
    size_t size = 0;
    struct vjp_study_pace pace;
    vjp_study_pace_begin(&pace);
    FILE *out = open_memstream(&text, &size);
    pace.progress = (struct vjp_progress){.file = out};
    pace.all = 4;
    pace.end = pace.start + 45.5;
    pace.start -= 3000;
    vjp_study_pace_step(&pace, 1, false, "dx");
    fclose(out);
    cr_expect_not_null(strstr(text, "25 %, about 45 s left: dx"), "%s", text);
    free(text);
}
