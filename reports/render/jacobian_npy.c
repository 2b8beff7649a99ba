/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/jacobian.h"

#include "cases/base/text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define MAGIC_SIZE 10 /* "\x93NUMPY", the version, the length of the header */

/* The value for a file of numbers; false where the enclosure is no single step wide. */
static bool choose_value(const struct vjp_jacobian_view *view, int64_t i, int64_t j, double *out)
{
    double low;
    double high;
    if (!vjp_explicit_entry(view->jacobian, i, j, &low, &high)) {
        *out = 0;
        return true;
    }
    /* The midpoint of neighbours rounds to one of them. NaN and infinities are points. */
    *out = low == high ? low : 0.5 * low + 0.5 * high;
    return isnan(low) || low == high || nextafter(low, high) == high;
}

static void make_header(const struct vjp_shape *shape, struct vjp_text *out)
{
    vjp_text_add(out, "{'descr': '<f8', 'fortran_order': False, 'shape': (");
    for (int d = 0; d < shape->rank; d++)
        vjp_text_add(out, "%" PRId64 ",%s", shape->dim[d], d + 1 < shape->rank ? " " : "");
    vjp_text_add(out, "), }");
    /* numpy/lib/format.py: padded with blanks so that the data begin at a multiple of 64. */
    const int used = (int)out->length + MAGIC_SIZE + 1;
    vjp_text_add(out, "%*s\n", (64 - used % 64) % 64, "");
}

static void write_header(const struct vjp_text *header, FILE *out)
{
    const unsigned char magic[MAGIC_SIZE] = {0x93,
                                             'N',
                                             'U',
                                             'M',
                                             'P',
                                             'Y',
                                             1,
                                             0,
                                             (unsigned char)(header->length & 0xff),
                                             (unsigned char)(header->length >> 8)};
    fwrite(magic, 1, sizeof magic, out);
    fwrite(header->data, 1, header->length, out);
}

static void write_double(double value, FILE *out)
{
    uint64_t bits;
    unsigned char bytes[8];
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(bits >> (8 * i));
    fwrite(bytes, 1, sizeof bytes, out);
}

enum vjp_status vjp_jacobian_print_npy(const struct vjp_jacobian_view *view, FILE *out,
                                       struct vjp_error *error)
{
    struct vjp_shape y;
    struct vjp_shape x;
    struct vjp_shape shape;
    int64_t rows = 0;
    int64_t columns = 0;
    double value;
    vjp_explicit_shape(view->jacobian, &y, &x);
    enum vjp_status status = vjp_shape_concat(&y, &x, &shape, error);
    if (status == VJP_OK)
        status = vjp_shape_count(&y, &rows, error);
    if (status == VJP_OK)
        status = vjp_shape_count(&x, &columns, error);
    if (status != VJP_OK)
        return status;
    /* Before the first byte: a file that ends half way is worse than none. */
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < columns; j++) {
            if (!choose_value(view, i, j, &value))
                return vjp_fail(error, VJP_ERR_LIMIT,
                                "entry (%" PRId64 ", %" PRId64
                                ") is a set of values, which .npy cannot hold: use --format text "
                                "or json",
                                i, j);
        }
    }
    struct vjp_text header = {0};
    make_header(&shape, &header);
    if (header.failed) {
        vjp_text_clear(&header);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    write_header(&header, out);
    vjp_text_clear(&header);
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < columns; j++) {
            if (choose_value(view, i, j, &value))
                write_double(value, out);
        }
    }
    return VJP_OK;
}
