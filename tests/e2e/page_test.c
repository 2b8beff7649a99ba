/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of "vjpcheck report" in a browser, where there is one (Debian's package chromium). */
#include "tests/e2e/shell.h"

/* Its own files only; without a sandbox, which a container has no rights for. */
#define CHROMIUM                                                                                   \
    "timeout 60 chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage "       \
    "--no-first-run --user-data-dir=profile$w --enable-logging=stderr --log-level=0 "              \
    "--allow-file-access-from-files --hide-scrollbars "

/* One that is there but does not run here shows an empty page no better. */
static bool has_browser(void)
{
    struct answer answer = sh("w=0; d=$(mktemp -d); command -v chromium && cd $d && " CHROMIUM
                              "--dump-dom about:blank; code=$?; rm -rf $d; exit $code");
    const bool found = answer.code == 0 && strstr(answer.out, "<html>");
    forget(&answer);
    return found;
}

/* Where pictures are left for people to look at. */
#define PICTURES TEST_BINARY_DIR "/pictures"

Test(page, works_in_a_browser, .timeout = 200)
{
    char folder[64];
    if (TEST_INSTRUMENTED)
        cr_skip_test("the same page: it is opened in the build without sanitizers");
    if (!has_browser())
        cr_skip_test("chromium is not installed, or does not run here: the page is not opened");
    make_folder(folder);
    struct answer answer =
        sh("cd %s && for i in 1 2 3 4; do echo \"linear dtype=f32 N=$i D=7 M=5$i\"; "
           "echo \"linear dtype=f64 N=3 D=$i M=9\"; done >c.cases; "
           "$V check blocked avx2 $B/faulty/first_batch_only.so --cases c.cases "
           "--json run.jsonl >/dev/null; "
           "$V study growth naive avx2 --layer linear --dtype f32 --values normal --sweep K=8,32 "
           "--samples 2 "
           "--out growth >/dev/null; "
           "$V study order naive avx2 'linear dtype=f32 N=4 D=3 M=40' --out order >/dev/null; "
           "$V coverage $S/impls/example/my_linear.c --cflags \"-I $S/impls/abi\" --out coverage "
           "--cases 20 --max-dim 8 >/dev/null; "
           "$V report run.jsonl $S/tests/e2e/campaign.jsonl $S/tests/e2e/selftest.jsonl "
           "growth/*.jsonl order/*.jsonl coverage/coverage.jsonl --html report.html >/dev/null; "
           "cp $S/tests/e2e/page_driver.html . && mkdir -p '" PICTURES "' && "
           "rm -f '" PICTURES "'/report-*.png; " CHROMIUM
           "--virtual-time-budget=10000 --dump-dom file://$PWD/page_driver.html >dom 2>log & "
           "for w in 1280 390; do " CHROMIUM "--window-size=$w,1600 "
           "--screenshot='" PICTURES "'/report-$w.png file://$PWD/report.html >/dev/null "
           "2>log$w; done; wait; cat log1280 log390 >>log; "
           "sed -n '/id=\"said\"/,/done/p' dom; grep CONSOLE log >console; "
           "grep -c 'the driver is heard' console; grep -v 'the driver is heard' console; "
           "for w in 1280 390; do file_size=$(stat -c %%s '" PICTURES "'/report-$w.png); "
           "od -An -tu1 -j16 -N4 '" PICTURES "'/report-$w.png | tr -d '\\n'; "
           "test \"$file_size\" -gt 20000 || echo blank; done",
           folder);
    expect_in(answer.out, "ok sorts by kernel\n");
    expect_in(answer.out, "\ndone\n");
    expect_not_in(answer.out, "not ok");
    /* One line on the console, the driver's own. */
    expect_in(answer.out, "done\n1\n   0   0   5   0   0   0   1 134");
    expect_not_in(answer.out, "blank");
    forget(&answer);
    remove_folder(folder);
}
