/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_BASE_MEMORY_H
#define VJP_CASES_BASE_MEMORY_H

#include <stdint.h>

/* count elements of size bytes each, all zero; none have an address, too. The caller frees them. NULL where there is
 * no memory or count size is no size. Where they are many the system is asked for large pages, which cost it a
 * fraction of the time when they are first touched; it may decline. */
void *vjp_zeros(int64_t count, int64_t size);

#endif
