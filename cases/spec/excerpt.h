/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_EXCERPT_H
#define VJP_CASES_SPEC_EXCERPT_H

#include "cases/spec/data.h"

/* A few rows of a case: the case that is left where some dimensions keep only some of their coordinates, in a batch a
 * few samples, in an attention a few heads. Where the layer treats the coordinates of a dimension alike and apart from
 * each other, and the cotangent is 0 at all others, both cases have the same gradients: those of an operand that has
 * the dimension coordinate by coordinate, with 0 at the others, and those of one that has not, which is summed over
 * it, as a whole. This module cuts; that a layer is of that kind is its caller's to know. */

/* Coordinates that a dimension keeps. */
#define VJP_EXCERPT_MAX 64

struct vjp_excerpt {
    struct vjp_case c; /* what is left; where values come from is not known to it: they are given */
    int count[VJP_MAX_DIMS]; /* coordinates kept of each dimension, ascending; 0: all */
    int64_t at[VJP_MAX_DIMS][VJP_EXCERPT_MAX];
};

/* All of the case. */
VJP_MUST_CHECK enum vjp_status vjp_excerpt_init(struct vjp_excerpt *out, const struct vjp_case *c,
                                                struct vjp_error *error);
void vjp_excerpt_clear(struct vjp_excerpt *excerpt);

/* Keeps count coordinates of the dimension of c, ascending; count 0: all. */
void vjp_excerpt_keep(struct vjp_excerpt *excerpt, const struct vjp_case *c, int dim, int count,
                      const int64_t at[]);

/* Whether tensors of what is left can be cut out of those of c: each slot and saved value has the same shape but for
 * axes of dimensions that keep a part, which no other axis follows. */
bool vjp_excerpt_fits(const struct vjp_excerpt *excerpt, const struct vjp_case *c);

/* Cuts slot slot, of c's shape, out of from. *out is the caller's to clear. The excerpt fits. */
VJP_MUST_CHECK enum vjp_status vjp_excerpt_cut(const struct vjp_excerpt *excerpt,
                                               const struct vjp_case *c, int slot,
                                               const struct vjp_tensor *from,
                                               struct vjp_tensor *out, struct vjp_error *error);

/* All operands, and what gradients are added to. *out is the caller's to clear. */
VJP_MUST_CHECK enum vjp_status vjp_excerpt_cut_data(const struct vjp_excerpt *excerpt,
                                                    const struct vjp_case *c,
                                                    const struct vjp_data *from,
                                                    struct vjp_data *out, struct vjp_error *error);

/* Sets the elements of slot slot that are not in the excerpt to +0. */
void vjp_excerpt_silence(const struct vjp_excerpt *excerpt, const struct vjp_case *c, int slot,
                         struct vjp_tensor *tensor);

/* The opposite of cut for saved value k: makes one of c's shape, with what the excerpt has in its place and, in all
 * others, some value of it: one that a forward pass may have saved, if not this one. *out is the caller's to clear. */
VJP_MUST_CHECK enum vjp_status vjp_excerpt_spread(const struct vjp_excerpt *excerpt,
                                                  const struct vjp_case *c, int k,
                                                  const struct vjp_tensor *from,
                                                  struct vjp_tensor *out, struct vjp_error *error);

/* The first element of gradient slot slot that is not in the excerpt and is neither 0 nor, under accumulate, what was
 * there before (NULL: 0 was), or -1. */
int64_t vjp_excerpt_find_stray(const struct vjp_excerpt *excerpt, const struct vjp_case *c,
                               int slot, const struct vjp_tensor *answer,
                               const struct vjp_tensor *before);

/* Adds the coordinates of element i of slot slot, of c's shape, to what is kept; one is let go where there are
 * VJP_EXCERPT_MAX already. */
void vjp_excerpt_keep_element(struct vjp_excerpt *excerpt, const struct vjp_case *c, int slot,
                              int64_t i);

/* Writes "N = 0, 17 and 4095, H = 3", and of more than four coordinates "N = 0, 17, 99, ... 4095 (64 of them)" to text,
 * cut at size, and returns text. */
char *vjp_excerpt_text(const struct vjp_excerpt *excerpt, char *text, int size);

#endif
