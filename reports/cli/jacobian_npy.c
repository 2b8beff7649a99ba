/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/jacobian_npy.h"

#include "cases/gen/npy.h"

#include <inttypes.h>
#include <math.h>

/* The number for an entry; false for a set, and where it is not determined or its enclosure is wider than a
 * step. */
static bool choose_value(const struct vjp_explicit *jacobian, int64_t i, int64_t j, double *out)
{
    double low;
    double high;
    if (!vjp_explicit_entry(jacobian, i, j, &low, &high))
        low = high = 0;
    /* The midpoint of neighbours rounds to one of them. NaN and infinities are points. */
    *out = low == high ? low : 0.5 * low + 0.5 * high;
    return vjp_explicit_is_known(jacobian, i, j) && !vjp_explicit_is_set(jacobian, i, j) &&
           (isnan(low) || low == high || nextafter(low, high) == high);
}

/* Before the first byte is written: a file that ends half way is worse than none. */
static enum vjp_status check_entries(const struct vjp_explicit *jacobian, int64_t rows,
                                     int64_t columns, struct vjp_error *error)
{
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < columns; j++) {
            double value;
            if (choose_value(jacobian, i, j, &value))
                continue;
            if (!vjp_explicit_is_known(jacobian, i, j))
                return vjp_fail(error, VJP_ERR_LIMIT,
                                "entry (%" PRId64 ", %" PRId64 ") is not determined, which .npy "
                                "cannot hold: use --format text or json",
                                i, j);
            if (!vjp_explicit_is_set(jacobian, i, j))
                return vjp_fail(error, VJP_ERR_LIMIT,
                                "entry (%" PRId64 ", %" PRId64 ") is not known to a double: raise "
                                "--precision, or use --format text or json",
                                i, j);
            return vjp_fail(error, VJP_ERR_LIMIT,
                            "entry (%" PRId64 ", %" PRId64 ") is a set of values, which .npy "
                            "cannot hold: use --format text or json",
                            i, j);
        }
    }
    return VJP_OK;
}

enum vjp_status vjp_jacobian_npy_write(const struct vjp_explicit *jacobian, FILE *out,
                                       struct vjp_error *error)
{
    struct vjp_shape y;
    struct vjp_shape x;
    struct vjp_shape shape;
    int64_t rows = 0;
    int64_t columns = 0;
    vjp_explicit_shape(jacobian, &y, &x);
    enum vjp_status status = vjp_shape_concat(&y, &x, &shape, error);
    if (status == VJP_OK)
        status = vjp_shape_count(&y, &rows, error);
    if (status == VJP_OK)
        status = vjp_shape_count(&x, &columns, error);
    if (status == VJP_OK)
        status = check_entries(jacobian, rows, columns, error);
    if (status == VJP_OK)
        status = vjp_npy_write_header(out, VJP_F64, &shape, error);
    for (int64_t i = 0; i < rows && status == VJP_OK; i++) {
        for (int64_t j = 0; j < columns && status == VJP_OK; j++) {
            double value;
            if (choose_value(jacobian, i, j, &value))
                status = vjp_npy_write_elements(out, VJP_F64, &value, 1, error);
        }
    }
    return status;
}
