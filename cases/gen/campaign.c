/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/campaign.h"

#include "cases/gen/draw.h"
#include "cases/gen/random.h"
#include "cases/gen/sobol.h"

#include <math.h>

/* What a case may cost, in scalar operations; about 1 us each in the explicit oracle for sums of products, and eight
 * times as much for others. Most are cheap, so that there are many; of the dear ones, one has room for sizes that the
 * cheap ones never see. */
static const double work_of_sums[] = {500, 500, 2000, 8000, 40000};
static const double work_of_functions[] = {100, 100, 400, 1000, 4000};
#define N_WORK 5

/* A case's place in its campaign. */
struct place {
    const struct vjp_campaign *campaign;
    enum vjp_campaign_way way;
    double point[VJP_MAX_DIMS]; /* of the Sobol sequence, for VJP_CAMPAIGN_SPREAD */
};

_Static_assert(VJP_MAX_DIMS <= VJP_SOBOL_DIMS, "a number for each dimension");

/* Cases of one way: one of each kind, with exact data or rounded, plain or not. */
#define IN_A_ROW 6

enum vjp_campaign_way vjp_campaign_way(int64_t i)
{
    return (enum vjp_campaign_way)(i / IN_A_ROW % VJP_CAMPAIGN_WAYS);
}

const char *vjp_campaign_way_name(enum vjp_campaign_way way)
{
    static const char *const names[] = {
        [VJP_CAMPAIGN_LOG] = "log-uniform", [VJP_CAMPAIGN_BOUNDARY] = "boundary",
        [VJP_CAMPAIGN_EQUAL] = "equal",     [VJP_CAMPAIGN_FAR] = "one far",
        [VJP_CAMPAIGN_SPREAD] = "spread",
    };
    return names[way];
}

static int64_t at_most(int64_t size, int64_t most)
{
    return size < most ? size : most;
}

/* u in [0, 1) to a size from 1 to most, all of whose octaves are alike. */
static int64_t log_size(double u, int64_t most)
{
    return at_most((int64_t)exp2(u * log2((double)most + 1)), most);
}

/* Uniform in [0, 1), in steps of 2^-32. */
static double draw_unit(gsl_rng *rng)
{
    return (double)(vjp_random_bits(rng) >> 32) * 0x1p-32;
}

/* 0, 1 and 2, multiples of vector and tile widths, and one more or less. */
static int64_t draw_boundary(gsl_rng *rng, int64_t most)
{
    static const int64_t widths[] = {4, 6, 8, 16, 32, 64};
    if (vjp_random_one_in(rng, 5))
        return at_most((int64_t)vjp_random_below(rng, 3), most);
    const int64_t width = widths[vjp_random_below(rng, 6)];
    const int64_t multiples = most / width < 1 ? 1 : most / width;
    const int64_t multiple = log_size(draw_unit(rng), multiples);
    return at_most(multiple * width + vjp_random_between(rng, -1, 1), most);
}

static void draw_far(gsl_rng *rng, int64_t most, struct vjp_case *c)
{
    const int n = c->spec->n_dims;
    const int far = (int)vjp_random_below(rng, (uint64_t)n);
    for (int d = 0; d < n; d++)
        c->dim[d] = at_most(1 + (int64_t)vjp_random_below(rng, 3), most);
    c->dim[far] = most - (int64_t)vjp_random_below(rng, (uint64_t)(most / 2 + 1));
}

/* All equal, or one like another. */
static void draw_equal(gsl_rng *rng, int64_t most, struct vjp_case *c)
{
    const int n = c->spec->n_dims;
    const bool all = vjp_random_one_in(rng, 3);
    const bool near = vjp_random_one_in(rng, 2);
    for (int d = 0; d < n; d++)
        c->dim[d] = near ? draw_boundary(rng, most) : log_size(draw_unit(rng), most);
    const int from = (int)vjp_random_below(rng, (uint64_t)n);
    const int to = (int)vjp_random_below(rng, (uint64_t)n);
    for (int d = 0; d < n; d++)
        c->dim[d] = all || d == to ? c->dim[from] : c->dim[d];
}

/* One dimension or two at multiples of tiles, or beside them; the others up to 8. */
static void draw_tiled(gsl_rng *rng, const struct vjp_campaign *campaign, struct vjp_case *c)
{
    const int n = c->spec->n_dims;
    const int dims[] = {(int)vjp_random_below(rng, (uint64_t)n),
                        (int)vjp_random_below(rng, (uint64_t)n)};
    for (int d = 0; d < n; d++)
        c->dim[d] = at_most(1 + (int64_t)vjp_random_below(rng, 8), campaign->dim_max);
    for (int i = 0; i < 2; i++) {
        const int64_t tile = campaign->tiles[vjp_random_below(rng, (uint64_t)campaign->n_tiles)];
        const int64_t multiple = log_size(draw_unit(rng), 3);
        c->dim[dims[i]] =
            at_most(multiple * tile + vjp_random_between(rng, -1, 1), campaign->dim_max);
    }
}

static void take_point(const struct place *place, int64_t most, struct vjp_case *c)
{
    for (int d = 0; d < c->spec->n_dims; d++)
        c->dim[d] = log_size(place->point[d], most);
}

/* A point that does not fit is not tried again. */
static double draw_sizes(const void *env, gsl_rng *rng, int attempt, struct vjp_case *c)
{
    const struct place *place = env;
    const int64_t most = place->campaign->dim_max;
    const int n = c->spec->n_dims;
    const double *work = c->spec->sums_products ? work_of_sums : work_of_functions;
    const bool is_tiled = place->campaign->n_tiles > 0; /* dear: halved sizes would be at no tile */
    const double work_max = work[is_tiled ? N_WORK - 1 : vjp_random_below(rng, N_WORK)];
    for (int d = 0; d < n; d++)
        c->dim[d] = place->way == VJP_CAMPAIGN_BOUNDARY ? draw_boundary(rng, most)
                                                        : log_size(draw_unit(rng), most);
    if (n > 0 && is_tiled)
        draw_tiled(rng, place->campaign, c);
    else if (n > 0 && place->way == VJP_CAMPAIGN_EQUAL)
        draw_equal(rng, most, c);
    else if (n > 0 && place->way == VJP_CAMPAIGN_FAR)
        draw_far(rng, most, c);
    else if (place->way == VJP_CAMPAIGN_SPREAD && attempt == 0)
        take_point(place, most, c);
    return work_max;
}

enum vjp_status vjp_campaign_case(const struct vjp_campaign *campaign, const struct vjp_spec *spec,
                                  enum vjp_dtype dtype, int64_t i, struct vjp_case *out,
                                  struct vjp_error *error)
{
    struct place place = {campaign, vjp_campaign_way(i), {0}};
    const struct vjp_draw_plan plan = {
        .structural = i % 3 == 0, .plain = i % 2 == 1, .sizes = draw_sizes, .env = &place};
    struct vjp_random random = {{0}};
    enum vjp_status status = VJP_OK;
    if (place.way == VJP_CAMPAIGN_SPREAD)
        status = vjp_sobol_point((uint64_t)i / IN_A_ROW / VJP_CAMPAIGN_WAYS * IN_A_ROW +
                                     (uint64_t)i % IN_A_ROW,
                                 spec->n_dims, place.point, error);
    if (status == VJP_OK)
        status = vjp_random_init(&random, vjp_draw_stream(spec, dtype, campaign->seed, (uint32_t)i),
                                 error);
    if (status != VJP_OK)
        return status;
    status = vjp_draw_case(&random.rng, &plan, spec, dtype, out, error);
    vjp_random_clear(&random);
    return status;
}
