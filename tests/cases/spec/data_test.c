/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/data.h"

#include <criterion/criterion.h>

Test(data, clearing_empties_every_slot_and_may_be_repeated)
{
    const struct vjp_shape shape = {.rank = 1, .dim = {3}};
    struct vjp_data data = {0};
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot += 2)
        cr_assert_eq(vjp_tensor_init(&data.slot[slot], VJP_F32, &shape, NULL), VJP_OK);
    vjp_data_clear(&data);
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++) {
        cr_expect_null(data.slot[slot].data);
        cr_expect_eq(data.slot[slot].count, 0);
    }
    vjp_data_clear(&data);
}
