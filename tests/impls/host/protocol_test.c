/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/protocol.h"

#include <criterion/criterion.h>

#include "cases/spec/spec.h"
#include "impls/abi/vjp_plugin.h"

/* The names of a spec and of the contract have room in the messages. */
Test(protocol, everything_of_a_spec_has_room)
{
    cr_expect_eq(VJP_INPUT_WINDOWS, VJP_MAX_INPUTS + 1 + VJP_MAX_SAVED);
    cr_expect_eq(VJP_OUTPUT_WINDOWS, VJP_MAX_INPUTS);
    cr_expect_geq(VJP_WIRE_ATTRS, VJP_MAX_ATTRS);
    cr_expect_geq(VJP_WANTS_MAX, VJP_MAX_INPUTS + VJP_MAX_SAVED);
    cr_expect_geq(VJP_WIRE_MODELS, VJP_DTYPE_COUNT);
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        for (int i = 0; i < (*spec)->n_inputs; i++)
            cr_expect_lt(strlen((*spec)->input[i].name) + 1, VJP_WIRE_NAME);
        for (int k = 0; k < (*spec)->n_saved; k++)
            cr_expect_lt(strlen((*spec)->saved[k].name), VJP_WANT_MAX);
        for (int i = 0; i < (*spec)->n_attrs; i++)
            cr_expect_lt(strlen((*spec)->attr[i].name), VJP_WIRE_NAME);
    }
}

Test(protocol, a_token_is_not_its_nonce_and_no_other_s)
{
    cr_expect_neq(vjp_wire_token(0), 0);
    cr_expect_neq(vjp_wire_token(1), 1);
    cr_expect_neq(vjp_wire_token(1), vjp_wire_token(2));
}
