/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_HEAT_SVG_H
#define VJP_REPORTS_RENDER_HEAT_SVG_H

#include <stdint.h>
#include <stdio.h>

/* Where in gradients the errors stand, as one SVG file: a square for a block of elements, which shows the worst of them,
 * with axes, a legend of what occurs, and words for those who do not see it. Light and dark as the reader has it. */

/* Squares along an axis; beyond, a square stands for several elements. */
#define VJP_HEAT_SVG_CELLS 96

struct vjp_heat_panel {
    const char *name;        /* "dw" */
    const uint8_t *standing; /* an enum vjp_standing for each element, row-major; borrowed */
    int64_t rows, cols;      /* at least 1 */
    /* Where standing is a map already (struct vjp_heat_map), rows and cols are its blocks; otherwise zeros. */
    int64_t high, wide;         /* elements of a block */
    int64_t all_rows, all_cols; /* of the gradient */
    int64_t outside;            /* elements */
};

/* title: one line above the picture; about: its description, which is not drawn. Any text. Whether the stream took
 * everything is the caller's to ask. */
void vjp_heat_svg_print(const struct vjp_heat_panel *panels, int n, const char *title,
                        const char *about, FILE *out);

/* The same as a part of a page, which has the colours: class "heat", and in it the classes c, w, e, u and o of squares
 * by standing, frame, end. The title is not drawn. */
void vjp_heat_svg_embed(const struct vjp_heat_panel *panels, int n, const char *title,
                        const char *about, FILE *out);

#endif
