/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_FUZZ_SOURCES_H
#define VJP_REPORTS_FUZZ_SOURCES_H

#include "reports/fuzz/recognise.h"

/* Where a Jacobian has elements of operands, as that of a product has, those that are outside are looked up by their
 * values: adds which operand stands in the place of which, or how one is read from other places, and returns true.
 * False where values are not those of operands, or of none in particular. */
bool vjp_sources_add(const struct vjp_jacobian_pair *pair, struct vjp_text *out);

#endif
