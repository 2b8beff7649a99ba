/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

/* A catalogue of two plants: faulty/lost_k_block.so and faulty/truncates.so. */
#define FAULTY                                                                                     \
    "mkdir f && cp $B/faulty/lost_k_block.so $B/faulty/truncates.so f && "                         \
    "printf 'Plant: lost_k_block\\nClass: 5\\nVerdict: wrong\\nPlant: truncates\\nClass: "         \
    "28\\nVerdict: inaccurate\\n' >f/catalogue.txt && export VJPCHECK_FAULTY_PATH=$PWD/f && "

#define RULES                                                                                      \
    "$V study rules naive --layer linear --dtype f32 --sweep K=17,67 --samples 1 --values normal"

/* Continued from the middle of a line it is the same; a plant that truncates is inside the bound, a lost block is not. */
Test(study_rules, tables_plots_and_a_continuation)
{
    char folder[64];
    struct answer answer =
        sh("cd %s && " FAULTY RULES " --out a && ls a && mkdir b && "
           "head -c 5000 a/study.jsonl >b/study.jsonl.partial && " RULES " --out b >/dev/null && "
           "diff -r -x run.jsonl a b && echo alike",
           make_folder(folder));
    expect_code(&answer, 0);
    expect_in(answer.out, "torch.testing.assert_close");
    expect_in(answer.out, "6 right answers, of which 0 are outside the bound");
    expect_in(answer.out, "rules-tradeoff-linear-f32.svg\n");
    expect_in(answer.out, "study.csv\n");
    expect_in(answer.out, "\nalike\n");
    forget(&answer);
    remove_folder(folder);
}

Test(study_rules, plants_that_are_not_built_are_told)
{
    expect_failure(2, "the planted defects are built by",
                   "VJPCHECK_FAULTY_PATH=/nowhere $V study rules naive --out /tmp/none");
}
