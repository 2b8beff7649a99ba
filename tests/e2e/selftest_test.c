/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

#include <jansson.h>

/* Small enough for the sanitizers, and so few verdicts that every kernel that ships has some. */
#define SMALL "--seeds 1 --cases 60 --max-dim 16 --alarms 150"

/* One is caught by most cases, one writes past the end, one needs a case of its own. */
Test(selftest, plants_are_caught)
{
    struct answer answer =
        sh("$V selftest term_twice writes_past_end recognises_data --json - " SMALL);
    expect_code(&answer, 0);
    expect_in(answer.err, "3 plants, 1 campaign each, sizes up to 16\n");
    expect_in(answer.err, "pinned, by none of the campaigns: recognises_data\n");
    expect_in(answer.err, ", 0 false alarms, ");
    expect_in(answer.err, "torch.testing.assert_close");
    expect_in(answer.err, "passed: 3 of 3 plants caught, 1 of them by pinned cases only; 0 false");
    expect_in(answer.out, "{\"type\":\"plant_so_far\",\"plant\":\"term_twice\"");
    expect_in(answer.out, "{\"type\":\"plant\",\"plant\":\"term_twice\"");
    expect_in(answer.out, "{\"type\":\"correct_so_far\",\"correct_verdicts\":1,");
    const char *last = strstr(answer.out, "{\"type\":\"summary\"");
    cr_assert_not_null(last, "%s", answer.out);
    json_t *summary = json_loads(last, 0, NULL);
    cr_assert_not_null(summary, "%s", last);
    cr_expect(json_is_true(json_object_get(summary, "passed")));
    cr_expect_eq(json_integer_value(json_object_get(summary, "plants")), 3);
    json_decref(summary);
    forget(&answer);
}

/* A kernel that is right, in the place of a plant: the command that asks it again finds nothing either. */
Test(selftest, a_correct_kernel_among_them_is_missed)
{
    char folder[64];
    make_folder(folder);
    struct answer answer =
        sh("cd %s && cp $B/plugins/blocked.so sound.so && cp $B/faulty/term_twice.so . && "
           "printf 'Plant: term_twice\\nClass: 5\\nVerdict: wrong\\n"
           "Plant: sound\\nClass: 4\\nVerdict: wrong\\n' >catalogue.txt && "
           "VJPCHECK_FAULTY_PATH=. $V selftest --only-missed " SMALL,
           folder);
    expect_code(&answer, 1);
    expect_in(answer.out, "sound: missed; must be wrong\n    vjpcheck fuzz ./sound.so --seed ");
    expect_in(answer.out, "4 tail of a dimension dropped");
    expect_not_in(answer.out, "5 a term counted twice");
    expect_in(answer.out, "failed: 1 of 2 plants caught, 0 of them by pinned cases only; 0 false");
    forget(&answer);
    remove_folder(folder);
}

/* Ends a run while its second campaign, against a kernel that is right, goes on for seconds: a line is there by then. */
#define UNTIL_A_LINE_IS_THERE                                                                      \
    "VJPCHECK_FAULTY_PATH=. $V selftest --json s.jsonl >told 2>&1 & pid=$!; i=0; "                 \
    "until grep -q plant_so_far s.jsonl.partial 2>/dev/null || [ $i = 500 ]; "                     \
    "do sleep 0.02; i=$((i+1)); done; "

Test(selftest, what_was_found_is_there_when_it_is_ended)
{
    char folder[64];
    make_folder(folder);
    struct answer answer =
        sh("cd %s && cp $B/plugins/blocked.so sound.so && cp $B/faulty/term_twice.so . && "
           "printf 'Plant: term_twice\\nClass: 5\\nVerdict: wrong\\n"
           "Plant: sound\\nClass: 4\\nVerdict: wrong\\n' >catalogue.txt; " UNTIL_A_LINE_IS_THERE
           "kill -KILL $pid; wait $pid; test ! -e s.jsonl && "
           "$V report s.jsonl.partial --markdown report.md; cat report.md",
           folder);
    expect_in(answer.err, "s.jsonl.partial: has no summary: its run did not come to its end");
    expect_in(answer.out, "did not pass: 1 of 1 plants caught; it did not come to its end.");
    forget(&answer);
    answer = sh("cd %s && rm s.jsonl.partial; " UNTIL_A_LINE_IS_THERE
                "kill -TERM $pid; wait $pid; echo code $?; cat told; tail -n 1 s.jsonl",
                folder);
    expect_in(answer.out, "code 1\n");
    expect_in(answer.out, "interrupted by Terminated\n");
    expect_in(answer.out, "{\"type\":\"summary\",");
    forget(&answer);
    remove_folder(folder);
}

/* What the budget did not reach is told, and is no success. */
Test(selftest, what_was_not_run_is_no_success)
{
    struct answer answer = sh("$V selftest term_twice --budget 0.05 --seeds 16 --alarms 1000000");
    expect_code(&answer, 1);
    expect_in(answer.out, "not run, for want of time: ");
    expect_in(answer.out, "the rest of 1,000,000\n");
    expect_in(answer.out, "failed: ");
    forget(&answer);
}

Test(selftest, wrong_usage_is_told)
{
    expect_failure(2, "no plant \"none\" in ", "$V selftest none");
    expect_failure(2, "--budget 0: expected a time above 0", "$V selftest --budget 0");
    expect_failure(2, "--seeds 17: expected a whole number from 1 to 16", "$V selftest --seeds 17");
    expect_failure(2, "--alarms 0: expected a whole number from 1", "$V selftest --alarms 0");
    expect_failure(2,
                   "/none/such/catalogue.txt is not there: the planted defects are built by "
                   "\"cmake --build --preset release --target plants\"",
                   "VJPCHECK_FAULTY_PATH=/none/such $V selftest");
}

/* The catalogue is there, the plug-in is not. */
Test(selftest, a_plant_that_is_not_built_is_told)
{
    char folder[64];
    make_folder(folder);
    expect_failure(2, "./gone.so is not there: the planted defects are built by",
                   "cd %s && printf 'Plant: gone\\nClass: 5\\nVerdict: wrong\\n' >catalogue.txt && "
                   "VJPCHECK_FAULTY_PATH=. $V selftest",
                   folder);
    remove_folder(folder);
}
