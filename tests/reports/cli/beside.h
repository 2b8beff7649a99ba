/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_CLI_BESIDE_H
#define VJP_TESTS_REPORTS_CLI_BESIDE_H

/* Tests that open targets by name look for the worker beside themselves, and for plug-ins where this says. */

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static inline void find_parts(void)
{
    const int made =
        symlink(TEST_BINARY_DIR "/vjpcheck-worker", TEST_BINARY_DIR "/tests/vjpcheck-worker");
    cr_assert(made == 0 || errno == EEXIST);
    setenv("VJPCHECK_PLUGIN_PATH", TEST_BINARY_DIR "/plugins", 1);
}

#endif
