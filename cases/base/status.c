/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void vjp_error_set(struct vjp_error *error, const char *format, ...)
{
    if (!error)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
}

void vjp_error_prefix(struct vjp_error *error, const char *format, ...)
{
    if (!error)
        return;
    struct vjp_error old = *error;
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    size_t used = strlen(error->text);
    size_t room = sizeof error->text - used;
    size_t length = strnlen(old.text, sizeof old.text - 1);
    if (length >= room)
        length = room - 1;
    memcpy(error->text + used, old.text, length);
    error->text[used + length] = '\0';
}
