/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/data.h"

void vjp_data_clear(struct vjp_data *data)
{
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++)
        vjp_tensor_clear(&data->slot[slot]);
}
