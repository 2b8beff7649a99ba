/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/small.h"

#include "cases/gen/fit.h"
#include "cases/gen/random.h"
#include "cases/spec/pipeline.h"

#include <string.h>

/* Equal sizes up to this are tried: a window of 2 needs an image of 2. */
#define EQUAL_MAX 8

/* telling: sizes with which every gradient is 0 do not count as valid. */
static enum vjp_status validate(struct vjp_case *c, bool telling, struct vjp_error *error)
{
    enum vjp_status status = vjp_case_settle(c, error);
    if (status == VJP_OK)
        status = vjp_case_validate(c, error);
    if (status == VJP_OK && telling && vjp_case_is_flat(c))
        status = vjp_fail(error, VJP_ERR_USAGE, "every gradient is 0; expected larger sizes");
    return status;
}

/* Sizes that are all equal, in a pipeline but for those that follow from others; where none of that fits, sizes
 * that are drawn again until they do, and in the end attributes as well. */
static enum vjp_status find_sizes(gsl_rng *rng, bool telling, struct vjp_case *c,
                                  struct vjp_error *error)
{
    enum vjp_status status = VJP_ERR_USAGE;
    for (int way = 0; way < 3 && status != VJP_OK; way++) {
        for (int64_t size = 1; size <= EQUAL_MAX && status != VJP_OK; size++) {
            for (int d = 0; d < c->spec->n_dims; d++)
                c->dim[d] = size;
            if (way == 0)
                (void)!vjp_fit_elements(rng, c); /* what does not fit is not valid */
            status = way > 0 ? vjp_fit_sizes(rng, way > 1, c, error) : VJP_OK;
            if (status == VJP_OK)
                status = validate(c, telling, error);
        }
    }
    return status;
}

/* Makes each size as small as the others let it be, by itself and with those that follow from it; true if one
 * became smaller. */
static bool shrink(gsl_rng *rng, bool telling, struct vjp_case *c)
{
    bool smaller = false;
    for (int d = 0; d < c->spec->n_dims; d++) {
        int64_t found[VJP_MAX_DIMS];
        memcpy(found, c->dim, sizeof found);
        bool fits = false;
        for (int64_t size = 1; size < found[d] && !fits; size++) {
            memcpy(c->dim, found, sizeof found);
            c->dim[d] = size;
            fits = vjp_fit_elements(rng, c) && validate(c, telling, NULL) == VJP_OK;
        }
        if (!fits)
            memcpy(c->dim, found, sizeof found);
        smaller |= fits;
    }
    return smaller;
}

enum vjp_status vjp_small_case(const struct vjp_spec *spec, enum vjp_dtype dtype,
                               struct vjp_case *out, struct vjp_error *error)
{
    struct vjp_random random;
    struct vjp_case c = {0};
    enum vjp_status status = vjp_random_init(&random, 0, error);
    if (status != VJP_OK)
        return status;
    bool telling = true;
    status = vjp_case_init(&c, spec, dtype, error);
    if (status == VJP_OK && find_sizes(&random.rng, telling, &c, error) != VJP_OK) {
        telling = false; /* "mse | softmax" has no others */
        status = find_sizes(&random.rng, telling, &c, error);
    }
    if (status == VJP_OK) {
        /* An image may become smaller when a filter behind it has: once for each stage. */
        for (int pass = 0; pass < VJP_MAX_STAGES && shrink(&random.rng, telling, &c); pass++)
            ;
        *out = c;
    } else {
        vjp_case_clear(&c);
    }
    vjp_random_clear(&random);
    return status;
}
