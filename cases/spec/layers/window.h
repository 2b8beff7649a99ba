/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_LAYERS_WINDOW_H
#define VJP_CASES_SPEC_LAYERS_WINDOW_H

#include <stdint.h>

/* How many windows of taps elements, dilation apart, the first of each stride behind the one before,
 * fit into size elements with padding more at both ends; 0 where none fits. taps, stride and dilation
 * are at least 1. */
static inline int64_t vjp_window_count(int64_t size, int64_t taps, int64_t stride, int64_t padding,
                                       int64_t dilation)
{
    const int64_t span = dilation * (taps - 1) + 1;
    const int64_t room = size + 2 * padding - span;
    return room < 0 ? 0 : room / stride + 1;
}

#endif
