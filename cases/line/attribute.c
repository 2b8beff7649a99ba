/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/line/attribute.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum vjp_reading vjp_whole_read(const char *text, int64_t *out)
{
    char *end;
    if (!isdigit((unsigned char)text[*text == '-']))
        return VJP_READING_NONSENSE;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    if (*end != '\0')
        return VJP_READING_NONSENSE;
    if (errno == ERANGE)
        return VJP_READING_TOO_LARGE;
    *out = value;
    return VJP_READING_DONE;
}

static enum vjp_reading read_choice(const struct vjp_attr_spec *attr, const char *text,
                                    int64_t *out)
{
    for (int i = 0; attr->choices[i]; i++) {
        if (strcmp(attr->choices[i], text) == 0) {
            *out = i;
            return VJP_READING_DONE;
        }
    }
    return VJP_READING_NONSENSE;
}

static enum vjp_reading read_real(const struct vjp_attr_spec *attr, const char *text, double *out)
{
    char *end;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(value))
        return VJP_READING_NONSENSE;
    *out = value;
    return value < attr->real_min || value > attr->real_max ? VJP_READING_OUTSIDE
                                                            : VJP_READING_DONE;
}

enum vjp_reading vjp_attribute_read(const struct vjp_attr_spec *attr, const char *text,
                                    int64_t *whole, double *real)
{
    if (attr->kind == VJP_ATTR_REAL)
        return read_real(attr, text, real);
    if (attr->kind == VJP_ATTR_CHOICE)
        return read_choice(attr, text, whole);
    const enum vjp_reading reading = vjp_whole_read(text, whole);
    if (reading == VJP_READING_DONE && (*whole < attr->min || *whole > attr->max))
        return VJP_READING_OUTSIDE;
    return reading;
}
