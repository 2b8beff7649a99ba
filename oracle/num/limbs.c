/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/num/limbs.h"

#include <stdlib.h>

struct vjp_limb_block {
    struct vjp_limb_block *before;
    mp_limb_t limb[];
};

/* Blocks grow with what is used, so that few are needed and little is wasted. */
#define FIRST_BYTES 4096

static bool grow(struct vjp_limbs *limbs, size_t bytes)
{
    size_t capacity = limbs->capacity ? 2 * limbs->capacity : FIRST_BYTES;
    while (capacity < bytes)
        capacity *= 2;
    struct vjp_limb_block *block = malloc(sizeof *block + capacity);
    if (!block)
        return false;
    block->before = limbs->last;
    *limbs = (struct vjp_limbs){.last = block, .used = 0, .capacity = capacity};
    return true;
}

bool vjp_limbs_init_number(struct vjp_limbs *limbs, mpfr_ptr x, mpfr_prec_t precision)
{
    const size_t bytes = mpfr_custom_get_size(precision); /* whole limbs */
    if (limbs->capacity - limbs->used < bytes && !grow(limbs, bytes))
        return false;
    mp_limb_t *significand = limbs->last->limb + limbs->used / sizeof(mp_limb_t);
    limbs->used += bytes;
    mpfr_custom_init(significand, precision);
    mpfr_custom_init_set(x, MPFR_ZERO_KIND, 0, precision, significand);
    return true;
}

void vjp_limbs_clear(struct vjp_limbs *limbs)
{
    while (limbs->last) {
        struct vjp_limb_block *before = limbs->last->before;
        free(limbs->last);
        limbs->last = before;
    }
    *limbs = (struct vjp_limbs){0};
}
