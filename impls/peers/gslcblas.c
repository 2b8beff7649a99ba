/* SPDX-License-Identifier: GPL-3.0-or-later */

/* GSL's CBLAS: plain loops, one thread. */
#include <gsl/gsl_cblas.h>

#define PEER_NAME         "gslcblas"
#define PEER_INT          int
#define PEER_THREADS(n)   ((void)(n))
#define PEER_CAPABILITIES VJP_ABI_DETERMINISTIC
#include "impls/peers/cblas.inc"
