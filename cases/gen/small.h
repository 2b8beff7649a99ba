/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_SMALL_H
#define VJP_CASES_GEN_SMALL_H

#include "cases/spec/case.h"

/* A case with the usual values, attributes at their fallbacks and every size 1, or as close to that as the
 * others allow: a window of 2 needs an image of 2, and a softmax whose gradient is not 0 two classes (the spec's
 * least). Where no sizes of a pipeline fit so, attributes differ, or every gradient is 0 after all.
 * VJP_ERR_USAGE or VJP_ERR_LIMIT where none was found, with the reason. *out is to be cleared. */
VJP_MUST_CHECK enum vjp_status vjp_small_case(const struct vjp_spec *spec, enum vjp_dtype dtype,
                                              struct vjp_case *out, struct vjp_error *error);

#endif
