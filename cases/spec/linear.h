/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_LINEAR_H
#define VJP_CASES_SPEC_LINEAR_H

#include "cases/spec/spec.h"

/* The linear layer y = x w (+ b), x: N x D, w: D x M, b: M, y: N x M. */
extern const struct vjp_spec vjp_spec_linear;

#endif
