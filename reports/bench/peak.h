/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_BENCH_PEAK_H
#define VJP_REPORTS_BENCH_PEAK_H

#include "cases/base/status.h"

/* Work whose memory is measured. */
struct vjp_peak_work {
    /* Makes what the work is done on: what it holds at its end counts, not what it took meanwhile. */
    enum vjp_status (*prepare)(void *env, struct vjp_error *error);
    enum vjp_status (*run)(void *env, struct vjp_error *error);
    void *env; /* the child's copy: nothing is to be freed */
};

/* The most bytes that were resident at once while run went on, over those that were resident before prepare. By
 * the system's count for a process (VmHWM), in a child that does nothing else: so nothing that was freed before, and no
 * other work, counts. To be called while the process has one thread. VJP_ERR_IO where the system does not give the
 * count; else the error of prepare or run. */
VJP_MUST_CHECK enum vjp_status vjp_peak_measure(const struct vjp_peak_work *work, double *bytes,
                                                struct vjp_error *error);

#endif
