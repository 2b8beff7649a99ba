/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/verdict/sentence.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void vjp_sentence_add(char *text, int size, const char *format, ...)
{
    const size_t length = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + length, (size_t)size - length, format, args);
    va_end(args);
}
