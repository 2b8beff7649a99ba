/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_FUZZ_SEEDS_H
#define VJP_TESTS_FUZZ_SEEDS_H

/* What the seeds' files share. */
#include <stdio.h>

/* Opens FOLDER/TARGET/NAME; the folders are made. */
FILE *seed_create(const char *folder, const char *target, const char *name);
void seed_finish(FILE *out);

/* Of a stream that was written: as a whole, and each line by itself, TARGET/NAME and TARGET/NAME-0 and on. Frees it. */
void seed_lines(const char *folder, const char *target, const char *name, char *text);

/* What studies, self-tests and coverage write, and baselines (seeds_annex.c). */
void seed_annex(const char *folder);

#endif
