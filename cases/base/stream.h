/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_BASE_STREAM_H
#define VJP_CASES_BASE_STREAM_H

#include <stdint.h>

/* The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): a bijection of 64-bit words in
 * which every output bit depends on every input bit. */
static inline uint64_t vjp_mix64(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* The seed of stream number index of a case with the given seed. A pure function; for one seed,
 * different indices below 2^32 give different 32-bit seeds: the multiplier is odd. */
static inline uint32_t vjp_stream_seed(uint64_t seed, uint32_t index)
{
    return (uint32_t)(vjp_mix64(seed) >> 32) + index * UINT32_C(0x9e3779b9);
}

#endif
