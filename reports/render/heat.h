/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_HEAT_H
#define VJP_REPORTS_RENDER_HEAT_H

#include <stdint.h>
#include <stdio.h>

/* Where in a gradient the error stands: a picture of characters, at most so many wide and high. */
#define VJP_HEAT_WIDTH  64
#define VJP_HEAT_HEIGHT 24

/* standing: an enum vjp_standing for each element, row-major, rows x cols. A character stands for a block of elements, all
 * of the same size but the last ones, and shows the worst of them. A legend of what occurs comes first. Nothing where
 * there are no elements. */
void vjp_heat_print(const uint8_t *standing, int64_t rows, int64_t cols, const char *indent,
                    FILE *out);

#endif
