/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/npy_header.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 24 /* characters of the header that a message repeats */

static const char *skip_blanks(const char *p)
{
    return p + strspn(p, " \t\n\r");
}

/* Moves *p past the character, and the white space before it. */
static bool take(const char **p, char character)
{
    const char *q = skip_blanks(*p);
    if (*q != character)
        return false;
    *p = q + 1;
    return true;
}

/* Shows what stands at p, without the blanks that fill a header up and the control characters that a
 * file may hold. */
static enum vjp_status fail_at(const char *p, const char *expected, struct vjp_error *error)
{
    char shown[SHOWN + 1] = "";
    p = skip_blanks(p);
    if (*p == '\0')
        return vjp_fail(error, VJP_ERR_USAGE, "header: found the end of the header; expected %s",
                        expected);
    size_t length = strcspn(p, "\n");
    length = length < SHOWN ? length : SHOWN;
    while (skip_blanks(p + length - 1) != p + length - 1)
        length--;
    for (size_t i = 0; i < length; i++) {
        shown[i] = p[i];
        if ((unsigned char)p[i] < ' ' || p[i] == 0x7f)
            shown[i] = '?';
    }
    return vjp_fail(error, VJP_ERR_USAGE, "header: found '%s'; expected %s", shown, expected);
}

/* Reads a string in either kind of quotes, without escapes, into text of size bytes. */
static enum vjp_status read_string(const char **p, char *text, size_t size, const char *expected,
                                   struct vjp_error *error)
{
    const char *start = skip_blanks(*p);
    const char quote = *start;
    if (quote != '\'' && quote != '"')
        return fail_at(start, expected, error);
    const char *end = strchr(start + 1, quote);
    if (!end || (size_t)(end - start) > size)
        return fail_at(start, expected, error);
    for (const char *c = start; c < end; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return fail_at(start, expected, error);
    }
    memcpy(text, start + 1, (size_t)(end - start) - 1);
    text[end - start - 1] = '\0';
    *p = end + 1;
    return VJP_OK;
}

/* The byte order: '<' or none to speak of. '|' and '=' mean that of the machine that wrote the
 * file; NumPy writes '=' nowhere and '|' for raw bytes and single ones. */
static enum vjp_status read_descr(const char **p, struct vjp_npy_header *out,
                                  struct vjp_error *error)
{
    static const struct {
        const char *name;
        enum vjp_dtype dtype;
        int bytes;
        bool is_signed;
    } types[] = {
        {"f2", VJP_F16, 2, true},  {"f4", VJP_F32, 4, true},  {"f8", VJP_F64, 8, true},
        {"V2", VJP_BF16, 2, true}, {"i4", VJP_I32, 4, true},  {"i8", VJP_I32, 8, true},
        {"i2", VJP_I32, 2, true},  {"i1", VJP_I32, 1, true},  {"u1", VJP_I32, 1, false},
        {"u2", VJP_I32, 2, false}, {"u4", VJP_I32, 4, false}, {"u8", VJP_I32, 8, false},
        {"b1", VJP_I32, 1, false},
    };
    static const char expected[] = "a plain element type such as '<f4'";
    char descr[16] = "";
    const enum vjp_status status = read_string(p, descr, sizeof descr, expected, error);
    if (status != VJP_OK)
        return status;
    if (descr[0] == '>')
        return vjp_fail(error, VJP_ERR_USAGE,
                        "elements are big-endian, '%s'; expected little-endian: save "
                        "a.astype(a.dtype.newbyteorder('<'))",
                        descr);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (descr[0] != '\0' && strchr("<|=", descr[0]) && strcmp(descr + 1, types[i].name) == 0) {
            out->dtype = types[i].dtype;
            out->bytes = types[i].bytes;
            out->is_signed = types[i].is_signed;
            return VJP_OK;
        }
    }
    return vjp_fail(error, VJP_ERR_USAGE,
                    "elements are '%s'; expected '<f2', '<f4', '<f8', '<V2' for bf16, or integers "
                    "such as '<i4'",
                    descr);
}

static enum vjp_status read_order(const char **p, struct vjp_error *error)
{
    const char *word = skip_blanks(*p);
    if (strncmp(word, "True", 4) == 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "the array is in Fortran order; expected C order: save "
                        "numpy.ascontiguousarray(a)");
    if (strncmp(word, "False", 5) != 0)
        return fail_at(word, "True or False", error);
    *p = word + 5;
    return VJP_OK;
}

/* A tuple of whole numbers: (), (3,), (2, 3). */
static enum vjp_status read_shape(const char **p, struct vjp_shape *out, struct vjp_error *error)
{
    static const char expected[] = "a shape such as (2, 3)";
    struct vjp_shape shape = {0};
    if (!take(p, '('))
        return fail_at(*p, expected, error);
    bool comma = true;
    while (!take(p, ')')) {
        char *end;
        const char *digits = skip_blanks(*p);
        errno = 0;
        const long long size = strtoll(digits, &end, 10);
        if (!comma || !isdigit((unsigned char)*digits) || errno == ERANGE)
            return fail_at(digits, expected, error);
        if (shape.rank == VJP_RANK_MAX)
            return vjp_fail(error, VJP_ERR_LIMIT, "header: the rank is above %d", VJP_RANK_MAX);
        shape.dim[shape.rank++] = size;
        *p = end;
        comma = take(p, ',');
    }
    if (shape.rank == 1 && !comma) /* (3) is a number to Python */
        return fail_at(*p, expected, error);
    *out = shape;
    return VJP_OK;
}

enum vjp_status vjp_npy_header_parse(const char *text, struct vjp_npy_header *out,
                                     struct vjp_error *error)
{
    static const char *const keys[] = {"descr", "fortran_order", "shape"};
    static const char expected[] = "'descr', 'fortran_order' and 'shape', once each";
    struct vjp_npy_header header;
    bool seen[3] = {false, false, false};
    const char *p = text;
    enum vjp_status status = VJP_OK;
    if (!take(&p, '{'))
        return fail_at(p, "a dictionary, '{'", error);
    bool comma = true;
    while (status == VJP_OK && !take(&p, '}')) {
        char key[16] = "";
        int k = 0;
        const char *start = p;
        if (!comma)
            return fail_at(p, "',' or '}'", error);
        status = read_string(&p, key, sizeof key, expected, error);
        if (status != VJP_OK)
            break;
        while (k < 3 && strcmp(key, keys[k]) != 0)
            k++;
        if (k == 3 || seen[k])
            return fail_at(start, expected, error);
        if (!take(&p, ':'))
            return fail_at(p, "':'", error);
        seen[k] = true;
        status = k == 0   ? read_descr(&p, &header, error)
                 : k == 1 ? read_order(&p, error)
                          : read_shape(&p, &header.shape, error);
        comma = take(&p, ',');
    }
    if (status == VJP_OK && *skip_blanks(p) != '\0')
        return fail_at(p, "the end of the header", error);
    if (status == VJP_OK && !(seen[0] && seen[1] && seen[2]))
        return vjp_fail(error, VJP_ERR_USAGE, "header: '%s' is missing; expected %s",
                        keys[!seen[0]   ? 0
                             : !seen[1] ? 1
                                        : 2],
                        expected);
    if (status == VJP_OK)
        *out = header;
    return status;
}

void vjp_npy_add_shape(const struct vjp_shape *shape, struct vjp_text *text)
{
    vjp_text_add(text, "(");
    for (int d = 0; d < shape->rank; d++)
        vjp_text_add(text, d ? ", %" PRId64 : "%" PRId64, shape->dim[d]);
    vjp_text_add(text, shape->rank == 1 ? ",)" : ")");
}
