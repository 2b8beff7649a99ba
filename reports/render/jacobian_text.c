/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/jacobian.h"

#include "reports/render/matrix.h"

#include <inttypes.h>

/* One column of the Jacobian: the derivative by element j of the operand. */
struct block {
    const struct vjp_jacobian_view *view;
    int64_t j;
};

static void write_entry(const void *context, int64_t i, char *text, int size)
{
    const struct block *block = context;
    block->view->text(block->view->context, i, block->j, text, size);
}

static int64_t count_of(const struct vjp_shape *shape)
{
    int64_t count = 1;
    for (int d = 0; d < shape->rank; d++)
        count *= shape->dim[d];
    return count;
}

void vjp_jacobian_print_text(const struct vjp_jacobian_view *view, FILE *out)
{
    const struct vjp_shape *y = &view->of_shape;
    const struct vjp_shape *x = &view->wrt_shape;
    char y_text[16 * VJP_RANK_MAX];
    char x_text[16 * VJP_RANK_MAX];
    char index[16 * VJP_RANK_MAX];
    fprintf(out, "d%s/d%s: (%s) x (%s), %" PRId64 " entries that are not structural zeros\n",
            view->of, view->wrt, vjp_shape_text(y, y_text, sizeof y_text),
            vjp_shape_text(x, x_text, sizeof x_text), view->nonzero);
    const int64_t elements = count_of(x);
    for (int64_t j = 0; j < elements; j++) {
        const struct block block = {.view = view, .j = j};
        fprintf(out, "\nd%s/d%s%s =\n", view->of, view->wrt,
                vjp_shape_index_text(x, j, index, sizeof index));
        vjp_matrix_print(y, write_entry, &block, "    ", out);
    }
}
