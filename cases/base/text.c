/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Room for so many bytes more, and the end. */
static void grow(struct vjp_text *text, size_t more)
{
    const size_t capacity = 2 * text->capacity + more + 64;
    char *data = realloc(text->data, capacity);
    text->failed = !data;
    if (data) {
        text->data = data;
        text->capacity = capacity;
    }
}

void vjp_text_add(struct vjp_text *text, const char *format, ...)
{
    if (text->failed)
        return;
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    /* Mostly there is room. */
    const size_t room = text->capacity - text->length;
    const int wanted = vsnprintf(room > 0 ? text->data + text->length : NULL, room, format, args);
    va_end(args);
    if (wanted < 0) {
        text->failed = true;
    } else if ((size_t)wanted + 1 > room) {
        grow(text, (size_t)wanted);
        if (!text->failed)
            vsnprintf(text->data + text->length, text->capacity - text->length, format, again);
    }
    if (!text->failed)
        text->length += (size_t)wanted;
    va_end(again);
}

void vjp_text_clear(struct vjp_text *text)
{
    free(text->data);
    *text = (struct vjp_text){0};
}
