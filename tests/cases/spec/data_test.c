/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/data.h"

#include "tests/cases/spec/sample.h"

Test(data, clearing_empties_every_slot_and_may_be_repeated)
{
    const struct vjp_shape shape = {.rank = 1, .dim = {3}};
    struct vjp_data data = {0};
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot += 2)
        cr_assert_eq(vjp_tensor_init(&data.slot[slot], VJP_F32, &shape, NULL), VJP_OK);
    cr_assert_eq(vjp_tensor_init(&data.saved[1], VJP_F32, &shape, NULL), VJP_OK);
    vjp_data_clear(&data);
    cr_expect_null(data.saved[1].data);
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++) {
        cr_expect_null(data.slot[slot].data);
        cr_expect_eq(data.slot[slot].count, 0);
    }
    vjp_data_clear(&data);
}

Test(data, every_operand_with_values_is_held_to_its_domain)
{
    struct vjp_case c = sample_case(2, 3, "index");
    const struct vjp_shape shape = {.rank = 1, .dim = {2}};
    struct vjp_data data = {0};
    struct vjp_error error = {""};
    cr_expect_eq(vjp_data_check(&c, &data, &error), VJP_OK, "what has no values is not looked at");
    cr_assert_eq(vjp_tensor_init(&data.slot[SAMPLE_T], VJP_I32, &shape, NULL), VJP_OK);
    cr_assert_eq(vjp_tensor_init(&data.slot[SAMPLE_M], VJP_I32, &shape, NULL), VJP_OK);
    cr_expect_eq(vjp_data_check(&c, &data, &error), VJP_OK, "%s", error.text);
    vjp_tensor_set(&data.slot[SAMPLE_M], 1, 2);
    cr_expect_eq(vjp_data_check(&c, &data, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "m[1]=2: expected 0 or 1");
    vjp_tensor_set(&data.slot[SAMPLE_T], 0, 3);
    cr_expect_eq(vjp_data_check(&c, &data, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text,
                     "t[0]=3: expected an index from 0 to 2, or -100, which is ignored");
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}
