/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_GENERATE_H
#define VJP_CASES_GEN_GENERATE_H

#include "cases/base/status.h"
#include "cases/spec/case.h"
#include "cases/spec/data.h"

/* Fills in the values of every slot that has some: a pure function of the case (and of the .npy
 * files it names). Slot s draws from its own stream, seeded by vjp_stream_seed(seed, s). What
 * was filled in obeys the domains of the operands (vjp_data_check): a file may not. On failure *out
 * is untouched. */
VJP_MUST_CHECK enum vjp_status vjp_data_generate(const struct vjp_case *c, struct vjp_data *out,
                                                 struct vjp_error *error);

#endif
