/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_PLUGIN_INFO_H
#define VJP_IMPLS_HOST_PLUGIN_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/dtype.h"
#include "cases/base/model.h"

/* What a plug-in says of itself, copied out of the worker and checked. Plain data. */

#define VJP_NAME_MAX    64
#define VJP_LAYER_MAX   256 /* of a layer's name, which may be a pipeline's */
#define VJP_KERNELS_MAX 128
#define VJP_WANTS_MAX   16 /* as many as a layer can have operands and saved values */
#define VJP_WANT_MAX    32 /* of the name of one */
#define VJP_TILES_MAX   16
#define VJP_TILE_MAX    65536

struct vjp_kernel_info {
    char name[VJP_NAME_MAX];
    char layer[VJP_LAYER_MAX]; /* as the spec spells it, where it is known */
    char summary[256];
    bool deterministic;
    bool some_gradients; /* takes calls that do not ask for all */
    bool in_place;       /* takes calls in place */
    bool fixed_point;    /* may round at places that do not move with the numbers */
    bool zero_strides;   /* made for a contract in which strides may be 0 */
    struct vjp_kinks kinks;
    int n_wants; /* 0: every input, and nothing saved */
    char wants[VJP_WANTS_MAX][VJP_WANT_MAX];
    int n_tiles; /* sizes of tiles and the like: 2 to VJP_TILE_MAX */
    int32_t tiles[VJP_TILES_MAX];
    int alignment;                   /* bytes, at least 1 */
    bool has_model[VJP_DTYPE_COUNT]; /* by the operands' dtype */
    struct vjp_model model[VJP_DTYPE_COUNT];
};

struct vjp_plugin_info {
    char name[VJP_NAME_MAX];
    char version[VJP_NAME_MAX];
    int n_kernels;
    struct vjp_kernel_info kernel[VJP_KERNELS_MAX];
    char load_damage[256]; /* what loading the library did to the floating-point environment, in
                              words; empty: nothing */
};

#endif
