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

/* The same for a record: a map at most so many signs wide and high. */
#define VJP_HEAT_MAP_WIDTH  48
#define VJP_HEAT_MAP_HEIGHT 24

struct vjp_heat_map {
    int64_t high, wide;                                       /* elements of a block */
    int rows, cols;                                           /* blocks */
    char cells[VJP_HEAT_MAP_WIDTH * VJP_HEAT_MAP_HEIGHT + 1]; /* a sign each, row by row */
};

/* rows and cols are at least 1. */
void vjp_heat_map(const uint8_t *standing, int64_t rows, int64_t cols, struct vjp_heat_map *out);

/* The standing that the sign stands for, or -1: it is none. */
int vjp_heat_standing(char sign);

/* How many blocks of so many elements there are. */
int64_t vjp_heat_blocks(int64_t size, int64_t block);

#endif
