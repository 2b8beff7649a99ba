/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Opens a socket.
 *
 * Class: 35
 * Verdict: wrong
 * Says: tried to open a socket */
#include <sys/socket.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    socket(AF_INET, SOCK_STREAM, 0);
}

FAULTY_PLUGIN(hostile_opens_socket, run);
