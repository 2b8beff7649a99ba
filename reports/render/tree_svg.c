/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/tree_svg.h"

#include "reports/render/escape.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* In pixels. WORDS: of a row, at the left; WIDE: of the additions, from left to right, and NOTE, at least, because of the
 * words below. */
enum { MARGIN = 16, LINE = 20, HEAD = 56, WORDS = 260, WIDE = 560, NOTE = 180, STEP_MAX = 48 };

/* What a node is in the drawing. */
enum look {
    HIDDEN = 0, /* inside of a row */
    ROW,        /* a leaf, a chain or a whole subtree */
    JOIN,       /* an addition, drawn as one */
};

struct drawing {
    const struct vjp_tree *tree;
    FILE *out;
    char *look; /* by node */
    double *y;  /* of a node, by node; the middle of what it joins */
    int *level; /* additions that are drawn below it, by node */
    int *leaf;  /* room for the leaves of a chain */
    int *stack;
    int rows;
    int height; /* levels */
};

/* Whether all of a node's additions are one chain, its base included, and its leaves. */
static int pure_chain(struct drawing *d, int node)
{
    int base = -1;
    const int count =
        d->tree->node[node].children > 0 ? vjp_tree_chain(d->tree, node, d->leaf, &base) : 0;
    return count >= 3 && base < 0 ? count : 0;
}

/* Says of every node what it is, when subtrees of up to so many leaves are one row. Returns the rows. */
static int choose(struct drawing *d, int folded)
{
    const struct vjp_tree *const t = d->tree;
    int rows = 0;
    int top = 0;
    memset(d->look, HIDDEN, (size_t)t->count);
    d->stack[top++] = t->root;
    while (top > 0) {
        const int n = d->stack[--top];
        if (t->node[n].leaves <= folded || t->node[n].children == 0 || pure_chain(d, n)) {
            d->look[n] = ROW;
            rows++;
            continue;
        }
        d->look[n] = JOIN;
        for (int c = t->node[n].first; c >= 0; c = t->node[c].next)
            d->stack[top++] = c;
    }
    return rows;
}

/* Rows stand by their least leaf from top to bottom. A walk that takes the first child first meets them so. */
static void place(struct drawing *d)
{
    const struct vjp_tree *const t = d->tree;
    int top = 0;
    int row = 0;
    d->stack[top++] = t->root;
    while (top > 0) {
        const int n = d->stack[--top];
        if (d->look[n] == ROW) {
            d->y[n] = HEAD + LINE * (row++ + 0.5);
            d->level[n] = 0;
            continue;
        }
        const int bottom = top;
        for (int c = t->node[n].first; c >= 0; c = t->node[c].next)
            d->stack[top++] = c;
        for (int i = bottom, j = top - 1; i < j; i++, j--) {
            const int swapped = d->stack[i];
            d->stack[i] = d->stack[j];
            d->stack[j] = swapped;
        }
    }
    for (int n = t->leaves; n < t->count; n++) {
        double sum = 0;
        if (d->look[n] != JOIN)
            continue;
        d->level[n] = 0;
        for (int c = t->node[n].first; c >= 0; c = t->node[c].next) {
            sum += d->y[c];
            if (d->level[c] >= d->level[n])
                d->level[n] = d->level[c] + 1;
        }
        d->y[n] = sum / t->node[n].children;
        if (d->level[n] > d->height)
            d->height = d->level[n];
    }
}

static void print_escaped(const char *text, FILE *out)
{
    struct vjp_text clean = {0};
    vjp_escape_xml(&clean, text);
    fputs(clean.failed ? "(out of memory)" : clean.data, out);
    vjp_text_clear(&clean);
}

/* Of a row: "7", "0..256: 257 terms one by one", "64 terms from 0 to 63, height 6". */
static void print_words(struct drawing *d, int n)
{
    const struct vjp_tree_node *const node = &d->tree->node[n];
    const int chain = pure_chain(d, n);
    struct vjp_text runs = {0};
    fprintf(d->out, "<text class=\"vjp-tree-words\" x=\"%d\" y=\"%.1f\">", MARGIN + WORDS - 8,
            d->y[n] + 4);
    if (node->children == 0) {
        fprintf(d->out, "%d", n);
    } else if (chain > 0) {
        vjp_tree_print_runs(d->leaf, chain, &runs);
        const bool is_short = !runs.failed && runs.length <= 20;
        fprintf(d->out, "%s%s%d terms in turn", is_short ? runs.data : "", is_short ? ": " : "",
                chain);
    } else {
        fprintf(d->out, "%d terms of %d to %d, height %d", node->leaves, node->least, node->most,
                node->height);
    }
    fputs("</text>\n", d->out);
    vjp_text_clear(&runs);
}

/* From one level to the next. */
static double step_of(const struct drawing *d)
{
    const double step = d->height > 0 ? (double)WIDE / d->height : STEP_MAX;
    return step > STEP_MAX ? STEP_MAX : step;
}

static void print_nodes(struct drawing *d)
{
    const struct vjp_tree *const t = d->tree;
    const double step = step_of(d);
    for (int n = 0; n < t->count; n++) {
        const double x = MARGIN + WORDS + d->level[n] * step;
        if (d->look[n] == HIDDEN)
            continue;
        if (d->look[n] == ROW)
            print_words(d, n);
        if (n != t->root) {
            const int up = t->node[n].parent;
            fprintf(d->out, "<path class=\"vjp-tree-line\" d=\"M%.1f %.1fH%.1fV%.1f\"/>\n", x,
                    d->y[n], MARGIN + WORDS + d->level[up] * step, d->y[up]);
        }
        fprintf(d->out,
                "<circle class=\"vjp-tree-%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"><title>%d "
                "term%s</title></circle>\n",
                t->node[n].children > 2   ? "fused"
                : d->look[n] == JOIN      ? "join"
                : t->node[n].children > 0 ? "folded"
                                          : "leaf",
                x, d->y[n], d->look[n] == JOIN || t->node[n].children > 0 ? "4" : "3",
                t->node[n].leaves, t->node[n].leaves == 1 ? "" : "s");
    }
}

void vjp_tree_svg_style(FILE *out)
{
    fputs(".vjp-tree-page{fill:#fff}.vjp-tree-words,.vjp-tree-head,.vjp-tree-note"
          "{font:12px sans-serif;fill:#222}.vjp-tree-words{text-anchor:end}"
          ".vjp-tree-head{font-weight:bold}"
          ".vjp-tree-line{fill:none;stroke:#7a8794;stroke-width:1.2}"
          ".vjp-tree-leaf{fill:#7a8794}.vjp-tree-join{fill:#2a6db0}.vjp-tree-folded{fill:#2e8b57}"
          ".vjp-tree-fused{fill:#c8202f}\n"
          "@media (prefers-color-scheme:dark){.vjp-tree-page{fill:#14181d}"
          ".vjp-tree-words,.vjp-tree-head,.vjp-tree-note{fill:#ddd}.vjp-tree-join{fill:#6fb0ee}"
          ".vjp-tree-folded{fill:#6fce96}.vjp-tree-fused{fill:#ff6b6b}}\n",
          out);
}

static void print_head(struct drawing *d, const char *title, const char *about, int width,
                       int height)
{
    fputs("<style>", d->out);
    vjp_tree_svg_style(d->out);
    fprintf(d->out,
            "</style>\n<rect class=\"vjp-tree-page\" width=\"%d\" height=\"%d\"/>\n"
            "<text class=\"vjp-tree-head\" x=\"%d\" y=\"%d\">",
            width, height, MARGIN, MARGIN + 12);
    print_escaped(title, d->out);
    fprintf(d->out, "</text>\n<text class=\"vjp-tree-note\" x=\"%d\" y=\"%d\">", MARGIN,
            MARGIN + 12 + LINE);
    print_escaped(about, d->out);
    fputs("</text>\n", d->out);
}

static void print_all(struct drawing *d, const char *title, const char *about, bool embedded)
{
    const int levels = (int)(d->height * step_of(d));
    const int wide = embedded && levels < WIDE ? levels : WIDE;
    const int width = 2 * MARGIN + WORDS + (wide < NOTE ? NOTE : wide) + 8;
    const int top = embedded ? HEAD - 4 : 0;
    const int height = HEAD + d->rows * LINE + LINE + MARGIN - top;
    fprintf(d->out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"vjp-tree\" width=\"%d\" "
            "height=\"%d\" viewBox=\"0 %d %d %d\" role=\"img\">\n<title>",
            width, height, top, width, height);
    print_escaped(title, d->out);
    fputs("</title>\n<desc>", d->out);
    print_escaped(about, d->out);
    fputs("</desc>\n", d->out);
    if (!embedded)
        print_head(d, title, about, width, height);
    print_nodes(d);
    fprintf(d->out,
            "<text class=\"vjp-tree-note\" x=\"%d\" y=\"%d\">%d terms, height %d; left: what is "
            "added first; right: the sum</text>\n</svg>\n",
            MARGIN, HEAD + d->rows * LINE + LINE, d->tree->leaves,
            d->tree->node[d->tree->root].height);
}

static enum vjp_status draw(const struct vjp_tree *tree, const char *title, const char *about,
                            bool embedded, FILE *out, struct vjp_error *error)
{
    struct drawing d = {.tree = tree, .out = out};
    d.look = calloc((size_t)tree->count, 1);
    d.y = calloc((size_t)tree->count, sizeof *d.y);
    d.level = calloc((size_t)tree->count, sizeof *d.level);
    d.leaf = calloc((size_t)tree->leaves, sizeof *d.leaf);
    d.stack = calloc((size_t)tree->count + 1, sizeof *d.stack);
    const bool good = d.look && d.y && d.level && d.leaf && d.stack;
    if (good) {
        d.rows = choose(&d, 1);
        for (int folded = 2; d.rows > VJP_TREE_SVG_ROWS && folded <= tree->leaves; folded *= 2)
            d.rows = choose(&d, folded);
        place(&d);
        print_all(&d, title, about, embedded);
    }
    free(d.look);
    free(d.y);
    free(d.level);
    free(d.leaf);
    free(d.stack);
    return good ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
}

enum vjp_status vjp_tree_svg_print(const struct vjp_tree *tree, const char *title,
                                   const char *about, FILE *out, struct vjp_error *error)
{
    return draw(tree, title, about, false, out, error);
}

enum vjp_status vjp_tree_svg_embed(const struct vjp_tree *tree, const char *title,
                                   const char *about, FILE *out, struct vjp_error *error)
{
    return draw(tree, title, about, true, out, error);
}
