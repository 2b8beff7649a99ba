/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_PROBE_H
#define VJP_REPORTS_STUDY_PROBE_H

#include "cases/base/dtype.h"
#include "reports/study/sum.h"
#include "reports/study/tree.h"

/* The arithmetic of a sum, seen from outside by a handful of terms, the others 0. Zeros add nothing. */

enum vjp_probed_rounding {
    VJP_ROUNDING_UNKNOWN = 0,
    VJP_ROUNDING_NEAREST_EVEN,
    VJP_ROUNDING_NEAREST_AWAY,
    VJP_ROUNDING_TRUNCATED,
    VJP_ROUNDING_UP,
    VJP_ROUNDING_DOWN,
};

enum vjp_probed_subnormals {
    VJP_SUBNORMALS_UNKNOWN = 0,
    VJP_SUBNORMALS_KEPT,
    VJP_SUBNORMALS_FLUSHED, /* of results */
    VJP_SUBNORMALS_IGNORED, /* operands that are subnormal count as 0 */
};

struct vjp_probe {
    int precision; /* of the accumulator, in bits; 0: not known */
    bool at_least; /* the operands' format ends before it does */
    enum vjp_probed_rounding rounding;
    enum vjp_probed_subnormals subnormals; /* in the format of the operands */
    int64_t calls;
};

/* sum: of terms of the format dtype. tree: as it was revealed. */
VJP_MUST_CHECK enum vjp_status vjp_probe_sum(const struct vjp_sum *sum, const struct vjp_tree *tree,
                                             enum vjp_dtype dtype, struct vjp_probe *out,
                                             struct vjp_error *error);

/* Where a wide accumulator is not kept: narrow has a place for each node, and becomes 1 for an inner node whose sum comes
 * to the next one rounded to the precision of dtype, 0 for one that keeps more. For the root, whose sum is
 * rounded in any case, it is 0. */
VJP_MUST_CHECK enum vjp_status vjp_probe_widths(const struct vjp_sum *sum,
                                                const struct vjp_tree *tree, enum vjp_dtype dtype,
                                                char *narrow, int64_t *calls,
                                                struct vjp_error *error);

/* What becomes of a term's product when it is added. */
enum vjp_product {
    VJP_PRODUCT_ROUNDED = 0, /* it is rounded first, or is exact in the accumulator */
    VJP_PRODUCT_FUSED,       /* fma */
    VJP_PRODUCT_UNKNOWN,
};

/* The factor of all terms with which the next function asks: 1 + 2^-h, h half of the format's precision and more, so
 * that its square has more bits than the format and is no tie. */
double vjp_probe_factor(enum vjp_dtype dtype);

/* products: a sum whose term k is vjp_probe_factor times what is given. product has a place for each leaf: whether the
 * addition that has the leaf as a child fuses it. */
VJP_MUST_CHECK enum vjp_status vjp_probe_products(const struct vjp_sum *products,
                                                  const struct vjp_tree *tree, enum vjp_dtype dtype,
                                                  enum vjp_product *product, int64_t *calls,
                                                  struct vjp_error *error);

const char *vjp_probed_rounding_name(enum vjp_probed_rounding rounding);
const char *vjp_probed_subnormals_name(enum vjp_probed_subnormals subnormals);

#endif
