/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/observation.h"

#include <criterion/criterion.h>

Test(observation, clearing_frees_the_answers_and_finds_nothing)
{
    struct vjp_observation seen = {.unwritten_slot = 3, .repeat_slot = 4, .reason = "x"};
    const struct vjp_shape shape = {1, {4}};
    struct vjp_error error;
    cr_assert_eq(vjp_tensor_init(&seen.answer[1][16], VJP_F64, &shape, &error), VJP_OK);
    vjp_observation_clear(&seen);
    cr_expect_null(seen.answer[1][16].data);
    cr_expect_eq(seen.unwritten_slot, -1);
    cr_expect_eq(seen.repeat_slot, -1);
    cr_expect_str_eq(seen.reason, "");
    vjp_observation_clear(&seen);
}
