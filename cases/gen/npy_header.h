/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_NPY_HEADER_H
#define VJP_CASES_GEN_NPY_HEADER_H

#include "cases/base/dtype.h"
#include "cases/base/shape.h"
#include "cases/base/status.h"
#include "cases/base/text.h"

/* What the header of a .npy file says. */
struct vjp_npy_header {
    enum vjp_dtype dtype; /* VJP_I32 for integers and booleans of every size */
    int bytes;            /* of an element in the file */
    bool is_signed;       /* of integers: two's complement */
    struct vjp_shape shape;
};

/* Reads the header's dictionary, {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }: a
 * Python literal with these three keys in any order, then white space. Fortran order, big-endian
 * and other element types are refused, with what to do about it. */
VJP_MUST_CHECK enum vjp_status vjp_npy_header_parse(const char *text, struct vjp_npy_header *out,
                                                    struct vjp_error *error);

/* Adds the shape as Python writes a tuple: "(2, 3)", "(3,)", "()". */
void vjp_npy_add_shape(const struct vjp_shape *shape, struct vjp_text *text);

#endif
