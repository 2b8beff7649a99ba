/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/box.h"

#include <inttypes.h>

void vjp_box_add(struct vjp_box *box, const struct vjp_shape *shape, int64_t i)
{
    for (int d = shape->rank - 1; d >= 0; d--) {
        const int64_t at = i % shape->dim[d];
        i /= shape->dim[d];
        if (!box->any || at < box->low[d])
            box->low[d] = at;
        if (!box->any || at > box->high[d])
            box->high[d] = at;
    }
    box->any = true;
}

bool vjp_box_has(const struct vjp_box *box, const struct vjp_shape *shape, int64_t i)
{
    bool has = box->any;
    for (int d = shape->rank - 1; d >= 0; d--) {
        const int64_t at = i % shape->dim[d];
        i /= shape->dim[d];
        has = has && at >= box->low[d] && at <= box->high[d];
    }
    return has;
}

static bool is_whole_axis(const struct vjp_box *box, const struct vjp_shape *shape, int d)
{
    return box->low[d] == 0 && box->high[d] == shape->dim[d] - 1;
}

bool vjp_box_is_all(const struct vjp_box *box, const struct vjp_shape *shape)
{
    bool all = box->any;
    for (int d = 0; d < shape->rank; d++)
        all = all && is_whole_axis(box, shape, d);
    return all;
}

void vjp_box_print(const struct vjp_box *box, const char *name, const struct vjp_shape *shape,
                   struct vjp_text *out)
{
    vjp_text_add(out, "%s", name);
    if (vjp_box_is_all(box, shape))
        return;
    for (int d = 0; d < shape->rank; d++) {
        vjp_text_add(out, d ? "," : "[");
        if (is_whole_axis(box, shape, d))
            vjp_text_add(out, ":");
        else if (box->low[d] == box->high[d])
            vjp_text_add(out, "%" PRId64, box->low[d]);
        else
            vjp_text_add(out, "%" PRId64 ":%" PRId64, box->low[d], box->high[d] + 1);
    }
    vjp_text_add(out, "]");
}
