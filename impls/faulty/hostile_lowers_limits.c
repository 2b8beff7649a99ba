/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Lowers a limit of the process and leaves it there: nobody can open a file any more.
 *
 * Class: 35
 * Verdict: wrong
 * Says: (prlimit64), which was refused */
#include <sys/resource.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    const struct rlimit none = {0, 0};
    faulty_linear(c);
    setrlimit(RLIMIT_NOFILE, &none);
}

FAULTY_PLUGIN(hostile_lowers_limits, run);
