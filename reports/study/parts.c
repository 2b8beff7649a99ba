/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/parts.h"

#include "reports/study/grade.h"

#include <math.h>

static void add(struct vjp_part *part, int64_t n, double value)
{
    part->square += (value * value - part->square) / (double)n;
    part->max = fmax(part->max, fabs(value));
}

void vjp_parts_add(struct vjp_parts *parts, double operands, double kernel)
{
    const int64_t n = ++parts->elements;
    add(&parts->operands, n, operands);
    add(&parts->kernel, n, kernel);
    add(&parts->all, n, operands + kernel);
}

double vjp_part_rms(const struct vjp_part *part)
{
    return sqrt(part->square);
}

/* Errors of operands and those of the kernel are independent, so that their mean squares add up, and the larger one is most
 * of the sum. Where nearly every element is correctly rounded, the kernel's is that last rounding (grade.c). */
const char *vjp_parts_largest(const struct vjp_parts *parts, double correct)
{
    if (parts->elements == 0)
        return "";
    if (parts->operands.square > parts->kernel.square)
        return "operands";
    return correct > VJP_GRADE_ROUNDED_ONCE_MIN ? "result" : "sums";
}
