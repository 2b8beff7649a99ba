/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/repeat.h"

#include <criterion/criterion.h>

#include "impls/host/pattern.h"

enum { A = 4, B = 6 };

/* Two gradients of three elements of f32. */
static void make(struct vjp_answers *out, const uint64_t a[3], const uint64_t b[3])
{
    const struct vjp_shape shape = {1, {3}};
    struct vjp_error error;
    *out = (struct vjp_answers){0};
    cr_assert_eq(vjp_tensor_init(&out->slot[A], VJP_F32, &shape, &error), VJP_OK);
    cr_assert_eq(vjp_tensor_init(&out->slot[B], VJP_F32, &shape, &error), VJP_OK);
    for (int i = 0; i < 3; i++) {
        vjp_tensor_set(&out->slot[A], i, a[i]);
        vjp_tensor_set(&out->slot[B], i, b[i]);
    }
}

static const uint64_t ones[3] = {0x3f800000, 0x3f800000, 0x3f800000};

Test(repeat, same_bits_and_any_two_nan_are_the_same)
{
    struct vjp_answers a, b;
    int slot = 0;
    int64_t index = 0;
    make(&a, ones, (const uint64_t[]){0x7fc00000, 0xffc00001, 5});
    make(&b, ones, (const uint64_t[]){0x7fc12345, 0x7fa00000, 5});
    cr_expect(vjp_answers_are_same(&a, &b, false, &slot, &index));
    vjp_tensor_set(&b.slot[B], 2, 6);
    cr_expect_not(vjp_answers_are_same(&a, &b, false, &slot, &index));
    cr_expect_eq(slot, B);
    cr_expect_eq(index, 2);
    vjp_tensor_set(&a.slot[A], 1, 0x3f800001);
    cr_expect_not(vjp_answers_are_same(&a, &b, true, &slot, &index));
    cr_expect_eq(slot, A);
    cr_expect_eq(index, 1);
    vjp_answers_clear(&a);
    vjp_answers_clear(&b);
}

/* -0 and +0 are equal numbers, and other bits. */
Test(repeat, zeros_of_different_sign_differ)
{
    struct vjp_answers a, b;
    int slot;
    int64_t index;
    make(&a, ones, (const uint64_t[]){0, 1, 2});
    make(&b, ones, (const uint64_t[]){0x80000000, 1, 2});
    cr_expect_not(vjp_answers_are_same(&a, &b, true, &slot, &index));
    cr_expect_eq(index, 0);
    vjp_answers_clear(&a);
    vjp_answers_clear(&b);
}

Test(repeat, what_keeps_all_three_patterns_is_unwritten)
{
    const uint64_t nan = vjp_pattern_canary(VJP_F32, true);
    const uint64_t finite = vjp_pattern_finite(VJP_F32);
    struct vjp_answers first, second, last;
    struct vjp_observation seen = {.unwritten_slot = -1, .repeat_slot = -1};
    int slot;
    int64_t index;
    /* B[0] was never written; B[1] only on the left, B[2] only in the second call. */
    make(&first, ones, (const uint64_t[]){nan, 1, nan});
    make(&second, ones, (const uint64_t[]){finite, finite, 7});
    make(&last, ones, (const uint64_t[]){nan, nan, nan});
    vjp_answers_find_unwritten(&first, &second, &last, &seen);
    cr_expect_eq(seen.unwritten_slot, B);
    cr_expect_eq(seen.unwritten_index, 0);
    cr_expect_eq(seen.unwritten_count, 1);
    vjp_tensor_set(&second.slot[B], 2, finite);
    cr_expect(vjp_answers_are_same(&second, &last, true, &slot, &index));
    cr_expect_not(vjp_answers_are_same(&second, &last, false, &slot, &index));
    vjp_answers_clear(&first);
    vjp_answers_clear(&second);
    vjp_answers_clear(&last);
}
