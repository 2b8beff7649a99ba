/* SPDX-License-Identifier: GPL-3.0-or-later */

/* BLIS, by its CBLAS layer, which blis.h declares as well. */
#include <blis.h>

#define PEER_NAME         "blis"
#define PEER_INT          f77_int
#define PEER_THREADS(n)   bli_thread_set_num_threads(n)
#define PEER_CAPABILITIES VJP_ABI_DETERMINISTIC
#include "impls/peers/cblas.inc"
