/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peers are found by name, and are no part of what is checked without one. */
#include "tests/e2e/shell.h"

/* A plug-in folder with blocked, and with naive as the peer "other". */
static const char *make_plugins(char folder[64])
{
    make_folder(folder);
    struct answer answer = sh("cd %s && mkdir peers && cp $B/plugins/blocked.so . && "
                              "cp $B/plugins/naive.so peers/other.so && "
                              "echo linear dtype=f32 N=2 D=3 M=4 >c",
                              folder);
    expect_code(&answer, 0);
    forget(&answer);
    return folder;
}

Test(peers, are_checked_where_they_are_named)
{
    char folder[64];
    struct answer answer =
        sh("cd %s && export VJPCHECK_PLUGIN_PATH=. && $V check --cases c", make_plugins(folder));
    expect_code(&answer, 0);
    expect_in(answer.out, "1 kernel, 1 check: 0 failed");
    expect_in(answer.out, "blocked:linear");
    expect_not_in(answer.out, "other:");
    forget(&answer);
    answer =
        sh("cd %s && export VJPCHECK_PLUGIN_PATH=. && $V check other blocked --cases c", folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "2 checks: 0 failed");
    expect_in(answer.out, "other:linear");
    forget(&answer);
    answer = sh("cd %s && export VJPCHECK_PLUGIN_PATH=. && "
                "$V run 'linear dtype=f32 N=2 D=3 M=4' --kernel other:linear",
                folder);
    expect_code(&answer, 0);
    expect_in(answer.out, "other:linear");
    forget(&answer);
    answer = sh("cd %s && export VJPCHECK_PLUGIN_PATH=. && $V run 'linear dtype=f32 N=2 D=3 M=4'",
                folder);
    expect_code(&answer, 0);
    expect_not_in(answer.out, "other:");
    forget(&answer);
    remove_folder(folder);
}

Test(peers, are_listed)
{
    char folder[64];
    struct answer answer = sh("cd %s && VJPCHECK_PLUGIN_PATH=. $V list", make_plugins(folder));
    expect_code(&answer, 0);
    expect_in(answer.out, "  blocked:linear: ");
    expect_in(answer.out, "  other:softmax: ");
    forget(&answer);
    expect_failure(2, "which has: blocked; in peers/: other; a library of your own",
                   "cd %s && VJPCHECK_PLUGIN_PATH=. $V check nobody", folder);
    /* A folder of them need not be there. */
    answer = sh("cd %s && rm -r peers && VJPCHECK_PLUGIN_PATH=. $V list", folder);
    expect_code(&answer, 0);
    expect_not_in(answer.out, "other:");
    forget(&answer);
    expect_failure(2, "which has: blocked; a library of your own",
                   "cd %s && VJPCHECK_PLUGIN_PATH=. $V check other", folder);
    remove_folder(folder);
}

/* Of the same name, what ships is meant. */
Test(peers, do_not_hide_what_ships)
{
    char folder[64];
    struct answer answer = sh("cd %s && mv peers/other.so peers/blocked.so && "
                              "VJPCHECK_PLUGIN_PATH=. $V list blocked",
                              make_plugins(folder));
    expect_code(&answer, 0);
    expect_in(answer.out, "blocked:linear");
    expect_not_in(answer.out, "softmax: softmax");
    forget(&answer);
    remove_folder(folder);
}
