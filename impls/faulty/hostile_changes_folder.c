/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves the process in another working directory.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to change the working directory from  */
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    (void)!chdir("/");
}

FAULTY_PLUGIN(hostile_changes_folder, run);
