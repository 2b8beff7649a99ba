/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_MATRIX_H
#define VJP_REPORTS_RENDER_MATRIX_H

#include <stdint.h>
#include <stdio.h>

#include "cases/base/shape.h"
#include "cases/base/tensor.h"

/* Writes the text of element i to text, cut at size. */
typedef void vjp_matrix_element(const void *context, int64_t i, char *text, int size);

/* Prints a tensor whose elements are written by a callback, row by row in aligned columns, each row
 * in brackets on a line of its own; matrices of a tensor of rank 3 and more are headed by their
 * index, "[1,:,:]". A tensor without elements is "empty". */
void vjp_matrix_print(const struct vjp_shape *shape, vjp_matrix_element *element,
                      const void *context, const char *indent, FILE *out);

/* Prints a tensor's values in decimal, or, where it has more than a screen holds, a note. */
void vjp_matrix_print_tensor(const struct vjp_tensor *tensor, const char *indent, FILE *out);

#endif
