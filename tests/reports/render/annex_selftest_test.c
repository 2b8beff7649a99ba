/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/render/annex_scene.h"

/* The plants of selftest_scene.h, with what their classes say. */
Test(annex_selftest, a_self_test_is_read_again)
{
    struct vjp_annex annex = {.open = false};
    annex_add_all(&annex, annex_selftest_lines());
    cr_assert_eq(annex.n_selftests, 1);
    const struct vjp_annex_selftest *s = &annex.selftest[0];
    cr_assert(s->concluded && s->n_plants == 4 && s->n_alarms == 1);
    cr_expect_str_eq(s->plant[0].name, "one");
    struct vjp_kill *kills = vjp_annex_kills(s);
    struct vjp_score score;
    cr_assert_eq(vjp_score_class(kills, 4, 5, &score, NULL), VJP_OK);
    cr_expect_eq(score.plants, 2);
    cr_expect(score.fate[VJP_FATE_CAUGHT] == 1 && score.fate[VJP_FATE_PINNED] == 1);
    cr_expect_eq(score.cases, 13, "of 12 and 14");
    cr_expect_eq(score.elements, 7);
    free(kills);
    cr_expect_eq(s->conclusion.seed, 0x1f);
    cr_expect_eq(s->conclusion.false_alarms, 1);
    cr_expect_eq(s->rule[0].defects.refuse, 1234);
    cr_expect_not(vjp_annex_passed(s));
    vjp_annex_clear(&annex);
}

/* A run that was cut off: what is known so far of a plant gives way to what is known later, and is no success. */
Test(annex_selftest, a_self_test_that_was_cut_is_read)
{
    struct vjp_annex annex = {.open = false};
    char *text = annex_selftest_lines();
    char *last = strstr(text, "{\"type\":\"summary\"");
    cr_assert_not_null(last);
    *last = '\0';
    char *first = strndup(text, (size_t)(strchr(text, '\n') - text));
    annex_add(&annex, first);
    free(first);
    cr_assert(annex.n_selftests == 1 && annex.selftest[0].n_plants == 1);
    cr_expect_eq(vjp_kill_fate(&annex.selftest[0].plant[0].kill), VJP_FATE_MISSED);
    annex_add_all(&annex, text);
    cr_assert_eq(annex.n_selftests, 1);
    const struct vjp_annex_selftest *s = &annex.selftest[0];
    cr_expect_eq(s->n_plants, 4);
    cr_expect_eq(vjp_kill_fate(&s->plant[0].kill), VJP_FATE_CAUGHT);
    cr_expect(s->has_correct && !s->concluded && s->n_alarms == 1);
    cr_expect(s->conclusion.correct_verdicts == 1500 && s->conclusion.false_alarms == 1);
    vjp_annex_clear(&annex);
}

/* Of a plant that was done with, another line is another run's, and hides nothing. */
Test(annex_selftest, what_is_known_of_a_plant_is_not_written_over)
{
    static const char line[] =
        "{\"type\":\"%s\",\"plant\":\"p\",\"classes\":[1],\"named\":\"wrong\",\"fate\":\"%s\","
        "\"campaigns\":[{\"ran\":true,\"cases\":1,\"seconds\":0.5%s}],\"replay\":\"\"}";
    static const struct {
        const char *type, *fate, *caught;
        int plants;
    } lines[] = {{"plant_so_far", "missed", "", 1},
                 {"plant", "missed", "", 1},
                 {"plant_so_far", "caught", ",\"verdict\":\"wrong\"", 2},
                 {"plant", "caught", ",\"verdict\":\"wrong\"", 2}};
    struct vjp_annex annex = {.open = false};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char text[512];
        snprintf(text, sizeof text, line, lines[i].type, lines[i].fate, lines[i].caught);
        annex_add(&annex, text);
        cr_expect_eq(annex.selftest[0].n_plants, lines[i].plants, "%zu", i);
    }
    cr_expect_eq(vjp_kill_fate(&annex.selftest[0].plant[0].kill), VJP_FATE_MISSED);
    vjp_annex_clear(&annex);
}

/* A summary that says so is not enough, and neither are plants without one. */
Test(annex_selftest, a_self_test_passes_only_if_all_says_so)
{
    static const char plant[] =
        "{\"type\":\"plant\",\"plant\":\"p\",\"classes\":[1],\"named\":\"wrong\",\"fate\":\"%s\","
        "\"campaigns\":[{\"ran\":true,\"cases\":1,\"seconds\":0.5%s}],\"replay\":\"\"}";
    static const char summary[] =
        "{\"type\":\"summary\",\"version\":\"0\",\"seed\":\"0x1\",\"seeds\":1,\"max_dim\":8,"
        "\"plants\":1,\"correct_verdicts\":%d,\"correct_wanted\":5,\"correct_inconclusive\":0,"
        "\"false_alarms\":%d,\"without_answer\":0,\"passed\":%s,\"seconds\":1}";
    static const struct {
        const char *fate, *caught;
        int verdicts, alarms;
        const char *passed;
        bool expected;
    } runs[] = {{"caught", ",\"verdict\":\"wrong\"", 5, 0, "true", true},
                {"caught", ",\"verdict\":\"wrong\"", 5, 0, "false", false},
                {"caught", ",\"verdict\":\"wrong\"", 4, 0, "true", false},
                {"caught", ",\"verdict\":\"wrong\"", 5, 1, "true", false},
                {"missed", "", 5, 0, "true", false}};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct vjp_annex annex = {.open = false};
        char text[512];
        snprintf(text, sizeof text, plant, runs[i].fate, runs[i].caught);
        annex_add(&annex, text);
        cr_expect_not(vjp_annex_passed(&annex.selftest[0]), "without a summary");
        snprintf(text, sizeof text, summary, runs[i].verdicts, runs[i].alarms, runs[i].passed);
        annex_add(&annex, text);
        cr_expect_eq(vjp_annex_passed(&annex.selftest[0]), runs[i].expected, "%zu", i);
        vjp_annex_clear(&annex);
    }
}
