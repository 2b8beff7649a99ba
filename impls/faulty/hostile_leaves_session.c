/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves its session and process group: what ends the group does not reach it any more.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to leave its session */
#include <unistd.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    setsid();
}

FAULTY_PLUGIN(hostile_leaves_session, run);
