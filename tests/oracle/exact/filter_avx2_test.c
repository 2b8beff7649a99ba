/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/filter.h"
#include "oracle/exact/kernel.h"

#include "tests/oracle/tally.h"

#include <string.h>

#define COUNT 4099 /* vectors of 4, and 3 more */

struct filtered {
    uint32_t bits[COUNT];
    double tail[COUNT];
    uint8_t by[COUNT];
    int64_t open[COUNT];
    struct vjp_filtered out;
};

static void filter(struct filtered *f, const struct vjp_kernel *kernel,
                   const struct vjp_rounding_rule *rounding, const double *c, const double *s)
{
    f->out = (struct vjp_filtered){.bits = f->bits, .tail = f->tail, .by = f->by, .open = f->open};
    kernel->filter(rounding, COUNT, c, s, &f->out);
}

/* Any doubles, most of them in the format's range, and any s: both decide alike, and where they settle,
 * the bits and tails are the same. */
static void compare(struct tally *t, uint64_t *state, enum vjp_dtype dtype)
{
    static double c[COUNT], s[COUNT], unit[COUNT];
    static struct filtered portable, avx2;
    const struct vjp_format *format = vjp_format(dtype);
    const struct vjp_rounding_rule rounding = {
        .precision = format->precision,
        .bytes = format->bytes,
        .emin_bits = (int64_t)(format->emin + 1023) << 52,
        .infinity = (int64_t)vjp_bits_infinity(dtype, false),
        .overflow = ldexp(1, format->emax + 1),
        .error = 0x1p-40,
        .exact = 0x1p-10,
        .col_unit = unit,
    };
    for (int j = 0; j < COUNT; j++) {
        const uint64_t any = next_random(state);
        if (j % 7 == 0)
            memcpy(&c[j], &any, sizeof any);
        else
            c[j] = random_number(state, (int)random_between(state, 1, 53),
                                 (int)random_between(state, format->emin - 30, format->emax + 1));
        s[j] = j % 11 == 0 ? NAN : fabs(c[j]) * ldexp(1, (int)random_between(state, 0, 30));
        unit[j] = j % 5 == 0 ? NAN : ldexp(s[j], (int)random_between(state, 0, 20));
    }
    c[0] = NAN;
    c[1] = INFINITY;
    c[2] = 0;
    filter(&portable, &vjp_kernel_portable, &rounding, c, s);
    filter(&avx2, vjp_kernel_avx2(), &rounding, c, s);
    check(t,
          portable.out.open_count == avx2.out.open_count && portable.out.open_count > COUNT / 20 &&
              portable.out.open_count < COUNT,
          "%s: %" PRId64 " and %" PRId64 " open", format->name, portable.out.open_count,
          avx2.out.open_count);
    check(t,
          portable.out.products == avx2.out.products && portable.out.products > 0 &&
              portable.out.products < COUNT,
          "%s: %" PRId64 " and %" PRId64 " exact", format->name, portable.out.products,
          avx2.out.products);
    for (int64_t j = 0, n = 0; j < COUNT; j++) {
        if (n < portable.out.open_count && portable.open[n] == j) {
            check(t, avx2.open[n++] == j, "%s: %a, %a is open", format->name, c[j], s[j]);
            continue;
        }
        check(t, portable.by[j] == avx2.by[j], "%s: %a, %a by %d and %d", format->name, c[j], s[j],
              portable.by[j], avx2.by[j]);
        const uint64_t x = vjp_bits_load(dtype, portable.bits, j);
        const uint64_t y = vjp_bits_load(dtype, avx2.bits, j);
        check(t, x == y && portable.tail[j] == avx2.tail[j],
              "%s: %a is %#" PRIx64 " with %a and %#" PRIx64 " with %a", format->name, c[j], x,
              portable.tail[j], y, avx2.tail[j]);
        check(t, x == vjp_bits_from_double(dtype, c[j]), "%s: %a is %#" PRIx64, format->name, c[j],
              x);
    }
}

Test(filter_avx2, agrees_with_portable_c)
{
    if (!vjp_kernel_avx2())
        cr_skip_test("this CPU has no AVX2");
    struct tally t = {0};
    uint64_t state = 1;
    for (int n = 0; n < 30; n++) {
        compare(&t, &state, VJP_BF16);
        compare(&t, &state, VJP_F16);
        compare(&t, &state, VJP_F32);
    }
    tally_assert(&t, 200000);
}
