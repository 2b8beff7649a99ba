/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/vary.h"

#include "cases/shrink/resize.h"

#include <string.h>

/* Everything but sizes. */
static enum vjp_status change_field(struct vjp_case *c, const struct vjp_vary *vary,
                                    struct vjp_error *error)
{
    struct vjp_layout *layout = &c->slot[vary->index].layout;
    switch (vary->kind) {
    case VJP_VARY_ATTR:
        c->attr[vary->index] = vary->value;
        break;
    case VJP_VARY_REAL:
        c->real[vary->index] = vary->real;
        break;
    case VJP_VARY_ACCUMULATE:
        c->accumulate = vary->value != 0;
        break;
    case VJP_VARY_IN_PLACE:
        c->in_place = vary->value != 0;
        break;
    case VJP_VARY_GRADS:
        c->left_out = (uint32_t)vary->value;
        break;
    case VJP_VARY_THREADS:
        c->threads = (int)vary->value;
        break;
    case VJP_VARY_LD:
        layout->ld_pad = vary->value;
        break;
    case VJP_VARY_ALIGN:
        layout->align = vary->value;
        break;
    case VJP_VARY_TRANS:
        layout->trans = vary->value != 0;
        break;
    case VJP_VARY_EXPAND:
        layout->expand = (uint32_t)vary->value;
        break;
    case VJP_VARY_VALUES:
        return vjp_case_set_values(c, vary->index, vary->text, error);
    case VJP_VARY_DTYPE:
        c->dtype = (enum vjp_dtype)vary->value;
        break;
    case VJP_VARY_SEED:
        c->seed = (uint64_t)vary->value;
        break;
    case VJP_VARY_DIM:
    case VJP_VARY_PAIR:
        break;
    }
    return VJP_OK;
}

bool vjp_vary_make(struct vjp_ask *ask, const struct vjp_case *c, const struct vjp_vary *vary,
                   struct vjp_case *out)
{
    struct vjp_case changed = {0};
    struct vjp_error error;
    struct vjp_cut cut = {.dim = -1};
    int64_t dim[VJP_MAX_DIMS];
    if (!vjp_ask_copy(ask, &changed, c))
        return false;
    memcpy(dim, c->dim, sizeof dim);
    if (vary->kind == VJP_VARY_DIM || vary->kind == VJP_VARY_PAIR)
        dim[vary->index] = vary->value;
    if (vary->kind == VJP_VARY_PAIR)
        dim[vary->other] = vary->other_value;
    enum vjp_status status = change_field(&changed, vary, &error);
    if (status == VJP_OK)
        status = vjp_resize(&changed, c, dim, &cut, &error);
    if (status == VJP_ERR_MEMORY)
        vjp_ask_end(ask, status, &error);
    if (status == VJP_OK)
        *out = changed;
    else
        vjp_case_clear(&changed);
    return status == VJP_OK;
}

enum vjp_answer vjp_vary_ask(struct vjp_ask *ask, const struct vjp_case *c,
                             const struct vjp_vary *vary)
{
    struct vjp_case changed;
    if (!vjp_vary_make(ask, c, vary, &changed))
        return VJP_ANSWER_NONE;
    const enum vjp_answer answer = vjp_ask_case(ask, &changed);
    vjp_case_clear(&changed);
    return answer;
}
