/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/fit.h"

#include "cases/gen/random.h"
#include "cases/spec/stages.h"

/* Of the products of few factors most do not suit a window of 2 x 2: 6 elements in N x C x H x W do in 2
 * of 16 ways, and all of 64 draws miss those with probability (14/16)^64 = 2e-4. */
#define PRODUCTS 64

/* How often a field is drawn again. Slowest is a pooling of an image of one element, which needs a window of 1
 * or padding: one draw in 36 (an attribute in 1/4, of 4 the one in 1/2, the value in 1/4.5) finds it, and all
 * of 300 miss it with probability (35/36)^300 = 2e-4. */
#define DRAWS 300

/* No size is doubled beyond this: an image that large costs more than a case may. */
#define DOUBLED_MAX 128

/* How many stages fit; where that is not all of them, field and error say why. */
static int count_fitting(const struct vjp_case *c, const char **field, struct vjp_error *error)
{
    int fitting;
    (void)!vjp_stages_check_each(c, &fitting, field, error);
    return fitting;
}

/* The prime factors of n >= 1, smallest first; returns how many. An int64_t has less than 63. */
static int factorise(int64_t n, int64_t prime[63])
{
    int count = 0;
    for (int64_t p = 2; p <= n / p; p++) {
        for (; n % p == 0; n /= p)
            prime[count++] = p;
    }
    if (n > 1)
        prime[count++] = n;
    return count;
}

/* Sets the dimensions to a random product of the primes; where zero is set one of them is 0, and the others
 * are anything small. */
static void multiply_out(gsl_rng *rng, const int64_t *prime, int n_primes, bool zero,
                         const int *field, int n_fields, struct vjp_case *c)
{
    for (int f = 0; f < n_fields; f++)
        c->dim[field[f]] = zero ? vjp_random_between(rng, 1, 8) : 1;
    for (int i = 0; i < n_primes; i++)
        c->dim[field[vjp_random_below(rng, (uint64_t)n_fields)]] *= prime[i];
    if (zero)
        c->dim[field[vjp_random_below(rng, (uint64_t)n_fields)]] = 0;
}

/* Has stage k take the number of elements that it is given, if that is how it takes its first input. */
static void take_elements(gsl_rng *rng, int k, struct vjp_case *c)
{
    int field[VJP_RANK_MAX];
    int64_t prime[63], count;
    const char *ignored;
    const int n_fields = vjp_stages_counted(c, k, field, &count);
    if (n_fields == 0)
        return;
    const int n_primes = count > 0 ? factorise(count, prime) : 0;
    const int products = count == 1 ? 1 : PRODUCTS; /* 1 is a product in one way */
    for (int i = 0; i < products && count_fitting(c, &ignored, NULL) <= k; i++)
        multiply_out(rng, prime, n_primes, count == 0, field, n_fields, c);
}

/* The same for every stage; returns how many fit. */
static int take_all(gsl_rng *rng, struct vjp_case *c, const char **field)
{
    const int n_stages = vjp_pipeline_of(c->spec)->n_stages;
    int fitting = count_fitting(c, field, NULL);
    for (int before = -1; fitting < n_stages && fitting > before;) {
        before = fitting;
        take_elements(rng, fitting, c);
        fitting = count_fitting(c, field, NULL);
    }
    return fitting;
}

bool vjp_fit_elements(gsl_rng *rng, struct vjp_case *c)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(c->spec);
    const char *ignored;
    return !p || take_all(rng, c, &ignored) == p->n_stages;
}

/* Fields of the stages up to k: they are numbered stage by stage. */
static int count_dims(const struct vjp_pipeline *p, int k)
{
    int count = 0;
    for (int i = 0; i < (k + 1) * VJP_MAX_DIMS; i++) {
        const int d = p->dim[i / VJP_MAX_DIMS][i % VJP_MAX_DIMS];
        count = d >= count ? d + 1 : count;
    }
    return count;
}

static int count_attrs(const struct vjp_pipeline *p, int k)
{
    int count = 0;
    for (int i = 0; i < (k + 1) * VJP_MAX_ATTRS; i++) {
        const int a = p->attr[i / VJP_MAX_ATTRS][i % VJP_MAX_ATTRS];
        count = a >= count ? a + 1 : count;
    }
    return count;
}

/* Log-uniform below 64, or larger than before. */
static void draw_dim(gsl_rng *rng, int64_t *dim)
{
    if (vjp_random_one_in(rng, 2) && 2 * *dim <= DOUBLED_MAX) {
        *dim = 2 * *dim + vjp_random_between(rng, 0, 1);
    } else {
        const int64_t low = INT64_C(1) << vjp_random_below(rng, 6);
        *dim = vjp_random_between(rng, low, 2 * low - 1);
    }
}

/* An integer from its smallest value to a little above its fallback: a window of 1, or padding, is what lets
 * a pooling take an image of one element. */
static void draw_attr(gsl_rng *rng, const struct vjp_attr_spec *attr, int64_t *value)
{
    if (attr->kind != VJP_ATTR_INTEGER)
        return;
    const int64_t low = attr->min > attr->fallback - 3 ? attr->min : attr->fallback - 3;
    const int64_t high = attr->max < attr->fallback + 3 ? attr->max : attr->fallback + 3;
    *value = vjp_random_between(rng, low, high);
}

/* Another value for a field of a stage up to k, every other time for the one that is to blame. */
static void draw_field(gsl_rng *rng, bool has_attrs, int k, const char *field, struct vjp_case *c)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(c->spec);
    const int dim = vjp_dim_find(c->spec, field), attr = vjp_attr_find(c->spec, field);
    const int n_dims = count_dims(p, k), n_attrs = count_attrs(p, k);
    const bool blamed = vjp_random_one_in(rng, 2);
    if (blamed && attr >= 0) {
        c->attr[attr] = c->spec->attr[attr].fallback;
        c->real[attr] = c->spec->attr[attr].real_fallback;
    } else if (blamed && dim >= 0) {
        draw_dim(rng, &c->dim[dim]);
    } else if (has_attrs && n_attrs > 0 && vjp_random_one_in(rng, 2)) {
        const int a = (int)vjp_random_below(rng, (uint64_t)n_attrs);
        draw_attr(rng, &c->spec->attr[a], &c->attr[a]);
    } else if (n_dims > 0) {
        draw_dim(rng, &c->dim[vjp_random_below(rng, (uint64_t)n_dims)]);
    }
}

/* A walk at random that never goes back: what makes fewer stages fit is undone. */
enum vjp_status vjp_fit_sizes(gsl_rng *rng, bool has_attrs, struct vjp_case *c,
                              struct vjp_error *error)
{
    const struct vjp_pipeline *p = vjp_pipeline_of(c->spec);
    const char *field;
    if (!p)
        return VJP_OK;
    int fitting = take_all(rng, c, &field);
    for (int i = 0; i < DRAWS && fitting < p->n_stages; i++) {
        const struct vjp_case before = *c; /* the texts of its values stay as they are */
        const char *why;
        draw_field(rng, has_attrs, fitting, field, c);
        const int now = take_all(rng, c, &why);
        if (now >= fitting) {
            fitting = now;
            field = why;
        } else {
            *c = before;
        }
    }
    return vjp_stages_check(c, &field, error);
}
