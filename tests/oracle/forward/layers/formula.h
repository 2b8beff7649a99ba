/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_FORWARD_LAYERS_FORMULA_H
#define VJP_TESTS_ORACLE_FORWARD_LAYERS_FORMULA_H

#include "cases/gen/generate.h"
#include "cases/line/parse.h"
#include "oracle/metric/reference.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>

/* Tables of cases with what the layer and its gradients are there: every number was derived apart
 * from the code, and is the f64 nearest to the truth. */

#define FORMULA_MAX 16

struct formula_gradient {
    const char *slot;
    double value[FORMULA_MAX];
};

struct formula {
    const char *line; /* with literal values, f64 */
    double y[FORMULA_MAX];
    struct formula_gradient gradient[3]; /* slot NULL: no more */
};

/* What is so on a kink: sets, or their element by a convention, where low and high are equal. */
struct formula_kink {
    const char *line;
    struct vjp_kinks kinks;
    double low[FORMULA_MAX], high[FORMULA_MAX]; /* of dx */
};

/* What the forward pass keeps of a case, in which dtype. */
struct formula_kept {
    const char *line;
    const char *name;
    enum vjp_dtype dtype;
    double value[FORMULA_MAX];
};

struct formula_run {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_reference *reference;
};

static inline void formula_start(struct formula_run *run, const char *line, struct vjp_kinks kinks)
{
    struct vjp_error error = {""};
    *run = (struct formula_run){.reference = NULL};
    cr_assert_eq(vjp_case_parse(line, &run->c, &error), VJP_OK, "%s: %s", line, error.text);
    cr_assert_eq(vjp_data_generate(&run->c, &run->data, &error), VJP_OK, "%s: %s", line,
                 error.text);
    cr_assert_eq(
        vjp_reference_create_rounded(&run->c, &run->data, kinks, true, &run->reference, &error),
        VJP_OK, "%s: %s", line, error.text);
}

static inline void formula_end(struct formula_run *run)
{
    vjp_reference_destroy(run->reference);
    vjp_data_clear(&run->data);
    vjp_case_clear(&run->c);
}

static inline int64_t formula_count(const struct vjp_case *c, int slot)
{
    struct vjp_shape shape;
    int64_t count = 0;
    struct vjp_error error = {""};
    vjp_case_slot_shape(c, slot, &shape);
    cr_assert_eq(vjp_shape_count(&shape, &count, &error), VJP_OK, "%s", error.text);
    cr_assert_leq(count, FORMULA_MAX);
    return count;
}

static inline double formula_double(uint64_t bits)
{
    return vjp_bits_to_double(VJP_F64, bits);
}

static inline void formula_check_output(const struct formula_run *run, const struct formula *row)
{
    struct vjp_tensor y = {.data = NULL};
    struct vjp_error error = {""};
    cr_assert_eq(vjp_reference_output(run->reference, &y, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(y.count, formula_count(&run->c, vjp_slot_cotangent(run->c.spec)));
    for (int64_t i = 0; i < y.count; i++) {
        const double got = formula_double(vjp_tensor_get(&y, i));
        cr_expect(got == row->y[i], "%s: y[%" PRId64 "] = %.17g, expected %.17g", row->line, i, got,
                  row->y[i]);
    }
    vjp_tensor_clear(&y);
}

static inline void formula_check(const struct formula *row)
{
    struct formula_run run;
    formula_start(&run, row->line, (struct vjp_kinks){.point = VJP_POINT_ANY});
    formula_check_output(&run, row);
    int n = 0;
    for (const struct formula_gradient *g = row->gradient; n < 3 && g->slot; n++, g++) {
        const int slot = vjp_slot_find(run.c.spec, g->slot);
        cr_assert(slot > vjp_slot_cotangent(run.c.spec), "%s", g->slot);
        for (int64_t i = 0; i < formula_count(&run.c, slot); i++) {
            const double got = formula_double(vjp_reference_rounded(run.reference, slot, i));
            cr_expect(got == g->value[i], "%s: %s[%" PRId64 "] = %.17g, expected %.17g", row->line,
                      g->slot, i, got, g->value[i]);
        }
    }
    cr_assert_gt(n, 0, "%s: no gradient was compared", row->line);
    cr_expect_not(vjp_reference_on_kink(run.reference), "%s", row->line);
    formula_end(&run);
}

static inline void formula_check_kink(const struct formula_kink *row)
{
    struct formula_run run;
    formula_start(&run, row->line, row->kinks);
    const int slot = vjp_slot_gradient(run.c.spec, 0);
    for (int64_t i = 0; i < formula_count(&run.c, slot); i++) {
        uint64_t low, high;
        const bool is_set = vjp_reference_range(run.reference, slot, i, &low, &high);
        const double got_low = formula_double(low), got_high = formula_double(high);
        cr_expect(got_low == row->low[i] && got_high == row->high[i],
                  "%s: dx[%" PRId64 "] = [%.17g, %.17g], expected [%.17g, %.17g]", row->line, i,
                  got_low, got_high, row->low[i], row->high[i]);
        cr_expect_eq(is_set, row->low[i] != row->high[i], "%s: dx[%" PRId64 "]", row->line, i);
    }
    cr_expect(vjp_reference_on_kink(run.reference), "%s", row->line);
    formula_end(&run);
}

static inline void formula_check_kept(const struct formula_kept *row)
{
    struct formula_run run;
    struct vjp_error error = {""};
    formula_start(&run, row->line, (struct vjp_kinks){.point = VJP_POINT_ANY});
    cr_assert_eq(vjp_reference_save(run.reference, &run.data, &error), VJP_OK, "%s", error.text);
    const int k = vjp_saved_find(run.c.spec, row->name);
    cr_assert_geq(k, 0, "%s: %s", row->line, row->name);
    const struct vjp_tensor *saved = &run.data.saved[k];
    cr_assert(saved->data && saved->count >= 1 && saved->count <= FORMULA_MAX, "%s", row->line);
    cr_assert_eq(saved->dtype, row->dtype, "%s: %s", row->line, row->name);
    for (int64_t i = 0; i < saved->count; i++) {
        const double got = vjp_bits_to_double(row->dtype, vjp_tensor_get(saved, i));
        cr_expect(got == row->value[i], "%s: %s[%" PRId64 "] = %.17g, expected %.17g", row->line,
                  row->name, i, got, row->value[i]);
    }
    formula_end(&run);
}

#define FORMULA_COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

#endif
