/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/spec.h"

#include "tests/cases/spec/sample.h"

#include <string.h>

Test(registry, layers_are_found_by_their_whole_name)
{
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++)
        cr_expect_eq(vjp_spec_find((*spec)->name), *spec);
    cr_expect_str_eq(vjp_spec_find("linear")->name, "linear");
    cr_expect_null(vjp_spec_find("linea"));
    cr_expect_null(vjp_spec_find(""));
}

/* Field names of a case line share one name space, and '.' begins a layout. */
Test(registry, no_two_fields_of_a_layer_have_the_same_name)
{
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        char names[128][32] = {"dtype", "accumulate", "threads", "seed"};
        int n = 4;
        for (int i = 0; i < (*spec)->n_dims; i++)
            strcpy(names[n++], (*spec)->dim[i]);
        for (int i = 0; i < (*spec)->n_attrs; i++)
            strcpy(names[n++], (*spec)->attr[i].name);
        for (int slot = 0; slot < vjp_slot_count(*spec); slot++)
            vjp_slot_name(*spec, slot, names[n++], 32);
        for (int i = 0; i < n; i++) {
            cr_expect_null(strpbrk(names[i], ".= \t#"), "%s", names[i]);
            for (int j = 0; j < i; j++)
                cr_expect_str_neq(names[i], names[j]);
        }
    }
}

Test(registry, slots_are_numbered_inputs_cotangent_gradients)
{
    static const char *const names[] = {"x", "w", "b", "dy", "dx", "dw", "db"};
    const struct vjp_spec *linear = vjp_spec_find("linear");
    char name[32];
    cr_assert_eq(vjp_slot_count(linear), 7);
    for (int slot = 0; slot < 7; slot++) {
        cr_expect_str_eq(vjp_slot_name(linear, slot, name, sizeof name), names[slot]);
        cr_expect_eq(vjp_slot_find(linear, names[slot]), slot);
        cr_expect_eq(vjp_slot_is_gradient(linear, slot), slot >= 4);
    }
    cr_expect_eq(vjp_slot_cotangent(linear), 3);
    cr_expect_eq(vjp_slot_gradient(linear, 0), 4);
    cr_expect_eq(vjp_slot_find(linear, "y"), -1);
    cr_expect_eq(vjp_slot_find(linear, ""), -1);
    cr_expect_str_eq(vjp_slot_name(linear, 3, name, 2), "d");
}

Test(registry, partners_are_what_is_multiplied)
{
    static const int partners[] = {3, 3, -1, 1, -1, -1, -1};
    for (int slot = 0; slot < 7; slot++)
        cr_expect_eq(vjp_slot_partner(vjp_spec_find("linear"), slot), partners[slot]);
}

Test(registry, in_a_pipeline_the_d_of_a_gradient_comes_after_the_stage)
{
    static const char *const names[] = {"1.x", "1.w", "12.b", "dy", "1.dx", "1.dw", "12.db"};
    struct vjp_spec spec = *vjp_spec_find("linear");
    char name[32];
    spec.input[0].name = "1.x";
    spec.input[1].name = "1.w";
    spec.input[2].name = "12.b";
    for (int slot = 0; slot < 7; slot++) {
        cr_expect_str_eq(vjp_slot_name(&spec, slot, name, sizeof name), names[slot]);
        cr_expect_eq(vjp_slot_find(&spec, names[slot]), slot);
    }
    cr_expect_str_eq(vjp_slot_name(&spec, 6, name, 4), "12.");
}

Test(registry, attributes_dimensions_and_saved_values_are_found_by_name)
{
    cr_expect_eq(vjp_attr_find(&sample_spec, "eps"), SAMPLE_EPS);
    cr_expect_eq(vjp_attr_find(&sample_spec, "ep"), -1);
    cr_expect_eq(vjp_dim_find(&sample_spec, "K"), SAMPLE_K);
    cr_expect_eq(vjp_dim_find(&sample_spec, "k"), -1);
    cr_expect_eq(vjp_saved_find(&sample_spec, "y"), 1);
    cr_expect_eq(vjp_saved_find(&sample_spec, "x"), -1);
}
