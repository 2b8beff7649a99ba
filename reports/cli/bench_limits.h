/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_CLI_BENCH_LIMITS_H
#define VJP_REPORTS_CLI_BENCH_LIMITS_H

#include "reports/bench/machine.h"
#include "reports/cli/bench_timing.h"

/* Sets the machine's limits in the result of an entrant that was timed. One that is faster than the operations of
 * its layer can be done loses its number: timed is false, above_peak true, and reason says why. So is nobody whose
 * operations are not counted, or that may do with fewer (a convolution, by Winograd's or a Fourier transform), or
 * whose operands are narrower than f32: matrix units go beyond any peak that is measured here. */
VJP_MUST_CHECK enum vjp_status vjp_bench_limits_set(struct vjp_machine *machine,
                                                    struct vjp_entrant *entrant,
                                                    struct vjp_error *error);

#endif
