/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/render/selftest_scene.h"

#include "tests/reports/render/fixture.h"

static char *print(const struct vjp_selftest_record *record, bool only_missed)
{
    const struct vjp_selftest_style style = {.only_missed = only_missed};
    struct capture capture;
    capture_begin(&capture);
    vjp_selftest_print(record, &style, capture.file);
    capture_end(&capture);
    return capture.text;
}

Test(selftest_text, tells_each_class_and_what_was_missed)
{
    struct selftest_scene s;
    selftest_scene_open(&s);
    char *text = print(&s.record, false);
    expect_in(text, "vjpcheck 0.1.0, seed 0x1f, 4 plants, 2 campaigns each, sizes up to 64\n");
    /* plants, caught, pinned, not, cases, seconds, sizes, elements */
    expect_in(text,
              "       2       1       1    0     13     0.50         3      7  5 a term counted "
              "twice, or a block of a sum lost  1 inaccurate, 1 crashed\n");
    expect_in(text, "       2       0       0    2      -        -         -      -");
    expect_in(text, "       4       1       1    2 ");
    expect_in(text, "pinned, by none of the campaigns: two\n");
    expect_in(text, "three: missed; must be wrong\n    vjpcheck fuzz three.so --seed 0x1\n");
    expect_in(text, "four: another verdict, wrong; must be hung\n    vjpcheck fuzz four.so\n");
    expect_in(text, "after 0.50 s in the median, in 1 of 1 within 2 s\n");
    expect_in(text, "not run, for want of time: 1 of 8 campaigns\n");
    free(text);
    selftest_scene_close(&s);
}

Test(selftest_text, tells_false_alarms_and_what_others_say)
{
    struct selftest_scene s;
    selftest_scene_open(&s);
    char *text = print(&s.record, false);
    expect_in(text, "correct kernels: 1,500 verdicts, 1 false alarm, 2.5 s; besides 30 vacuous or "
                    "unsupported\n  not run, for want of time: the rest of 2,000\n  naive: asked\n"
                    "  naive:linear: wrong: dx is off\n      vjpcheck run 'linear'\n");
    expect_in(text, "torch.testing.assert_close            5    1,234        2        8        90  "
                    "      1\n");
    expect_in(text, "\n  torch.testing.assert_close: PyTorch, ");
    expect_in(text, "not among the defects: 6 whose call ended without an answer");
    expect_in(text,
              "\nfailed: 2 of 4 plants caught, 1 of them by pinned cases only; 1 false alarm; "
              "12.5 s\n");
    free(text);
    selftest_scene_close(&s);
}

Test(selftest_text, classes_without_a_miss_may_be_left_out)
{
    struct selftest_scene s;
    selftest_scene_open(&s);
    char *text = print(&s.record, true);
    cr_expect_null(strstr(text, "counted twice"), "%s", text);
    expect_in(text, "7 right for the first of a batch only");
    free(text);
    selftest_scene_close(&s);
}

Test(selftest_text, all_caught_is_passed)
{
    struct selftest_scene s;
    selftest_scene_open(&s);
    const struct vjp_alarms alarms = {.wanted = 10, .conclusive = 10};
    struct vjp_error error;
    s.record.n_kills = 1;
    s.record.alarms = &alarms;
    cr_assert_eq(vjp_score_class(s.kill, 1, 0, &s.record.all, &error), VJP_OK);
    char *text = print(&s.record, false);
    expect_in(text,
              "\npassed: 1 of 1 plants caught, 0 of them by pinned cases only; 0 false alarms; ");
    cr_expect_null(strstr(text, "missed"), "%s", text);
    cr_expect_null(strstr(text, "not run"), "%s", text);
    free(text);
    selftest_scene_close(&s);
}
