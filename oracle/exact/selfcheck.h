/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_ORACLE_EXACT_SELFCHECK_H
#define VJP_ORACLE_EXACT_SELFCHECK_H

#include "oracle/exact/block.h"
#include "oracle/exact/kernel.h"
#include "oracle/exact/solution.h"

/* The fast products checked by Freivalds (freivalds.h). Both fail with VJP_ERR_INTERNAL where a product is not
 * what it was proved to be. */

/* The rows of a solution all of whose elements are known exactly, because the fast product of exact data is:
 * *rows becomes their number, 0 where no row is like that. Takes time only where many elements are. */
VJP_MUST_CHECK enum vjp_status vjp_selfcheck_rows(const struct vjp_solution *solution,
                                                  int64_t *rows, struct vjp_error *error);

/* A product by the kernel of so many terms, or as many as make it do every kind of addition, of a few rows and columns
 * of numbers that are drawn so that it is exact, and its S. */
VJP_MUST_CHECK enum vjp_status vjp_selfcheck_kernel(const struct vjp_kernel *kernel,
                                                    enum vjp_block_elements elements, int64_t terms,
                                                    struct vjp_error *error);

/* That of the kernel and the elements that made the solution: what runs where the data of the case is not exact. */
VJP_MUST_CHECK enum vjp_status vjp_selfcheck_panel(const struct vjp_solution *solution,
                                                   struct vjp_error *error);

#endif
