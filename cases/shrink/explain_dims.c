/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/explaining.h"

/* What was observed of the dimensions one by one, and which of them a sentence of two holds already. */
struct sizes {
    struct vjp_explaining *e;
    struct vjp_points dim[VJP_MAX_DIMS];
    bool told[VJP_MAX_DIMS];
};

static void observe_dim(struct sizes *s, int d, int64_t size)
{
    const struct vjp_vary vary = {.kind = VJP_VARY_DIM, .index = d, .value = size};
    if (vjp_case_has_dim(s->e->c, d))
        vjp_explain_observe(s->e, &vary, &s->dim[d]);
}

/* Every dimension gets a value before any gets the next, so that few runs tell something of all: first
 * what tells tails and thresholds apart. */
static void vary_dims(struct sizes *s)
{
    static const int64_t sizes[] = {0,  1,  2,  3,  4,  5,   6,   7,   8,   9,   16, 15, 17,
                                    32, 31, 33, 10, 11, 12,  24,  20,  40,  64,  63, 65, 13,
                                    14, 18, 19, 21, 22, 23,  25,  26,  27,  28,  29, 30, 34,
                                    35, 36, 37, 38, 39, 128, 127, 129, 256, 255, 257};
    const int n = s->e->c->spec->n_dims;
    for (int d = 0; d < n; d++)
        observe_dim(s, d, s->e->c->dim[d]);
    for (int i = 0; i < (int)(sizeof sizes / sizeof *sizes); i++) {
        for (int d = 0; d < n; d++)
            observe_dim(s, d, sizes[i]);
    }
}

/* A size beyond those is seldom one on its own: its neighbours tell a threshold from a remainder. */
static void vary_around(struct sizes *s, int d)
{
    static const int64_t steps[] = {1, -1, 2, 3, 4, 5, 7, 8, 16, -2, -4, -8};
    for (int i = 0; i < (int)(sizeof steps / sizeof *steps); i++) {
        const int64_t size = s->e->c->dim[d] + steps[i];
        if (size >= 0)
            observe_dim(s, d, size);
    }
}

/* Halves what lies between the last value that did not fail and the first that did. */
static void pin_threshold(struct sizes *s, int d)
{
    struct vjp_rule rule = vjp_rule_of_one(&s->dim[d]);
    int before = -1;
    while ((rule.kind == VJP_RULE_ABOVE || rule.kind == VJP_RULE_BELOW) &&
           s->dim[d].count > before && (rule.seen - rule.c > 1 || rule.c - rule.seen > 1)) {
        before = s->dim[d].count;
        observe_dim(s, d, (rule.seen + rule.c) / 2);
        rule = vjp_rule_of_one(&s->dim[d]);
    }
}

/* What was observed of d and f alone, as pairs. */
static void join(const struct sizes *s, int d, int f, struct vjp_points *pairs)
{
    const int64_t *dim = s->e->c->dim;
    for (int i = 0; i < s->dim[d].count; i++)
        vjp_points_add(pairs, s->dim[d].at[i].a, dim[f], s->dim[d].at[i].failed);
    for (int i = 0; i < s->dim[f].count; i++)
        vjp_points_add(pairs, dim[d], s->dim[f].at[i].a, s->dim[f].at[i].failed);
}

static struct vjp_points swapped(const struct vjp_points *pairs)
{
    struct vjp_points out = {0};
    for (int i = 0; i < pairs->count; i++)
        vjp_points_add(&out, pairs->at[i].b, pairs->at[i].a, pairs->at[i].failed);
    return out;
}

static void observe_pairs(struct sizes *s, int d, int f, struct vjp_points *pairs)
{
    static const int64_t sizes[] = {0, 1, 2, 3, 4, 5, 8, 13, 16};
    static const int64_t steps[][2] = {{0, 0}, {0, 1}, {1, 0}, {3, 0}, {0, 3}};
    for (int i = 0; i < (int)(sizeof sizes / sizeof *sizes); i++) {
        for (int k = 0; k < (int)(sizeof steps / sizeof *steps); k++) {
            const struct vjp_vary vary = {.kind = VJP_VARY_PAIR,
                                          .index = d,
                                          .other = f,
                                          .value = sizes[i] + steps[k][0],
                                          .other_value = sizes[i] + steps[k][1]};
            vjp_explain_observe(s->e, &vary, pairs);
        }
    }
}

/* Where a comparison of two dimensions fits what was observed of both, both are changed: it is told if it
 * fits that, too, and the rule of neither alone does. */
static void vary_pair(struct sizes *s, int d, int f)
{
    struct vjp_points pairs = {0};
    join(s, d, f, &pairs);
    if (s->told[d] || s->told[f] || vjp_rule_of_two(&pairs).kind == VJP_RULE_NONE)
        return;
    observe_pairs(s, d, f, &pairs);
    const struct vjp_rule rule = vjp_rule_of_two(&pairs);
    const struct vjp_points other = swapped(&pairs);
    if (rule.kind == VJP_RULE_NONE || s->e->ask.ended ||
        vjp_rule_fits(vjp_rule_of_one(&s->dim[d]), &pairs) ||
        vjp_rule_fits(vjp_rule_of_one(&s->dim[f]), &other))
        return;
    const struct vjp_spec *spec = s->e->c->spec;
    s->told[d] = s->told[f] = true;
    vjp_remark_add_pairs(s->e->out, spec->dim[d], spec->dim[f], rule, &pairs);
}

void vjp_explain_dims(struct vjp_explaining *e)
{
    struct sizes s = {.e = e};
    const int n = e->c->spec->n_dims;
    vary_dims(&s);
    for (int d = 0; d < n; d++) {
        vary_around(&s, d);
        pin_threshold(&s, d);
    }
    for (int d = 0; d < n; d++) {
        for (int f = d + 1; f < n; f++)
            vary_pair(&s, d, f);
    }
    for (int d = 0; d < n; d++) {
        if (!s.told[d])
            vjp_remark_add_values(e->out, e->c->spec->dim[d], &s.dim[d]);
    }
}
