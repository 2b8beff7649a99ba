/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Includes the file named by VJP_SELF once with float and once with double: see naive.h. No include
 * guard, on purpose. */
#define REAL
#define real       float
#define NAME(name) name##_f32
#define M(name)    name##f
#include VJP_SELF
#undef real
#undef NAME
#undef M
#ifndef VJP_NAIVE_NARROW
#define real       double
#define NAME(name) name##_f64
#define M(name)    name
#include VJP_SELF
#undef real
#undef NAME
#undef M
#endif
#undef REAL
