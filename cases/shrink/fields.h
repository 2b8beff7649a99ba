/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SHRINK_FIELDS_H
#define VJP_CASES_SHRINK_FIELDS_H

#include "cases/shrink/ask.h"

/* Attributes of *best to their fallbacks, integers as near to them as they go, with the dimensions that have
 * to follow; no accumulate; all gradients; one thread, or few; layouts away, all, slot by slot, and field by field, and
 * what stays small: as long as it fails. Returns whether there was a step. */
bool vjp_fields_shrink(struct vjp_ask *ask, struct vjp_case *best);

#endif
