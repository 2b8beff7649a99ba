/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/oracle/rival/small.h"

#include <dirent.h>

Test(rival_openblas, gradients_are_those_by_hand)
{
    expect_small(VJP_RIVAL_OPENBLAS, 1);
}

static int count_threads(void)
{
    int count = -2; /* . and .. */
    DIR *folder = opendir("/proc/self/task");
    cr_assert_not_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* Loaded without that, OpenBLAS starts a thread for each further processor. */
Test(rival_openblas, starts_no_thread_and_says_what_it_is)
{
    struct arena a;
    const int before = count_threads();
    make_arena(&a, SMALL, VJP_RIVAL_OPENBLAS, 1);
    const char *label = vjp_rival_label(a.rival);
    cr_expect_eq(strncmp(label, "OpenBLAS ", 9), 0, "%s", label);
    cr_expect_not_null(strstr(label, " dgemm ("), "%s", label);
    cr_expect_eq(count_threads(), before);
    clear_arena(&a);
}

/* 2^30 + 1 is no f32. */
Test(rival_openblas, computes_in_f64)
{
    struct arena a;
    double scale;
    make_arena(&a, "linear dtype=f32 N=1 D=1 M=2 x=[1] w=[0x1p30,1] dy=[1,1]", VJP_RIVAL_OPENBLAS,
               1);
    run_arena(&a);
    expect_element(&a, 0, 0, 0, 0x1p30 + 1);
    cr_expect_not(vjp_rival_scale(a.rival, 0, 0, 0, &scale));
    clear_arena(&a);
}
