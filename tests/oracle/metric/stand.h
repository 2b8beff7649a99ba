/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_METRIC_STAND_H
#define VJP_TESTS_ORACLE_METRIC_STAND_H

/* How an answer stands, by a case line. */
#include "oracle/metric/measure.h"
#include "tests/cases/lines.h"

#include <math.h>

/* The standing of an answer to element i of the first gradient, of a kernel that accumulates in the case's
 * dtype and takes any side of a kink. */
static inline enum vjp_standing stand(const char *line, int64_t i, double answer)
{
    struct vjp_error error = {""};
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    const struct vjp_kinks any = {VJP_POINT_ANY, VJP_TIE_ANY};
    const struct vjp_model model = {.accumulate = c.dtype, .ulps = VJP_ULPS_DEFAULT};
    const uint64_t got =
        isnan(answer) ? vjp_bits_quiet_nan(c.dtype) : vjp_bits_from_double(c.dtype, answer);
    struct vjp_reference *reference;
    struct vjp_element element;
    cr_assert_eq(vjp_reference_create(&c, &data, any, &reference, &error), VJP_OK, "%s",
                 error.text);
    vjp_measure_element(reference, vjp_slot_gradient(c.spec, 0), &model, i, got, &element);
    vjp_reference_destroy(reference);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
    return element.standing;
}

#endif
