/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_FUZZ_CENSUS_H
#define VJP_REPORTS_FUZZ_CENSUS_H

#include "cases/spec/case.h"

/* What a campaign's cases were like: how often each kind of size, layout and generator came, and which residues of each
 * dimension were visited. */

/* Classes of sizes: 0, 1, 2-7, 8-15, 16-31, 32-63, 64-127, 128-255, 256-511, 512 and more. */
#define VJP_CENSUS_SIZES 10

/* Residues of a dimension modulo 8, 16 and 32: 56 cells. */
#define VJP_CENSUS_CELLS 56

enum vjp_census_layout {
    VJP_CENSUS_CONTIGUOUS = 0, /* every tensor, none of the others */
    VJP_CENSUS_PADDED,
    VJP_CENSUS_UNALIGNED, /* off a cache line */
    VJP_CENSUS_TRANSPOSED,
    VJP_CENSUS_EXPANDED, /* with strides of 0 */
    VJP_CENSUS_ACCUMULATE,
    VJP_CENSUS_IN_PLACE,
    VJP_CENSUS_THREADS, /* 2 and more */
    VJP_CENSUS_SOME_GRADIENTS,
    VJP_CENSUS_LAYOUTS,
};

struct vjp_census_count {
    char *name; /* of a generator, without its parameter */
    int64_t count;
};

/* The dimensions of one layer. */
struct vjp_census_layer {
    const struct vjp_spec *spec;
    int64_t cases;
    int64_t size[VJP_MAX_DIMS][VJP_CENSUS_SIZES];
    uint64_t visited[VJP_MAX_DIMS]; /* by bit: the residues modulo 8, then 16, then 32 */
};

/* A zeroed struct is empty; to be cleared. */
struct vjp_census {
    int64_t cases;
    int64_t layout[VJP_CENSUS_LAYOUTS]; /* a case counts for each that it has */
    struct vjp_census_count *generator; /* in the order in which they came */
    int n_generators;
    struct vjp_census_layer *layer; /* the same */
    int n_layers;
};

VJP_MUST_CHECK enum vjp_status vjp_census_add(struct vjp_census *census, const struct vjp_case *c,
                                              struct vjp_error *error);
void vjp_census_clear(struct vjp_census *census);

/* Adds what another one has. */
VJP_MUST_CHECK enum vjp_status vjp_census_merge(struct vjp_census *census,
                                                const struct vjp_census *other,
                                                struct vjp_error *error);

/* The layer's entry, made where there is none; and n more of a generator. */
VJP_MUST_CHECK enum vjp_status vjp_census_need(struct vjp_census *census,
                                               const struct vjp_spec *spec,
                                               struct vjp_census_layer **out,
                                               struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_census_count(struct vjp_census *census, const char *generator,
                                                int64_t n, struct vjp_error *error);

/* The class of a size, and what it is called. */
int vjp_census_size_class(int64_t size);
const char *vjp_census_size_name(int size_class);
const char *vjp_census_layout_name(enum vjp_census_layout layout);

/* The cells of the dimension that were visited. */
int vjp_census_visited(const struct vjp_census_layer *layer, int dim);

#endif
