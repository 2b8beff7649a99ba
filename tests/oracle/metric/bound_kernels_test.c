/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The bound against kernels that keep to their model: whatever they do, they are inside; and against
 * the worst of them, and those that do not. */
#include "oracle/metric/bound.h"

#include "oracle/metric/measure.h"
#include "tests/oracle/metric/simulate.h"

/* Kinds of data. */
enum { NEAR_ONE, WIDE, CANCELLING, UNDERFLOWING, TIES, OVERFLOWING, KINDS };

/* The simulated arithmetic is that of the machine, where the machine has it. */
Test(bound_kernels, simulated_binary32_is_the_machines)
{
    struct tally t = {0};
    uint64_t state = 1;
    const struct unit u = unit_of(VJP_F32, false, &state);
    for (int i = 0; i < 50000; i++) {
        const int spread = i % 2 ? 30 : 148;
        const float a = (float)random_number(&state, 24, (int)random_between(&state, -spread, 80)),
                    b = (float)random_number(&state, 24, (int)random_between(&state, -spread, 80)),
                    c = (float)random_number(&state, 24, (int)random_between(&state, -spread, 80));
        const volatile float product = a * b, sum = a + c, fused = fmaf(a, b, c);
        check(&t, unit_mul(&u, a, b) == product, "%a * %a", a, b);
        check(&t, unit_add(&u, a, c) == sum, "%a + %a", a, c);
        check(&t, unit_fma(&u, a, b, c) == fused, "fma(%a, %a, %a)", a, b, c);
    }
    tally_assert(&t, 150000);
}

static void fill_kind(struct fixture *f, const struct unit *u, int kind)
{
    const int p = vjp_format(f->c.dtype)->precision;
    for (int slot = X; slot <= DB; slot++) {
        /* A product is of two slots, an old value one. */
        const int share = slot > DY ? 1 : 2;
        const int centre = kind == UNDERFLOWING  ? (u->emin - 2) / share
                           : kind == OVERFLOWING ? (u->emax - 2) / share
                                                 : 0;
        const int spread = kind == WIDE ? 8 : kind == UNDERFLOWING ? p / 2 + 2 : 1;
        for (int64_t i = 0; i < f->data.slot[slot].count; i++) {
            const int few = kind == TIES ? (p + 1) / 2 : p;
            double value = random_number(u->state, few,
                                         centre + (int)random_between(u->state, -spread, spread));
            value = vjp_bits_to_double(f->c.dtype, vjp_bits_from_double(f->c.dtype, value));
            put(f, slot, i, isfinite(value) ? value : 1);
        }
    }
    const int64_t M = f->c.dim[2];
    for (int slot = W; slot <= DY && kind == CANCELLING; slot += DY - W) {
        for (int64_t i = 0; i < f->data.slot[slot].count; i++) {
            if (i % M < M / 2 || i % M >= M / 2 * 2)
                continue;
            uint64_t bits = vjp_tensor_get(&f->data.slot[slot], i - M / 2);
            bits ^= next_random(u->state) % 4;
            vjp_tensor_set(&f->data.slot[slot], i, bits);
            if (slot == DY)
                put(f, slot, i, -value_of(f, slot, i));
        }
    }
}

/* What is simulated. */
struct plan {
    enum vjp_dtype dtype;
    struct vjp_model model;
    bool accumulate;
    int first_kind, last_kind;
    int64_t sums;
};

/* One case, every element of every gradient. Returns the largest ratio to the bound. */
static double check_case(struct tally *t, const struct plan *plan, int kind, const struct unit *u)
{
    struct fixture f;
    double largest = 0;
    fixture_init(&f,
                 (struct linear){plan->dtype, random_between(u->state, 1, 5),
                                 random_between(u->state, 1, 5), random_between(u->state, 1, 12),
                                 .bias = true, .accumulate = plan->accumulate});
    fill_kind(&f, u, kind);
    struct vjp_reference *r = reference_of(&f);
    const struct unit output = unit_of(plan->dtype, false, u->state);
    const int64_t N = f.c.dim[0], D = f.c.dim[1], M = f.c.dim[2];
    const int64_t counts[] = {N * D, D * M, M};
    for (int slot = DX; slot <= DB; slot++) {
        for (int64_t e = 0; e < counts[slot - DX]; e++) {
            struct sum s = sum_of(&f, slot, e);
            struct vjp_element element;
            const double got = unit_store(u, &s, &output, (int)random_between(u->state, 0, 5));
            vjp_measure_element(r, slot, &plan->model, e, vjp_bits_from_double(plan->dtype, got),
                                &element);
            check(t, element.standing != VJP_OUTSIDE && element.standing != VJP_UNRESOLVED,
                  "kind %d, k = %" PRId64 ", S = %a: got %a, want %a, error %a, bound %a", kind,
                  element.terms, element.scale, got, vjp_bits_to_double(plan->dtype, element.want),
                  element.error, element.bound);
            if (element.standing <= VJP_WITHIN && !element.exact_data)
                largest = fmax(largest, element.ratio);
        }
    }
    vjp_reference_destroy(r);
    fixture_clear(&f);
    return largest;
}

static void check_plan(struct plan plan)
{
    struct tally t = {0};
    double largest = 0;
    uint64_t state = 100 * (uint64_t)plan.dtype + (uint64_t)plan.model.accumulate;
    for (int run = 0; t.checked < plan.sums; run++) {
        const struct unit u = unit_of(plan.model.accumulate, plan.model.flushes, &state);
        const int kind = plan.first_kind + run % (plan.last_kind - plan.first_kind + 1);
        largest = fmax(largest, check_case(&t, &plan, kind, &u));
    }
    tally_assert(&t, plan.sums);
    cr_expect(largest > 0.3 && largest <= 1, "the largest ratio to the bound is %g", largest);
}

Test(bound_kernels, binary32)
{
    check_plan(
        (struct plan){VJP_F32, {.accumulate = VJP_F32}, false, NEAR_ONE, OVERFLOWING, 30000});
}

Test(bound_kernels, binary32_accumulating)
{
    check_plan((struct plan){VJP_F32, {.accumulate = VJP_F32}, true, NEAR_ONE, OVERFLOWING, 20000});
}

Test(bound_kernels, binary32_flushing)
{
    check_plan((struct plan){
        VJP_F32, {.accumulate = VJP_F32, .flushes = true}, false, NEAR_ONE, OVERFLOWING, 15000});
    check_plan((struct plan){VJP_F32,
                             {.accumulate = VJP_F32, .flushes = true},
                             true,
                             UNDERFLOWING,
                             UNDERFLOWING,
                             15000});
}

Test(bound_kernels, binary64)
{
    check_plan(
        (struct plan){VJP_F64, {.accumulate = VJP_F64}, false, NEAR_ONE, OVERFLOWING, 15000});
    check_plan((struct plan){VJP_F64, {.accumulate = VJP_F64}, true, NEAR_ONE, OVERFLOWING, 5000});
}

Test(bound_kernels, binary64_sums_of_binary32)
{
    check_plan((struct plan){VJP_F32, {.accumulate = VJP_F64}, false, NEAR_ONE, TIES, 10000});
    check_plan((struct plan){VJP_F32, {.accumulate = VJP_F64}, true, NEAR_ONE, TIES, 10000});
}

Test(bound_kernels, binary16)
{
    check_plan(
        (struct plan){VJP_F16, {.accumulate = VJP_F16}, false, NEAR_ONE, OVERFLOWING, 15000});
    check_plan((struct plan){VJP_F16, {.accumulate = VJP_F16}, true, NEAR_ONE, OVERFLOWING, 10000});
}

Test(bound_kernels, bfloat16)
{
    check_plan(
        (struct plan){VJP_BF16, {.accumulate = VJP_BF16}, false, NEAR_ONE, OVERFLOWING, 15000});
    check_plan((struct plan){
        VJP_BF16, {.accumulate = VJP_BF16, .flushes = true}, true, NEAR_ONE, OVERFLOWING, 10000});
}

Test(bound_kernels, binary32_sums_of_binary16)
{
    check_plan(
        (struct plan){VJP_F16, {.accumulate = VJP_F32}, false, NEAR_ONE, UNDERFLOWING, 10000});
    check_plan(
        (struct plan){VJP_F16, {.accumulate = VJP_F32}, true, NEAR_ONE, UNDERFLOWING, 10000});
}

Test(bound_kernels, binary32_sums_of_bfloat16)
{
    check_plan(
        (struct plan){VJP_BF16, {.accumulate = VJP_F32}, false, NEAR_ONE, OVERFLOWING, 10000});
    check_plan((struct plan){
        VJP_BF16, {.accumulate = VJP_F32, .flushes = true}, true, NEAR_ONE, UNDERFLOWING, 10000});
}

/* Results at the end of binary16's range: the sum before the old value is added may be infinite
 * where the whole is not. */
Test(bound_kernels, binary16_results_that_overflow)
{
    struct tally t = {0};
    uint64_t state = 7;
    const struct unit u = unit_of(VJP_F32, false, &state), output = unit_of(VJP_F16, false, &state);
    const struct vjp_model model = {.accumulate = VJP_F32};
    for (int run = 0; run < 4000; run++) {
        struct fixture f;
        fixture_init(&f, (struct linear){VJP_F16, 1, 1, 2, .accumulate = run % 2});
        for (int i = 0; i < 2; i++) {
            put(&f, W, i, random_number(&state, 11, 7));
            put(&f, DY, i, random_number(&state, 11, 7 + (int)random_between(&state, 0, 1)));
        }
        if (run % 2)
            put(&f, DX, 0, random_number(&state, 11, 15));
        struct vjp_reference *r = reference_of(&f);
        struct sum s = sum_of(&f, DX, 0);
        struct vjp_element e;
        const double got = unit_store(&u, &s, &output, 2);
        vjp_measure_element(r, DX, &model, 0, vjp_bits_from_double(VJP_F16, got), &e);
        check(&t, e.standing != VJP_OUTSIDE, "%a %a + %a %a + %a: got %a, want %a", s.a[0], s.b[0],
              s.a[1], s.b[1], s.old, got, vjp_bits_to_double(VJP_F16, e.want));
        vjp_reference_destroy(r);
        fixture_clear(&f);
    }
    tally_assert(&t, 4000);
}

/* Every product of two significands of bfloat16: the bound u |t| is reached but for 1/(1 + u), and
 * the ratio is what it is by hand. */
Test(bound_kernels, one_product_reaches_the_bound)
{
    struct tally t = {0};
    double largest = 0;
    uint64_t state = 1;
    struct fixture f;
    const struct unit u = unit_of(VJP_BF16, false, &state);
    const struct vjp_model model = {.accumulate = VJP_BF16};
    fixture_init(&f, linear(VJP_BF16, 64, 64, 1));
    for (int high = 0; high < 4; high++) {
        for (int i = 0; i < 64; i++) {
            put(&f, DY, i, 1 + (i + 64 * (high / 2)) / 128.0);
            put(&f, W, i, 1 + (i + 64 * (high % 2)) / 128.0);
        }
        struct vjp_reference *r = reference_of(&f);
        for (int64_t e = 0; e < 64 * 64; e++) {
            const struct sum s = sum_of(&f, DX, e);
            const double got = unit_sum(&u, &s, 0), exact = s.a[0] * s.b[0];
            struct vjp_element element;
            vjp_measure_element(r, DX, &model, e, vjp_bits_from_double(VJP_BF16, got), &element);
            const double error = fabs(got - exact), ratio = error / (0x1p-8 * exact);
            check(&t, element.error == error, "%a %a: error", s.a[0], s.b[0]);
            check(&t, error == 0 || fabs(element.ratio / ratio - 1) < 1e-15, "%a %a: ratio %g",
                  s.a[0], s.b[0], element.ratio);
            largest = fmax(largest, element.ratio);
        }
        vjp_reference_destroy(r);
    }
    fixture_clear(&f);
    tally_assert(&t, 2 * 128 * 128);
    cr_expect(largest > 0.98 && largest <= 1, "the largest ratio is %g", largest);
}

/* Two and three products, significands near 1, where rounding costs most. */
static double search(int64_t k)
{
    double largest = 0;
    uint64_t state = (uint64_t)k;
    const struct unit u = unit_of(VJP_BF16, false, &state);
    const struct vjp_model model = {.accumulate = VJP_BF16};
    for (int run = 0; run < 6; run++) {
        struct fixture f;
        fixture_init(&f, linear(VJP_BF16, 24, 24, k));
        for (int slot = W; slot <= DY; slot++) {
            for (int64_t i = 0; i < f.data.slot[slot].count; i++)
                put(&f, slot, i, 1 + (double)random_between(&state, 0, 20) / 128);
        }
        struct vjp_reference *r = reference_of(&f);
        for (int64_t e = 0; e < 24 * 24; e++) {
            const struct sum s = sum_of(&f, DX, e);
            const double got = unit_sum(&u, &s, run % 3);
            struct vjp_element element;
            vjp_measure_element(r, DX, &model, e, vjp_bits_from_double(VJP_BF16, got), &element);
            cr_assert_neq(element.standing, VJP_OUTSIDE);
            largest = fmax(largest, element.ratio);
        }
        vjp_reference_destroy(r);
        fixture_clear(&f);
    }
    return largest;
}

Test(bound_kernels, few_products_come_near_the_bound)
{
    const double two = search(2), three = search(3);
    cr_expect(two > 0.75, "k = 2: the largest ratio is %g", two);
    cr_expect(three > 0.5, "k = 3: the largest ratio is %g", three);
}

/* Sums of 64 products of binary32 operands in a narrower arithmetic, declared as binary32. */
static void sum_narrowly(const struct fixture *f, enum vjp_dtype narrower, uint64_t *state,
                         struct vjp_measure *out)
{
    struct vjp_error error;
    const struct vjp_model model = {.accumulate = VJP_F32};
    struct vjp_shape shape;
    struct vjp_tensor got;
    /* Few bits, all of binary32's exponents. */
    struct unit u = unit_of(VJP_F32, false, state);
    u.p = vjp_format(narrower)->precision;
    struct vjp_reference *r = reference_of(f);
    vjp_case_slot_shape(&f->c, DX, &shape);
    cr_assert_eq(vjp_tensor_init(&got, VJP_F32, &shape, &error), VJP_OK);
    for (int64_t e = 0; e < got.count; e++) {
        const struct sum s = sum_of(f, DX, e);
        vjp_tensor_set(&got, e, vjp_bits_from_double(VJP_F32, unit_sum(&u, &s, 0)));
    }
    vjp_measure_gradient(r, DX, &model, &got, out);
    vjp_tensor_clear(&got);
    vjp_reference_destroy(r);
}

Test(bound_kernels, a_narrower_sum_is_outside_and_explained)
{
    uint64_t state = 9;
    for (int format = VJP_BF16; format <= VJP_F16; format++) {
        struct fixture f;
        struct vjp_measure m;
        fixture_init(&f, linear(VJP_F32, 8, 8, 64));
        for (int slot = W; slot <= DY; slot++) {
            for (int64_t i = 0; i < f.data.slot[slot].count; i++)
                put(&f, slot, i, random_number(&state, 24, (int)random_between(&state, -1, 1)));
        }
        sum_narrowly(&f, (enum vjp_dtype)format, &state, &m);
        cr_expect_eq(m.compared, 64);
        cr_expect_gt(m.outside, 58, "%d: %" PRId64 " of 64 are outside", format, m.outside);
        cr_expect(m.explained_by == VJP_F16 || m.explained_by == format, "%d", m.explained_by);
        fixture_clear(&f);
    }
}

/* 1 and then 63 times 2^-9, each lost: an error of 0.123 in S = 1.123, where 64 roundings to 11 bits
 * explain 0.036 and such to 8 bits 0.28. */
Test(bound_kernels, the_format_that_explains_is_named)
{
    uint64_t state = 10;
    struct fixture f;
    struct vjp_measure m;
    fixture_init(&f, linear(VJP_F32, 1, 1, 64));
    for (int i = 0; i < 64; i++) {
        put(&f, W, i, i == 0 ? 1 : 0x1p-5);
        put(&f, DY, i, i == 0 ? 1 : 0x1p-4);
    }
    sum_narrowly(&f, VJP_BF16, &state, &m);
    cr_expect_eq(m.outside, 1);
    cr_expect_eq(m.explained_by, VJP_BF16);
    cr_expect_eq(m.worst.error, 63 * 0x1p-9);
    fixture_clear(&f);
}

/* A term that is lost is none of this: one of 8 is 1/8 of S, and 8 roundings to 8 bits 1/32. */
Test(bound_kernels, a_lost_term_is_not_explained)
{
    struct vjp_error error;
    struct fixture f;
    struct vjp_measure m;
    struct vjp_shape shape;
    struct vjp_tensor got;
    const struct vjp_model model = {.accumulate = VJP_F32};
    fixture_init(&f, linear(VJP_F32, 1, 1, 8));
    for (int i = 0; i < 8; i++) {
        put(&f, W, i, (double)0.1f);
        put(&f, DY, i, (double)0.7f);
    }
    struct vjp_reference *r = reference_of(&f);
    vjp_case_slot_shape(&f.c, DX, &shape);
    cr_assert_eq(vjp_tensor_init(&got, VJP_F32, &shape, &error), VJP_OK);
    float sum = 0;
    for (int i = 0; i < 8; i++) {
        vjp_tensor_set(&got, 0, vjp_bits_from_double(VJP_F32, (double)sum));
        sum += 0.1f * 0.7f;
    }
    vjp_measure_gradient(r, DX, &model, &got, &m);
    cr_expect(m.outside == 1 && m.explained_by == -1);
    vjp_tensor_set(&got, 0, vjp_bits_from_double(VJP_F32, (double)sum));
    vjp_measure_gradient(r, DX, &model, &got, &m);
    cr_expect(m.outside == 0 && m.compared == 1);
    vjp_tensor_clear(&got);
    vjp_reference_destroy(r);
    fixture_clear(&f);
}
