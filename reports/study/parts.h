/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_PARTS_H
#define VJP_REPORTS_STUDY_PARTS_H

#include <stdint.h>

/* Where the error comes from when operands were rounded to their dtype from a wider format: what no kernel can help,
 * and what the kernel adds. With g of the operands before they were rounded and h of those that the kernel is given,
 *     got - g = (h - g) + (got - h),
 * each in parts of S. */
struct vjp_part {
    double square; /* the mean of the squares */
    double max;    /* of the magnitudes */
};

struct vjp_parts {
    int64_t elements; /* 0: nothing is known, and what follows means nothing */
    struct vjp_part operands, kernel, all;
    /* The largest sqrt(sum t_i^2) / sum |t_i| of an element's terms t_i: 1 of one term, 1 / sqrt k of k alike; 0: not known. */
    double spread;
};

/* One element: h - g and got - h, in parts of S. A zeroed struct has none. */
void vjp_parts_add(struct vjp_parts *parts, double operands, double kernel);

double vjp_part_rms(const struct vjp_part *part);

/* What most of the error comes from: "operands", "sums" or "result"; "" where nothing is known. correct: the share of
 * correctly rounded elements. */
const char *vjp_parts_largest(const struct vjp_parts *parts, double correct);

#endif
