/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_METRIC_FLOPS_H
#define VJP_ORACLE_METRIC_FLOPS_H

#include "cases/spec/case.h"

/* The floating-point operations of all gradients of a case as its layer's form defines them
 * (oracle/exact/form.h): two for every product that is summed, the multiplication and the addition, and one
 * for a term that is only added. linear: 4 N D M, and N M for db. A convolution's products with its padding
 * are counted as people count them, with the others. 0 for a layer that has no form. */
double vjp_flops_count(const struct vjp_case *c);

#endif
