/* SPDX-License-Identifier: GPL-3.0-or-later */

/* OpenBLAS. Its idle threads wait for the next call and hold no pointer to a tensor. */
#include <cblas.h>

#define PEER_NAME         "openblas"
#define PEER_INT          blasint
#define PEER_THREADS(n)   openblas_set_num_threads(n)
#define PEER_CAPABILITIES VJP_ABI_DETERMINISTIC
#include "impls/peers/cblas.inc"
