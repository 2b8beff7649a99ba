/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/suite.h"

#include "cases/base/stream.h"
#include "cases/gen/corpus.h"
#include "cases/gen/random.h"

/* The product of a case's dimensions: the oracle costs about 1 us per product, so 8000 keeps most
 * cases at 10 ms. One case in 25 may be larger. */
#define COST_MAX      8000
#define COST_MAX_RARE 40000

static int one_in(gsl_rng *rng, uint64_t n)
{
    return vjp_random_below(rng, n) == 0;
}

/* One case in so many has one dimension far above the others, up to so much: past the blocks and
 * tiles of kernels, at little cost. */
#define LONG_EVERY 12
#define LONG_MAX   1200

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

static void draw_sizes(gsl_rng *rng, struct vjp_case *c)
{
    const int n = c->spec->n_dims;
    const int64_t cost_max = one_in(rng, 25) ? COST_MAX_RARE : COST_MAX;
    const int all_equal = one_in(rng, 12);
    for (int d = 0; d < n; d++)
        c->dim[d] = all_equal && d > 0 ? c->dim[0] : draw_size(rng);
    if (one_in(rng, LONG_EVERY)) {
        const int far = (int)vjp_random_below(rng, (uint64_t)n);
        for (int d = 0; d < n; d++)
            c->dim[d] = d == far ? vjp_random_between(rng, 65, LONG_MAX) : 1 + c->dim[d] % 4;
    }
    for (;;) {
        int largest = 0;
        double cost = 1; /* 40^16 is no int64_t */
        for (int d = 0; d < n; d++) {
            largest = c->dim[d] > c->dim[largest] ? d : largest;
            cost *= (double)c->dim[d];
        }
        if (cost <= (double)cost_max)
            return;
        c->dim[largest] = c->dim[largest] / 2;
    }
}

static void draw_attrs(gsl_rng *rng, struct vjp_case *c)
{
    for (int i = 0; i < c->spec->n_attrs; i++) {
        const struct vjp_attr_spec *attr = &c->spec->attr[i];
        if (attr->max - attr->min < 8)
            c->attr[i] = vjp_random_between(rng, attr->min, attr->max);
    }
}

static void draw_layouts(gsl_rng *rng, struct vjp_case *c)
{
    static const int64_t pads[] = {1, 2, 3, 5, 8, 17};
    const int bytes = vjp_format(c->dtype)->bytes;
    if (!one_in(rng, 2))
        return;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        struct vjp_layout *layout = &c->slot[slot].layout;
        struct vjp_shape shape;
        if (!vjp_case_has_slot(c, slot))
            continue;
        vjp_case_slot_shape(c, slot, &shape);
        if (shape.rank >= 2 && one_in(rng, 3))
            layout->ld_pad = pads[vjp_random_below(rng, 6)];
        if (one_in(rng, 3))
            layout->align = vjp_random_between(rng, 0, 64 / bytes - 1) * bytes;
        layout->trans = shape.rank == 2 && one_in(rng, 40);
    }
}

static const struct {
    const char *text;
    uint64_t weight;
} mixture[] = {
    {"normal", 32},    {"uniform", 14}, {"integers", 8}, {"pow2", 8},      {"cancel:1e4", 6},
    {"cancel:1e8", 8}, {"wide", 8},     {"zeros", 6},    {"zeros:0.9", 4}, {"const:-1.5", 2},
};

static const char *draw_values(gsl_rng *rng, const struct vjp_case *c, int slot)
{
    const size_t n = sizeof mixture / sizeof mixture[0];
    uint64_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += mixture[i].weight;
    uint64_t roll = vjp_random_below(rng, total);
    size_t i = 0;
    while (roll >= mixture[i].weight)
        roll -= mixture[i++].weight;
    const bool cancels = mixture[i].text[0] == 'c' && mixture[i].text[1] == 'a';
    return cancels && vjp_slot_partner(c->spec, slot) < 0 ? "normal" : mixture[i].text;
}

/* Values that are all rounded: some of every kind, and at most one operand with values so extreme
 * that they hide what the others do. */
static enum vjp_status set_rounded(gsl_rng *rng, struct vjp_case *c, struct vjp_error *error)
{
    static const char *const extremes[] = {"special:0.02", "special", "subnormal"};
    const int cotangent = vjp_slot_cotangent(c->spec);
    const uint64_t extreme = vjp_random_below(rng, 30);
    const int chosen = (int)vjp_random_below(rng, (uint64_t)cotangent + 1);
    const int onehot = one_in(rng, 12);
    enum vjp_status status = VJP_OK;
    for (int slot = 0; slot < vjp_slot_count(c->spec) && status == VJP_OK; slot++) {
        const char *text = draw_values(rng, c, slot);
        if (slot == cotangent && onehot)
            text = "onehot";
        /* Against NaN and infinity a zero tells the kernels that skip zeros from those that do not. */
        if (slot == chosen && extreme < 3)
            text = extremes[extreme];
        else if (extreme < 2 && one_in(rng, 2))
            text = "zeros";
        if (vjp_slot_is_gradient(c->spec, slot))
            text = one_in(rng, 4) ? "zeros" : "normal";
        if (vjp_case_has_values(c, slot))
            status = vjp_case_set_values(c, slot, text, error);
    }
    return status;
}

static enum vjp_status set_exact(struct vjp_case *c, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int slot = 0; slot < vjp_slot_count(c->spec) && status == VJP_OK; slot++) {
        if (vjp_case_has_values(c, slot))
            status = vjp_case_set_values(c, slot, "exact", error);
    }
    return status;
}

static uint64_t suite_seed(const struct vjp_spec *spec, enum vjp_dtype dtype, uint64_t seed)
{
    uint64_t mixed = vjp_mix64(seed + (uint64_t)dtype);
    for (const char *p = spec->name; *p; p++)
        mixed = vjp_mix64(mixed + (unsigned char)*p);
    return mixed;
}

/* A plain case is one that the plainest kernel can do: attributes at their fallbacks, contiguous,
 * overwriting, one thread. */
static enum vjp_status draw_case(gsl_rng *rng, bool exact, bool plain, struct vjp_case *c,
                                 struct vjp_error *error)
{
    draw_sizes(rng, c);
    if (!plain) {
        draw_attrs(rng, c);
        c->accumulate = one_in(rng, 3);
        c->threads = one_in(rng, 3) ? 2 : 1;
    }
    c->seed = gsl_rng_get(rng);
    enum vjp_status status = vjp_case_settle(c, error);
    if (status != VJP_OK)
        return status;
    if (!plain)
        draw_layouts(rng, c);
    status = exact ? set_exact(c, error) : set_rounded(rng, c, error);
    return status == VJP_OK ? vjp_case_validate(c, error) : status;
}

enum vjp_status vjp_suite_case(const struct vjp_spec *spec, enum vjp_dtype dtype, uint64_t seed,
                               int64_t i, struct vjp_case *out, struct vjp_error *error)
{
    struct vjp_random random;
    struct vjp_case c = {0};
    const uint32_t stream = vjp_stream_seed(suite_seed(spec, dtype, seed), (uint32_t)i);
    enum vjp_status status = vjp_random_init(&random, stream, error);
    if (status != VJP_OK)
        return status;
    status = vjp_case_init(&c, spec, dtype, error);
    if (status == VJP_OK)
        status = draw_case(&random.rng, i % 3 == 0, i % 2 == 1, &c, error);
    if (status == VJP_OK)
        *out = c;
    else
        vjp_case_clear(&c);
    vjp_random_clear(&random);
    return status;
}

enum vjp_status vjp_suite_add_corpus(struct vjp_case_list *list, struct vjp_error *error)
{
    const size_t before = list->count;
    enum vjp_status status = vjp_case_list_read_text(list, "seeds.cases", vjp_corpus_seeds, error);
    if (status == VJP_OK)
        status = vjp_case_list_read_text(list, "edges.cases", vjp_corpus_edges, error);
    while (status != VJP_OK && list->count > before)
        vjp_case_clear(&list->cases[--list->count]);
    return status;
}
