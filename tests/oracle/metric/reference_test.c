/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/metric/reference.h"

#include "oracle/forward/graph.h"
#include "tests/oracle/metric/witness.h"

#include <arb_mat.h>

/* Kinds of data. */
enum { NORMAL, WIDE, CANCELLING, HALFWAY, KINDS };

static const char *const kind_names[] = {"normal", "wide", "cancelling", "halfway"};

/* A number of the dtype with an exponent from the format's whole range, subnormal ones among them. */
static double wide_number(enum vjp_dtype dtype, uint64_t *state)
{
    const struct vjp_format *format = vjp_format(dtype);
    const int bits = 8 * format->bytes;
    for (;;) {
        const uint64_t pattern = next_random(state) >> (64 - bits);
        if (!vjp_bits_is_nan(dtype, pattern) && !vjp_bits_is_inf(dtype, pattern))
            return vjp_bits_to_double(dtype, pattern);
    }
}

static double number_of(int kind, enum vjp_dtype dtype, uint64_t *state)
{
    const int p = vjp_format(dtype)->precision;
    if (kind == WIDE)
        return wide_number(dtype, state);
    if (kind == HALFWAY) /* products of few bits: their sums are often halfway between numbers */
        return (double)random_between(state, 1, 1 << (p + 1) / 2) *
               (next_random(state) % 2 ? 1 : -1);
    return random_number(state, p, (int)random_between(state, -2, 2));
}

/* Under CANCELLING the second half of each line of dy repeats the first with the other sign, and that
 * of w repeats it but for a last bit: all that dx keeps is far below the terms. */
static void fill_kind(struct fixture *f, int kind, uint64_t *state)
{
    for (int slot = X; slot <= DB; slot++) {
        for (int64_t i = 0; i < f->data.slot[slot].count; i++)
            put(f, slot, i, number_of(kind, f->c.dtype, state));
    }
    const int64_t M = f->c.dim[2];
    for (int slot = W; slot <= DY && kind == CANCELLING; slot += DY - W) {
        for (int64_t i = 0; i < f->data.slot[slot].count; i++) {
            const double before = i % M >= M / 2 ? value_of(f, slot, i - M / 2) : 0;
            if (before != 0 && i % M < M / 2 * 2)
                put(f, slot, i, slot == DY ? -before : before);
        }
        if (slot == W && f->data.slot[W].count > 0) {
            struct vjp_tensor *w = &f->data.slot[W];
            vjp_tensor_set(w, w->count - 1, vjp_tensor_get(w, w->count - 1) ^ 1);
        }
    }
}

static void check_reference(struct tally *t, const struct fixture *f, const char *what)
{
    struct vjp_reference *r = reference_of(f);
    mpfr_t exact;
    mpfr_init2(exact, EXACT_BITS);
    for (int slot = DX; slot <= (f->c.attr[0] ? DB : DW); slot++) {
        struct vjp_shape shape;
        int64_t count;
        vjp_case_slot_shape(&f->c, slot, &shape);
        cr_assert_eq(vjp_shape_count(&shape, &count, NULL), VJP_OK);
        for (int64_t e = 0; e < count; e++) {
            double special;
            cr_assert(witness_sum(f, slot, e, exact, NULL, &special));
            const uint64_t got = vjp_reference_rounded(r, slot, e);
            check(t, is_nearest(f->c.dtype, got, exact),
                  "%s %s slot %d element %" PRId64 ": %#" PRIx64, vjp_format(f->c.dtype)->name,
                  what, slot, e, got);
        }
    }
    mpfr_clear(exact);
    vjp_reference_destroy(r);
}

static void check_kind(int kind, bool accumulate, int64_t at_least)
{
    struct tally t = {0};
    uint64_t state = (uint64_t)kind + 1;
    for (int run = 0; run < 60; run++) {
        const enum vjp_dtype dtype = (enum vjp_dtype)(run % 4);
        struct fixture f;
        fixture_init(&f, (struct linear){dtype, random_between(&state, 1, 4),
                                         random_between(&state, 1, 4), random_between(&state, 1, 6),
                                         .bias = run % 3 == 0, .accumulate = accumulate});
        fill_kind(&f, kind, &state);
        check_reference(&t, &f, kind_names[kind]);
        fixture_clear(&f);
    }
    tally_assert(&t, at_least);
}

Test(reference, is_the_nearest_number_for_normal_data)
{
    check_kind(NORMAL, false, 600);
}

Test(reference, is_the_nearest_number_over_the_whole_range)
{
    check_kind(WIDE, false, 600);
}

Test(reference, is_the_nearest_number_under_cancellation)
{
    check_kind(CANCELLING, false, 600);
}

Test(reference, is_the_nearest_number_for_halfway_data)
{
    check_kind(HALFWAY, false, 600);
}

Test(reference, adds_what_was_there_under_accumulate)
{
    for (int kind = 0; kind < KINDS; kind++)
        check_kind(kind, true, 600);
}

Test(reference, empty_sums_are_zero)
{
    struct fixture f;
    fixture_init(&f, (struct linear){VJP_F32, 0, 2, 0, .bias = true});
    struct vjp_reference *r = reference_of(&f);
    vjp_reference_destroy(r);
    vjp_reference_destroy(NULL);
    fixture_clear(&f);
    fixture_init(&f, linear(VJP_F16, 2, 3, 0));
    r = reference_of(&f);
    for (int64_t e = 0; e < 6; e++)
        cr_expect_eq(vjp_reference_rounded(r, DX, e), 0);
    vjp_reference_destroy(r);
    fixture_clear(&f);
}

/* FLINT's ball arithmetic knows matrices, and knows when it was exact. */
static void set_arb(arb_mat_t out, const struct fixture *f, int slot, bool transposed)
{
    const slong columns = f->data.slot[slot].shape.dim[1];
    for (slong i = 0; i < f->data.slot[slot].count; i++) {
        const slong row = i / columns, column = i % columns;
        arb_set_d(transposed ? arb_mat_entry(out, column, row) : arb_mat_entry(out, row, column),
                  value_of(f, slot, i));
    }
}

static void check_arb(struct tally *t, const struct fixture *f, const struct vjp_reference *r,
                      int slot, arb_mat_t product)
{
    const slong columns = arb_mat_ncols(product);
    mpfr_t exact;
    mpfr_init2(exact, EXACT_BITS);
    for (slong i = 0; i < arb_mat_nrows(product) * columns; i++) {
        arb_srcptr entry = arb_mat_entry(product, i / columns, i % columns);
        check(t, arb_is_exact(entry), "FLINT was not exact");
        check(t, arf_get_mpfr(exact, arb_midref(entry), MPFR_RNDN) == 0, "nor was the copy");
        check(t, is_nearest(f->c.dtype, vjp_reference_rounded(r, slot, i), exact),
              "%s slot %d element %ld", vjp_format(f->c.dtype)->name, slot, (long)i);
    }
    mpfr_clear(exact);
}

Test(reference, agrees_with_flint)
{
    struct tally t = {0};
    uint64_t state = 11;
    for (int run = 0; run < 24; run++) {
        struct fixture f;
        arb_mat_t x, w, dy, dx, dw;
        const slong N = 1 + run % 5, D = 1 + run % 3, M = 1 + run % 7;
        fixture_init(&f, linear((enum vjp_dtype)(run % 4), N, D, M));
        fill_kind(&f, run % KINDS, &state);
        arb_mat_init(x, D, N);
        arb_mat_init(w, M, D);
        arb_mat_init(dy, N, M);
        arb_mat_init(dx, N, D);
        arb_mat_init(dw, D, M);
        set_arb(x, &f, X, true);
        set_arb(w, &f, W, true);
        set_arb(dy, &f, DY, false);
        arb_mat_mul_classical(dx, dy, w, EXACT_BITS);
        arb_mat_mul_classical(dw, x, dy, EXACT_BITS);
        struct vjp_reference *r = reference_of(&f);
        check_arb(&t, &f, r, DX, dx);
        check_arb(&t, &f, r, DW, dw);
        vjp_reference_destroy(r);
        arb_mat_clear(x);
        arb_mat_clear(w);
        arb_mat_clear(dy);
        arb_mat_clear(dx);
        arb_mat_clear(dw);
        fixture_clear(&f);
    }
    flint_cleanup();
    tally_assert(&t, 500);
}

/* NaN and the infinities as IEEE 754 has them, and only in the elements that they are terms of. */
Test(reference, special_values_stay_where_they_belong)
{
    struct tally t = {0};
    uint64_t state = 12;
    static const double specials[] = {INFINITY, -INFINITY, NAN, 0};
    mpfr_t exact;
    mpfr_init2(exact, EXACT_BITS);
    for (int run = 0; run < 400; run++) {
        const enum vjp_dtype dtype = (enum vjp_dtype)(run % 4);
        struct fixture f;
        fixture_init(&f, (struct linear){dtype, 2, 2, 3, .bias = true, .accumulate = run % 3 == 0});
        fill_kind(&f, NORMAL, &state);
        for (int i = 0; i < 3; i++) {
            const int slot = (int)random_between(&state, X, f.c.accumulate ? DB : DY);
            put(&f, slot, random_between(&state, 0, f.data.slot[slot].count - 1),
                specials[random_between(&state, 0, 3)]);
        }
        struct vjp_reference *r = reference_of(&f);
        static const int64_t counts[] = {4, 6, 3};
        for (int slot = DX; slot <= DB; slot++) {
            for (int64_t e = 0; e < counts[slot - DX]; e++) {
                double want;
                const uint64_t got = vjp_reference_rounded(r, slot, e);
                const double number = vjp_bits_to_double(dtype, got);
                if (witness_sum(&f, slot, e, exact, NULL, &want))
                    check(&t, is_nearest(dtype, got, exact), "slot %d element %d", slot, (int)e);
                else
                    check(&t, isnan(want) ? isnan(number) : number == want,
                          "slot %d element %d: %g, want %g", slot, (int)e, number, want);
            }
        }
        vjp_reference_destroy(r);
        fixture_clear(&f);
    }
    mpfr_clear(exact);
    tally_assert(&t, 400 * 13);
}

/* 2^e 2^e + 2^f 2^f - 2^e 2^e: the last term takes all but the second away, and until then all bits
 * between them must be kept; but for the last row, whose result is 0 in f64, which is known earlier. The
 * other element would be content with less. */
Test(reference, precision_rises_as_far_as_needed)
{
    static const struct {
        int e, f, precision;
    } table[] = {
        {0, 0, 256},    {100, 0, 256},   {125, 0, 256},      {130, 0, 512},
        {300, 0, 1024}, {1000, 0, 2048}, {1000, -900, 4096}, {1023, -1074, 4096},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct fixture f;
        const double large = ldexp(1, table[i].e), small = ldexp(1, table[i].f);
        fixture_init(&f, linear(VJP_F64, 1, 2, 3));
        fill(&f, W, (const double[]){large, small, -large, 0, 1, 0});
        fill(&f, DY, (const double[]){large, small, large});
        struct vjp_reference *r = reference_of(&f);
        cr_expect_eq(vjp_reference_precision(r), table[i].precision, "row %zu: %d bits", i,
                     vjp_reference_precision(r));
        const double got = vjp_bits_to_double(VJP_F64, vjp_reference_rounded(r, DX, 0));
        cr_expect_eq(got, small * small, "row %zu: %g", i, got);
        vjp_reference_destroy(r);
        fixture_clear(&f);
    }
}

Test(reference, a_case_that_is_too_large)
{
    struct fixture f;
    struct vjp_error error = {""};
    struct vjp_reference *r = NULL;
    fixture_init(&f, linear(VJP_F32, 1, 1, 1));
    f.c.dim[2] = VJP_GRAPH_MAX + 1;
    cr_expect_eq(vjp_reference_create(&f.c, &f.data, ANY_SIDE, &r, &error), VJP_ERR_LIMIT);
    cr_expect_null(r);
    fixture_clear(&f);
}
