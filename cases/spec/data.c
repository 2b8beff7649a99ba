/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/data.h"

#include "cases/spec/domain.h"

void vjp_data_clear(struct vjp_data *data)
{
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++)
        vjp_tensor_clear(&data->slot[slot]);
    for (int k = 0; k < VJP_MAX_SAVED; k++)
        vjp_tensor_clear(&data->saved[k]);
}

enum vjp_status vjp_data_check(const struct vjp_case *c, const struct vjp_data *data,
                               struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int slot = 0; slot < c->spec->n_inputs && status == VJP_OK; slot++) {
        if (data->slot[slot].data)
            status = vjp_domain_check(c, slot, &data->slot[slot], error);
    }
    return status;
}
