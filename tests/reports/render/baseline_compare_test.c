/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/baseline.h"

#include "tests/reports/render/baselines.h"

TestSuite(baseline_compare, .fini = clear);

/* One thing changed at a time. */
Test(baseline_compare, what_counts_as_a_change)
{
    static const struct {
        const char *layer, *line;
        enum vjp_verdict verdict;
        double ratio;
        int changes;
        const char *said;
    } table[] = {
        {"linear", "c", VJP_VERDICT_PASS, 0.5, 0, ""},
        {"linear", "c", VJP_VERDICT_PASS, 0.501, 1, "the largest error is 0.501 of its bound"},
        {"linear", "c", VJP_VERDICT_EXACT, 0.5, 2, "1 exact, expected 0"},
        {"linear", "c", VJP_VERDICT_WRONG, 0.5, 2, "1 wrong, expected 0"},
        {"linear", "other", VJP_VERDICT_PASS, 0.5, 1, "cases that are others"},
        {"linear", "c", VJP_VERDICT_PASS, (double)NAN, 1, "is nan of its bound"},
        {"gelu", "c", VJP_VERDICT_PASS, 0.5, 0, ""},
        {"gelu", "c", VJP_VERDICT_PASS, 0.624, 0, ""}, /* an eighth, for libraries of exp */
        {"gelu", "c", VJP_VERDICT_PASS, 0.376, 0, ""},
        {"gelu", "c", VJP_VERDICT_PASS, 0.626, 1, "the largest error is 0.626 of its bound"},
        {"gelu", "c", VJP_VERDICT_PASS, 0.374, 1, "the largest error is 0.374"},
        {"gelu", "c", VJP_VERDICT_EXACT, 0.5, 0, ""},
        {"gelu", "c", VJP_VERDICT_VACUOUS, 0.5, 2, "1 vacuous, expected 0"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int changes;
        add("a:k", table[i].layer, "c", VJP_VERDICT_PASS, 0.5);
        struct vjp_baseline expected = make();
        vjp_summary_clear(&summary);
        add("a:k", table[i].layer, table[i].line, table[i].verdict, table[i].ratio);
        struct vjp_baseline now = make();
        vjp_summary_clear(&summary);
        char *said = compare(&expected, &now, &changes);
        cr_expect_eq(changes, table[i].changes, "%zu: %s", i, said);
        expect_in(said, table[i].said);
        free(said);
        vjp_baseline_clear(&expected);
        vjp_baseline_clear(&now);
    }
}

static void decline(const char *line, const char *reason)
{
    struct vjp_record record = make_record("a:k", "f32", VJP_VERDICT_UNSUPPORTED, 1);
    record.line = line;
    record.reason = reason;
    record.n_gradients = 0;
    cr_assert_eq(vjp_summary_add(&summary, &record, &error), VJP_OK);
}

/* Who declines everything for one reason lacks the machine for it; who declines some of it, or for several, has changed. */
Test(baseline_compare, a_kernel_that_cannot_run_here_is_skipped_and_shown)
{
    static const struct {
        const char *second; /* why the second case is declined; NULL: it is not */
        bool before;        /* the baseline has it as unsupported, too */
        int changes;
        const char *said;
    } table[] = {
        {"no AVX2", false, 0, "  a:k f32: skipped, unsupported in all of 2 cases: no AVX2\n"},
        {"too large", true, 0, "  a:k f32: skipped, unsupported in all of 2 cases: no AVX2\n"},
        {"too large", false, 3, "2 unsupported, expected 0"},
        {NULL, false, 2, "1 unsupported, expected 0"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int changes;
        add("a:k", "linear", "c", VJP_VERDICT_PASS, 0.5);
        if (table[i].before)
            decline("d", "too large");
        else
            add("a:k", "linear", "d", VJP_VERDICT_PASS, 0.5);
        struct vjp_baseline expected = make();
        vjp_summary_clear(&summary);
        decline("c", "no AVX2");
        if (table[i].second)
            decline("d", table[i].second);
        else
            add("a:k", "linear", "d", VJP_VERDICT_PASS, 0.5);
        struct vjp_baseline now = make();
        vjp_summary_clear(&summary);
        cr_expect_eq(vjp_baseline_wants_tree(&now, "a:k", "f32"), !table[i].second);
        char *said = compare(&expected, &now, &changes);
        cr_expect_eq(changes, table[i].changes, "%zu: %s", i, said);
        expect_in(said, table[i].said);
        free(said);
        vjp_baseline_clear(&expected);
        vjp_baseline_clear(&now);
    }
}

Test(baseline_compare, another_tree_is_a_change)
{
    static const char sequential[] = "dx 67 terms, sequential, 01234567";
    int changes;
    add("/tmp/there/a:k", "linear", "c", VJP_VERDICT_PASS, 0.5);
    struct vjp_baseline expected = make();
    struct vjp_baseline now = make();
    cr_assert_eq(vjp_baseline_set_tree(&expected, "/tmp/there/a:k", "f32", sequential, &error),
                 VJP_OK);
    cr_assert_eq(vjp_baseline_set_tree(&now, "b:k", "f32", "of another", &error), VJP_OK);
    free(compare(&expected, &now, &changes));
    cr_expect_eq(changes, 0, "one that is not known");
    cr_assert_eq(vjp_baseline_set_tree(&now, "/tmp/there/a:k", "f32",
                                       "dx 67 terms, sequential, 01234568", &error),
                 VJP_OK);
    char *said = compare(&expected, &now, &changes);
    cr_expect_eq(changes, 1);
    expect_in(said,
              "the summation tree is dx 67 terms, sequential, 01234568, expected dx 67 terms");
    free(said);
    vjp_baseline_clear(&expected);
    vjp_baseline_clear(&now);
}

Test(baseline_compare, rows_that_come_and_go)
{
    int changes;
    add("a:k", "linear", "c", VJP_VERDICT_PASS, 0.5);
    struct vjp_baseline a = make();
    vjp_summary_clear(&summary);
    add("b:k", "linear", "c", VJP_VERDICT_PASS, 0.5);
    struct vjp_baseline b = make();
    char *said = compare(&a, &b, &changes);
    cr_expect_str_eq(said, "  a:k f32: was not checked, but is in the baseline\n"
                           "  b:k f32: is not in the baseline\n");
    cr_expect_eq(changes, 2);
    free(said);
    vjp_baseline_clear(&a);
    vjp_baseline_clear(&b);
}
