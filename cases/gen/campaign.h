/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_CAMPAIGN_H
#define VJP_CASES_GEN_CAMPAIGN_H

#include "cases/spec/case.h"

/* Fuzzing campaigns: endless random cases of a layer, of which number i is a pure function of the campaign's seed,
 * the layer, the dtype and i. Any process regenerates any of them. */

/* No dimension is larger unless the campaign allows it. */
#define VJP_CAMPAIGN_DIM 512

struct vjp_campaign {
    uint64_t seed;
    int64_t dim_max; /* at least 1 */
    /* Sizes of tiles, n_tiles of them, the caller's: where there are some, every case has a dimension or two at their
     * multiples, and small others. */
    const int32_t *tiles;
    int n_tiles;
};

/* How the sizes of a case are drawn: six cases in a row have one way, so that each has exact data
 * and rounded, and of every other case plain (draw.h). */
enum vjp_campaign_way {
    VJP_CAMPAIGN_LOG = 0,  /* log-uniform */
    VJP_CAMPAIGN_BOUNDARY, /* 0, 1, and multiples of 4, 8, 16, 32, 64 and their neighbours */
    VJP_CAMPAIGN_EQUAL,    /* two or all equal */
    VJP_CAMPAIGN_FAR,      /* one large, the others tiny */
    VJP_CAMPAIGN_SPREAD,   /* a Sobol sequence over the logarithms of all sizes */
    VJP_CAMPAIGN_WAYS,
};

enum vjp_campaign_way vjp_campaign_way(int64_t i);

/* "log-uniform", "boundary": static. */
const char *vjp_campaign_way_name(enum vjp_campaign_way way);

/* Case i, 0 to 2^32 - 1. VJP_ERR_USAGE or VJP_ERR_LIMIT where no sizes were found that fit (draw.h). */
VJP_MUST_CHECK enum vjp_status vjp_campaign_case(const struct vjp_campaign *campaign,
                                                 const struct vjp_spec *spec, enum vjp_dtype dtype,
                                                 int64_t i, struct vjp_case *out,
                                                 struct vjp_error *error);

#endif
