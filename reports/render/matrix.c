/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/matrix.h"

#include "reports/verdict/number.h"

#include <inttypes.h>
#include <string.h>

/* What a screen holds. */
#define ELEMENTS_SHOWN 256
#define COLUMNS_SHOWN  16

#define CELL_SIZE 96

/* "[1,:,:]" before the matrix with that number. */
static void print_heading(const struct vjp_shape *shape, int64_t matrix, const char *indent,
                          FILE *out)
{
    struct vjp_shape leading = {.rank = shape->rank - 2};
    char index[16 * VJP_RANK_MAX];
    memcpy(leading.dim, shape->dim, (size_t)leading.rank * sizeof leading.dim[0]);
    vjp_shape_index_text(&leading, matrix, index, sizeof index);
    fprintf(out, "%s%.*s,:,:]\n", indent, (int)strlen(index) - 1, index);
}

void vjp_matrix_print(const struct vjp_shape *shape, vjp_matrix_element *element,
                      const void *context, const char *indent, FILE *out)
{
    int64_t count = 1;
    for (int d = 0; d < shape->rank; d++)
        count *= shape->dim[d];
    if (count == 0) {
        fprintf(out, "%sempty\n", indent);
        return;
    }
    const int64_t columns = shape->rank > 0 ? shape->dim[shape->rank - 1] : 1;
    const int64_t rows = shape->rank > 1 ? shape->dim[shape->rank - 2] : 1;
    int width = 0;
    char cell[CELL_SIZE];
    for (int64_t i = 0; i < count; i++) {
        element(context, i, cell, sizeof cell);
        width = (int)strlen(cell) > width ? (int)strlen(cell) : width;
    }
    for (int64_t i = 0; i < count; i++) {
        if (shape->rank > 2 && i % (rows * columns) == 0)
            print_heading(shape, i / (rows * columns), indent, out);
        if (i % columns == 0)
            fprintf(out, "%s[", indent);
        element(context, i, cell, sizeof cell);
        fprintf(out, " %*s", width, cell);
        if (i % columns == columns - 1)
            fputs(" ]\n", out);
    }
}

static void write_value(const void *context, int64_t i, char *text, int size)
{
    const struct vjp_tensor *tensor = context;
    vjp_number_decimal(tensor->dtype, vjp_tensor_get(tensor, i), text, size);
}

void vjp_matrix_print_tensor(const struct vjp_tensor *tensor, const char *indent, FILE *out)
{
    const struct vjp_shape *shape = &tensor->shape;
    const int64_t columns = shape->rank > 0 ? shape->dim[shape->rank - 1] : 1;
    if (tensor->count > ELEMENTS_SHOWN || columns > COLUMNS_SHOWN)
        fprintf(out, "%s%" PRId64 " elements, too many to show\n", indent, tensor->count);
    else
        vjp_matrix_print(shape, write_value, tensor, indent, out);
}
