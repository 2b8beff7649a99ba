/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_TREE_SVG_H
#define VJP_REPORTS_RENDER_TREE_SVG_H

#include <stdio.h>

#include "reports/study/tree.h"

/* Draws a summation tree: a row for each leaf or, where leaves are added one after another, for the whole chain, and to the
 * right of them the additions that join them, the last one at the right end. Where there would be more than
 * VJP_TREE_SVG_ROWS rows, whole subtrees are one row, from the smallest on. One <svg> element without an XML
 * declaration, good as a file and inside a page; its classes begin with "vjp-tree". about: what a reader who does
 * not see it is told. */
#define VJP_TREE_SVG_ROWS 96

/* VJP_ERR_MEMORY. Writing is not checked. */
VJP_MUST_CHECK enum vjp_status vjp_tree_svg_print(const struct vjp_tree *tree, const char *title,
                                                  const char *about, FILE *out,
                                                  struct vjp_error *error);

/* For a page that says itself what it is, and has the rules below once for all: without title and words above the tree, but
 * for who cannot see it, without background and style sheet. */
VJP_MUST_CHECK enum vjp_status vjp_tree_svg_embed(const struct vjp_tree *tree, const char *title,
                                                  const char *about, FILE *out,
                                                  struct vjp_error *error);
void vjp_tree_svg_style(FILE *out);

#endif
