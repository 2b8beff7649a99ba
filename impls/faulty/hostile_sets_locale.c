/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Leaves the process in another locale: what its caller prints and parses is other text from then on.
 *
 * Class: 35
 * Verdict: wrong
 * Says: left the locale changed from C to C.UTF-8 */
#include <locale.h>

#include "impls/faulty/faulty.h"

static void run(struct faulty_call *c)
{
    faulty_linear(c);
    setlocale(LC_ALL, "C.UTF-8");
}

FAULTY_PLUGIN(hostile_sets_locale, run);
