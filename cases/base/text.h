/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_BASE_TEXT_H
#define VJP_CASES_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "cases/base/status.h"

/* A text that grows. A zeroed struct is the empty text; data is NULL until something was added and
 * NUL-terminated after. When memory ends, failed is set, further additions do nothing, and the
 * caller asks once, at the end. */
struct vjp_text {
    char *data;
    size_t length;
    size_t capacity;
    bool failed;
};

void vjp_text_add(struct vjp_text *text, const char *format, ...) VJP_PRINTF(2, 3);
void vjp_text_clear(struct vjp_text *text);

#endif
