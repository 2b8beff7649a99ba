/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_STUDY_ORDER_H
#define VJP_REPORTS_STUDY_ORDER_H

#include "reports/study/probe.h"
#include "reports/study/reveal.h"
#include "reports/study/rounded.h"

/* What was found out about the order of one gradient of a kernel at one shape. */

enum vjp_order_products { VJP_ORDER_AS_PROBED, VJP_ORDER_ALL_ROUNDED, VJP_ORDER_ALL_FUSED };

/* The arithmetic with which a tree was replayed. */
struct vjp_order_arithmetic {
    enum vjp_dtype accumulate;
    enum vjp_order_products products;
    bool mixed; /* some additions are rounded to the dtype: those that were probed as narrow */
    enum vjp_rounding rounding; /* of sums, and of all else but what is named here: */
    bool nearest_products;
    bool nearest_result; /* what comes of a wider accumulator */
};

/* One tree. Elements have the same one as long as the replay says so; the first that it does not explain is
 * revealed in its turn. */
struct vjp_order_tree {
    char element[128]; /* the element that was asked: "dx[0,0]" */
    struct vjp_revelation revelation;
    char *text; /* of the tree, and its name; NULL where there is none */
    char *name;
    struct vjp_probe probe;
    int64_t product_calls;
    int fused, rounded, unknown; /* leaves, by what becomes of their products */
    char *
        narrow; /* by node, where the accumulator is wider than the dtype (vjp_probe_widths); or NULL */
    int n_narrow;      /* of them */
    bool has_products; /* false: the terms are not products with an operand */

    /* The replay on random data, with the arithmetic that explains most. */
    bool replayed;
    char why[256]; /* it could not be replayed */
    struct vjp_order_arithmetic arithmetic;
    int tried;         /* arithmetics */
    int64_t compared;  /* elements with as many terms that no earlier tree explains */
    int64_t equal;     /* bit for bit */
    char differs[256]; /* where it first differs: element, both numbers; or empty */
};

#define VJP_ORDER_TREES_MAX 6

struct vjp_order {
    const char *kernel; /* "naive:linear" */
    const char *layer;
    const char *dtype;
    const char *line; /* the case */
    const char *gradient;
    int64_t elements;   /* that are sums of two terms or more */
    int64_t certified;  /* of them: equal, bit for bit, to the replay of one of the trees */
    int64_t calls;      /* of the kernel */
    int64_t asymmetric; /* of them: the answer depended on how tensors are aligned */
    int64_t unsteady;   /* of them: the same call gave other bits */
    char failure[256];  /* the kernel did not answer; or empty */
    int n_trees;
    struct vjp_order_tree tree[VJP_ORDER_TREES_MAX];
};

/* Frees what the trees have; the names are the caller's. */
void vjp_order_clear(struct vjp_order *order);

/* Room for what follows. */
#define VJP_ORDER_ARITHMETIC_MAX 128

/* "f32, fma": how, in words; cut at size. */
char *vjp_order_arithmetic_text(const struct vjp_order_tree *tree, char *text, int size);

/* What has been shown, in words: "certified: this order, nothing else (12 of 12 elements)", where sums are not rounded to
 * nearest "certified: this order, sums truncated, nothing else (...)"; cut at size. */
char *vjp_order_certificate(const struct vjp_order *order, char *text, int size);

#endif
