/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/reference.h"

#include "tests/cases/lines.h"

/* Two equal scores: y = (v_0 + v_1) / 2 is the middle of two numbers, which no precision tells apart from
 * its neighbours. Who judges answers does not wait for it. */
Test(reference_saved, a_saved_value_between_two_numbers_is_either_of_them)
{
    struct vjp_error error = {""};
    struct vjp_reference *reference;
    const char line[] = "attention dtype=f32 scale=1 B=1 H=1 T=1 S=2 D=1 E=1 q=[0] k=[1,3] "
                        "v=[1,0x1.000002p0] dy=[1]";
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    cr_assert_eq(vjp_reference_create(&c, &data, (struct vjp_kinks){0}, &reference, &error),
                 VJP_OK);
    cr_expect_eq(vjp_reference_precision(reference), 256);
    cr_assert_eq(vjp_reference_save(reference, &data, &error), VJP_OK);
    const double y =
        vjp_bits_to_double(VJP_F32, vjp_tensor_get(&data.saved[vjp_saved_find(c.spec, "y")], 0));
    cr_expect(y == 1 || y == 0x1.000002p0, "%a", y);
    vjp_reference_destroy(reference);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}
