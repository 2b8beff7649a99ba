/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void vjp_text_add(struct vjp_text *text, const char *format, ...)
{
    if (text->failed)
        return;
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    const int wanted = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (wanted < 0) {
        text->failed = true;
    } else if (text->length + (size_t)wanted + 1 > text->capacity) {
        const size_t capacity = 2 * text->capacity + (size_t)wanted + 64;
        char *data = realloc(text->data, capacity);
        if (data) {
            text->data = data;
            text->capacity = capacity;
        } else {
            text->failed = true;
        }
    }
    if (!text->failed) {
        vsnprintf(text->data + text->length, text->capacity - text->length, format, again);
        text->length += (size_t)wanted;
    }
    va_end(again);
}

void vjp_text_clear(struct vjp_text *text)
{
    free(text->data);
    *text = (struct vjp_text){0};
}
