/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/suite.h"

#include "cases/gen/corpus.h"
#include "cases/gen/draw.h"
#include "cases/gen/random.h"

/* Limits on the work of a case: the oracle costs about 1 us per product, so 8000 keeps most cases at
 * 10 ms. One case in so many may be larger. Other functions than sums of products cost it about eight
 * times as much, and one dimension far above the others does not pay there. */
struct limits {
    double work, work_rare;
    int64_t far_max;
};

#define RARE_EVERY 25

static const struct limits of_sums = {8000, 40000, 1200};
static const struct limits of_functions = {1000, 8000, 160};

/* One case in so many has one dimension far above the others: past the blocks and tiles of kernels,
 * at little cost. */
#define FAR_EVERY 12
#define FAR_MIN   65

/* Of those, where a mean is subtracted, every other one may cost so much: errors of a mean grow with the
 * number of elements. The oracle's time is that of one dense row per element: 375 elements, 0.1 s. */
#define FAR_WORK_OF_MEANS 3000

/* 0 now and then; the neighbours of vector and tile widths; else roughly log-uniform up to 40. */
static int64_t draw_size(gsl_rng *rng)
{
    static const int64_t widths[] = {4, 8, 16, 32};
    const uint64_t roll = vjp_random_below(rng, 100);
    if (roll < 1)
        return 0;
    if (roll < 8)
        return 1;
    if (roll < 38) {
        const int64_t width = widths[vjp_random_below(rng, 4)];
        return width + vjp_random_between(rng, -1, 1);
    }
    const int64_t low = INT64_C(1) << vjp_random_below(rng, 6);
    return vjp_random_between(rng, low, 2 * low - 1 < 40 ? 2 * low - 1 : 40);
}

static bool is_centred(const struct vjp_spec *spec)
{
    bool centred = false;
    for (int i = 0; i < spec->n_inputs; i++)
        centred |= spec->input[i].centred;
    return centred;
}

static double draw_sizes(const void *env, gsl_rng *rng, int attempt, struct vjp_case *c)
{
    (void)env;
    (void)attempt;
    const struct limits *limits = c->spec->sums_products ? &of_sums : &of_functions;
    const int n = c->spec->n_dims;
    double work_max = vjp_random_one_in(rng, RARE_EVERY) ? limits->work_rare : limits->work;
    const int all_equal = vjp_random_one_in(rng, 12);
    for (int d = 0; d < n; d++)
        c->dim[d] = all_equal && d > 0 ? c->dim[0] : draw_size(rng);
    if (n > 0 && vjp_random_one_in(rng, FAR_EVERY)) {
        const int far = (int)vjp_random_below(rng, (uint64_t)n);
        for (int d = 0; d < n; d++)
            c->dim[d] =
                d == far ? vjp_random_between(rng, FAR_MIN, limits->far_max) : 1 + c->dim[d] % 4;
        if (is_centred(c->spec) && work_max < FAR_WORK_OF_MEANS && vjp_random_one_in(rng, 2))
            work_max = FAR_WORK_OF_MEANS;
    }
    return work_max;
}

enum vjp_status vjp_suite_case(const struct vjp_spec *spec, enum vjp_dtype dtype, uint64_t seed,
                               int64_t i, struct vjp_case *out, struct vjp_error *error)
{
    const struct vjp_draw_plan plan = {
        .structural = i % 3 == 0, .plain = i % 2 == 1, .sizes = draw_sizes};
    struct vjp_random random;
    enum vjp_status status =
        vjp_random_init(&random, vjp_draw_stream(spec, dtype, seed, (uint32_t)i), error);
    if (status != VJP_OK)
        return status;
    status = vjp_draw_case(&random.rng, &plan, spec, dtype, out, error);
    vjp_random_clear(&random);
    return status;
}

enum vjp_status vjp_suite_add_corpus(struct vjp_case_list *list, struct vjp_error *error)
{
    const size_t before = list->count;
    enum vjp_status status = VJP_OK;
    for (const struct vjp_corpus *corpus = vjp_corpora; corpus->name && status == VJP_OK; corpus++)
        status = vjp_case_list_read_text(list, corpus->name, corpus->text, error);
    while (status != VJP_OK && list->count > before)
        vjp_case_clear(&list->cases[--list->count]);
    return status;
}
