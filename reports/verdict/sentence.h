/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_VERDICT_SENTENCE_H
#define VJP_REPORTS_VERDICT_SENTENCE_H

#include "cases/base/status.h"

/* Adds formatted words to the NUL-terminated text in a buffer of size bytes, cut at its end. */
void vjp_sentence_add(char *text, int size, const char *format, ...) VJP_PRINTF(3, 4);

#endif
