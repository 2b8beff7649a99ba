/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_NPY_H
#define VJP_CASES_GEN_NPY_H

#include <stdio.h>

#include "cases/base/status.h"
#include "cases/base/tensor.h"
#include "cases/gen/npy_header.h"

/* NumPy's .npy format, versions 1.0, 2.0 and 3.0 (NEP 1; numpy.lib.format): little-endian,
 * row-major; f2, f4 and f8, two raw bytes, V2, for bf16, as ml_dtypes saves it, and for VJP_I32
 * integers of every size and booleans, as long as i32 holds the values. */

/* Reads a file that must hold exactly an array of this dtype and shape. Every message begins with
 * the path. On failure *out is untouched. */
VJP_MUST_CHECK enum vjp_status vjp_npy_read(const char *path, enum vjp_dtype dtype,
                                            const struct vjp_shape *shape, struct vjp_tensor *out,
                                            struct vjp_error *error);

/* Reads no more than what the file says of itself: dtype and shape. Every message begins with the
 * path. On failure *out is untouched. */
VJP_MUST_CHECK enum vjp_status vjp_npy_read_header(const char *path, struct vjp_npy_header *out,
                                                   struct vjp_error *error);

/* Writes the header of version 1.0, as NumPy does; then the elements may follow in any number of
 * calls. Nothing is flushed. VJP_ERR_IO where the stream refuses. */
VJP_MUST_CHECK enum vjp_status vjp_npy_write_header(FILE *out, enum vjp_dtype dtype,
                                                    const struct vjp_shape *shape,
                                                    struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_npy_write_elements(FILE *out, enum vjp_dtype dtype,
                                                      const void *data, int64_t count,
                                                      struct vjp_error *error);

/* Both, for a whole tensor, and flushed. */
VJP_MUST_CHECK enum vjp_status vjp_npy_write(FILE *out, const struct vjp_tensor *tensor,
                                             struct vjp_error *error);

#endif
