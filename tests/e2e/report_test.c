/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

static char folder[64];

/* A run that is sound, one with failures, and a campaign that found and explained one, which is kept as it was saved. */
static void run_all(void)
{
    make_folder(folder);
    struct answer answer =
        sh("cd %s && printf 'linear dtype=f32 N=1 D=2 M=3 x=[2,3] w=[1,2,3,4,5,6] dy=[1,1,1]\\n"
           "linear dtype=f32 N=3 D=2 M=1 seed=0x2\\n"
           "linear dtype=f32 N=1 D=1 M=1 dy=[0]\\n' >c.cases && "
           "$V check avx2 blocked --cases c.cases --json sound.jsonl && "
           "$V check $B/faulty/first_batch_only.so --cases c.cases --json failed.jsonl "
           "--html direct.html --sarif direct.sarif --tap direct.tap --markdown direct.md "
           "--junit direct.xml; code=$?; cp $S/tests/e2e/campaign.jsonl hunt.jsonl; exit $code",
           folder);
    expect_code(&answer, 1);
    forget(&answer);
}

static void clear(void)
{
    remove_folder(folder);
}

TestSuite(report, .init = run_all, .fini = clear);

/* From the run itself and from what it has saved. */
Test(report, a_rendering_is_the_same_now_and_later)
{
    struct answer answer =
        sh("cd %s && $V report failed.jsonl --html later.html --sarif later.sarif --tap later.tap "
           "--markdown later.md --junit later.xml; echo $?; "
           "for t in html sarif tap md xml; do sed -E 's/[0-9.]+ s\\.|time=\"[0-9.]+\"|vjpcheck "
           "0.1.0, [^<]*//' direct.$t >d && sed -E 's/[0-9.]+ s\\.|time=\"[0-9.]+\"|vjpcheck "
           "0.1.0, [^<]*//' later.$t >l && cmp d l || exit 9; done",
           folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "\n1\n");
    cr_expect_str_eq(answer.err, "");
    forget(&answer);
}

/* prove of Debian 12 knows versions of TAP up to 13, which differs in nothing that is written. */
Test(report, all_renderings_are_valid)
{
    struct answer answer = sh(
        "cd %s && $V report sound.jsonl failed.jsonl hunt.jsonl --junit all.xml --sarif all.sarif "
        "--tap all.tap --markdown all.md --html all.html --json all.jsonl >summary; echo $?; "
        "xmllint --noout --schema $S/tests/e2e/junit.xsd all.xml && "
        "python3 $S/tests/e2e/sarif.py all.sarif >results && "
        "test $(cat results) = $(grep -c '<failure' all.xml) && "
        "test $(cat results) = $(grep -c '^not ok' all.tap) && "
        "xmllint --html --noout all.html 2>&1 | grep -v -E 'Tag (main|nav|header|footer|section|"
        "article|figure|figcaption|svg|rect|text|desc|title) invalid|^all.html|[<^]' ; "
        "xmllint --xpath 'string(//failure)' all.xml; prove -q --exec 'sed 1s/14/13/' all.tap; "
        "echo prove $?",
        folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "1\n");
    expect_in(answer.err, "all.xml validates\n");
    expect_in(answer.out, "\nvjpcheck run '"); /* in the text of the failure */
    expect_in(answer.out, "Failed");
    expect_in(answer.out, "prove 1\n");
    forget(&answer);
    answer = sh("cd %s && $V report sound.jsonl --tap s.tap >/dev/null && "
                "prove --exec 'sed 1s/14/13/' s.tap",
                folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "All tests successful.");
    forget(&answer);
}

/* The campaign's words stand in its stream, and on the page; a stream that was merged keeps them. */
Test(report, what_a_campaign_explains_is_on_the_page)
{
    struct answer answer = sh(
        "cd %s && grep -c '\"type\":\"find\"' hunt.jsonl && tail -1 hunt.jsonl | grep -c summary "
        "&& "
        "$V merge hunt.jsonl sound.jsonl --json m.jsonl >/dev/null; "
        "grep -c '\"type\":\"run\"' m.jsonl; $V report m.jsonl --html m.html >/dev/null; "
        "grep -c 'What was found out about it' m.html; grep -o 'fails iff N[^<]*' m.html | head "
        "-1; "
        "grep -c 'id=\"campaigns\"' m.html; "
        "sha256sum $B/faulty/first_batch_only.so | cut -d' ' -f1 | xargs -I@ grep -c @ direct.html",
        folder);
    expect_in(answer.out, "\n2\n"); /* lines of type run */
    expect_in(answer.out, "fails iff N ");
    expect_code(&answer, 0);
    forget(&answer);
}

/* Without a campaign and its corpus. */
Test(report, a_check_explains_its_failures)
{
    struct answer answer = sh(
        "cd %s && echo 'linear dtype=f32 N=2 D=1 M=9 x=exact w=exact dy=exact' >e.cases && "
        "$V check $B/faulty/tail_dropped.so --cases e.cases --explain --html e.html; echo $?; ls; "
        "grep -c 'What was found out about it' e.html; grep -o 'fails iff M[^<]*' e.html",
        folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "1 kernel, 1 check: 1 failed");
    expect_in(answer.out, "tail_dropped: f32 wrong first seen in case 1, after ");
    expect_in(answer.out, "\n  smallest case, after ");
    expect_in(answer.out, "\n1\nc.cases\n");
    expect_in(answer.out, "\ne.html\n");
    expect_in(answer.out, "\n1\nfails iff M % 8 != 0");
    expect_not_in(answer.out, "corpus");
    forget(&answer);
}

Test(report, mistakes_are_told)
{
    expect_failure(2, "nothing to write", "cd %s && $V report sound.jsonl", folder);
    expect_failure(2, "--sarif and --html cannot both write to x",
                   "cd %s && $V report sound.jsonl --html x --sarif x", folder);
    expect_failure(2, "none.jsonl: cannot be read", "cd %s && $V report none.jsonl --markdown -",
                   folder);
    expect_failure(2, "c.cases:1: expected an object of JSON",
                   "cd %s && $V report c.cases --html x.html", folder);
    expect_failure(3, "/nowhere/x", "cd %s && $V report sound.jsonl --html /nowhere/x", folder);
    struct answer answer = sh("cd %s && head -3 sound.jsonl >cut.jsonl && $V report cut.jsonl "
                              "--markdown - --html cut.html 2>err; echo $?; cat err; "
                              "grep -c '<title>incomplete: ' cut.html",
                              folder);
    expect_in(answer.out, "# vjpcheck: incomplete\n");
    expect_in(answer.out, "\n2\n");
    expect_in(answer.out, "cut.jsonl: has no summary");
    expect_code(&answer, 0);
    forget(&answer);
}

Test(report, a_step_of_github_is_annotated)
{
    struct answer answer =
        sh("cd %s && GITHUB_STEP_SUMMARY=step.md $V report failed.jsonl --github; head -1 step.md",
           folder);
    expect_in(answer.out, "\n::error title=");
    expect_in(answer.out, " is wrong::");
    expect_in(answer.out, "%0Avjpcheck run ");
    expect_in(answer.out, "\n# vjpcheck: failed\n");
    forget(&answer);
}

/* What studies, a self-test and coverage wrote, with verdicts or alone, in any order. */
Test(report, what_other_commands_wrote_is_shown)
{
    struct answer answer = sh(
        "cd %s && $V study growth naive --layer linear --dtype f32 --values normal --sweep K=8,32 "
        "--samples 1 --out g >/dev/null && $V study order naive 'linear dtype=f32 N=4 D=3 M=9' "
        "--out o >/dev/null && ls g/run.jsonl o/run.jsonl && "
        "$V report o/*.jsonl g/*.jsonl --html s.html --markdown s.md; echo code $?; "
        "head -1 s.md; grep -c '^| naive' s.md; grep -c vjp-plot\\\" s.html; "
        "grep -c 'vjpcheck study growth naive' s.html; grep -c 'id=.run-[0-9].>Run' s.html; "
        "$V report $S/tests/e2e/selftest.jsonl sound.jsonl g/*.jsonl o/*.jsonl sound.jsonl "
        "--html a.html --json a.jsonl >/dev/null; echo code $?; "
        "$V report a.jsonl g/study.jsonl --html b.html >/dev/null; "
        "for f in a b; do sed -E 's/[0-9.]+ s\\.|vjpcheck 0.1.0, [^<]*//' $f.html >$f; done; "
        "cmp a b && echo same",
        folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "o/run.jsonl\n");
    expect_in(answer.out, "Studies have 6 points, with no elements outside the bound");
    expect_in(answer.out, "code 0\n# vjpcheck: sound\n5\n9\n1\n2\ncode 1\nsame\n");
    forget(&answer);
    answer =
        sh("cd %s && (cat g/study.jsonl; echo '{\"type\":\"order\",\"kernel\":1}') >bad.jsonl; "
           "$V report bad.jsonl --html x.html",
           folder);
    expect_code(&answer, 2);
    /* Behind the header, 6 points, 3 fits and the summary. */
    expect_in(answer.err, "bad.jsonl:12: \"kernel\": expected a text");
    forget(&answer);
    answer =
        sh("cd %s && head -3 g/study.jsonl >cut.jsonl; $V report cut.jsonl --html x.html", folder);
    expect_code(&answer, 2);
    expect_in(answer.err, "cut.jsonl: has no summary");
    forget(&answer);
}
