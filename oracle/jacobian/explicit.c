/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/explicit.h"

#include "oracle/jacobian/jacobian.h"
#include "oracle/num/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vjp_explicit {
    struct vjp_jacobian jacobian;
};

enum vjp_status vjp_explicit_create(const struct vjp_case *c, const struct vjp_data *data,
                                    int input, int precision, struct vjp_explicit **out,
                                    struct vjp_error *error)
{
    struct vjp_explicit *made = calloc(1, sizeof *made);
    if (!made)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a Jacobian");
    struct vjp_graph graph;
    enum vjp_status status =
        vjp_graph_init(&graph, c, data, precision, (struct vjp_kinks){0}, error);
    if (status != VJP_OK) {
        free(made);
        return status;
    }
    struct vjp_jacobian jacobian[VJP_MAX_INPUTS] = {0};
    bool wanted[VJP_MAX_INPUTS] = {false};
    wanted[input] = true;
    status = vjp_jacobian_by_rows(&graph, wanted, jacobian, error);
    vjp_graph_clear(&graph);
    if (status == VJP_OK) {
        made->jacobian = jacobian[input];
        *out = made;
    } else {
        free(made);
    }
    return status;
}

void vjp_explicit_destroy(struct vjp_explicit *jacobian)
{
    if (jacobian)
        vjp_jacobian_clear(&jacobian->jacobian);
    free(jacobian);
}

void vjp_explicit_shape(const struct vjp_explicit *jacobian, struct vjp_shape *y,
                        struct vjp_shape *x)
{
    *y = jacobian->jacobian.y;
    *x = jacobian->jacobian.x;
}

int64_t vjp_explicit_entries(const struct vjp_explicit *jacobian)
{
    return jacobian->jacobian.entries;
}

bool vjp_explicit_entry(const struct vjp_explicit *jacobian, int64_t i, int64_t j, double *low,
                        double *high)
{
    const struct vjp_real *entry = vjp_jacobian_find(&jacobian->jacobian, i, j);
    *low = *high = 0;
    if (!entry)
        return false;
    if (entry->kind == VJP_REAL_FINITE) {
        *low = mpfr_get_d(vjp_real_low(entry), MPFR_RNDD) + 0.0; /* -0 is 0 here */
        *high = mpfr_get_d(vjp_real_high(entry), MPFR_RNDU) + 0.0;
    } else {
        const enum vjp_real_kind kind = entry->kind;
        *low = *high = kind == VJP_REAL_POS_INF   ? (double)INFINITY
                       : kind == VJP_REAL_NEG_INF ? -(double)INFINITY
                                                  : (double)NAN;
    }
    return true;
}

bool vjp_explicit_is_known(const struct vjp_explicit *jacobian, int64_t i, int64_t j)
{
    const struct vjp_real *entry = vjp_jacobian_find(&jacobian->jacobian, i, j);
    return !entry || entry->kind != VJP_REAL_UNKNOWN;
}

bool vjp_explicit_is_set(const struct vjp_explicit *jacobian, int64_t i, int64_t j)
{
    const struct vjp_real *entry = vjp_jacobian_find(&jacobian->jacobian, i, j);
    return entry && entry->kind == VJP_REAL_FINITE && entry->set;
}

/* The shortest decimal that reads back as the same double. */
static void shortest(double value, char *text, int size)
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, (size_t)size, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            return;
    }
}

/* One end of a set; the sign of a zero is not kept. */
static void print_end(mpfr_srcptr end, int digits, mpfr_rnd_t rounding, char *text, size_t size)
{
    if (mpfr_zero_p(end))
        snprintf(text, size, "0");
    else
        mpfr_snprintf(text, size, "%.*R*g", digits, rounding, end);
}

char *vjp_explicit_text(const struct vjp_explicit *jacobian, int64_t i, int64_t j, int digits,
                        char *text, int size)
{
    double low, high;
    const struct vjp_real *entry = vjp_jacobian_find(&jacobian->jacobian, i, j);
    if (!vjp_explicit_entry(jacobian, i, j, &low, &high)) {
        snprintf(text, (size_t)size, "0");
    } else if (entry->kind == VJP_REAL_UNKNOWN) {
        snprintf(text, (size_t)size, "not determined");
    } else if (entry->kind != VJP_REAL_FINITE) {
        snprintf(text, (size_t)size, "%g", low);
    } else if (low == high) {
        shortest(low, text, size);
    } else if (!entry->set) {
        vjp_decimal_text(entry, digits, text, size);
    } else {
        char ends[2][128];
        print_end(vjp_real_low(entry), digits, MPFR_RNDD, ends[0], sizeof ends[0]);
        print_end(vjp_real_high(entry), digits, MPFR_RNDU, ends[1], sizeof ends[1]);
        snprintf(text, (size_t)size, "[%s, %s]", ends[0], ends[1]);
    }
    return text;
}

/* Bits: the enclosures are then far narrower than what rounding to f64 takes away. */
#define OUTPUT_PRECISION 128

enum vjp_status vjp_explicit_output(const struct vjp_case *c, const struct vjp_data *data,
                                    double *y, struct vjp_error *error)
{
    struct vjp_graph graph;
    const enum vjp_status status =
        vjp_graph_init(&graph, c, data, OUTPUT_PRECISION, (struct vjp_kinks){0}, error);
    if (status != VJP_OK)
        return status;
    for (int64_t i = 0; i < graph.y_count; i++)
        y[i] = (double)vjp_real_get_ld(vjp_tape_value(graph.tape, graph.y[i]));
    vjp_graph_clear(&graph);
    return VJP_OK;
}
