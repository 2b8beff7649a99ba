/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_ORDER_JSON_H
#define VJP_REPORTS_RENDER_ORDER_JSON_H

#include "reports/render/sink.h"
#include "reports/study/order.h"

/* The lines of the study of orders, behind the header that all studies have. */

/* {"type":"order","kernel","layer","dtype","gradient","case","elements","certified","calls","asymmetric","unsteady",
 *  "failure","certificate","trees":[{"element","outcome","reason","terms","height","calls","checked","tree","name",
 *    "precision","at_least","rounding","subnormals","fused","rounded","replay":{...}}]} */
VJP_MUST_CHECK enum vjp_status
vjp_order_json_write(struct vjp_sink *sink, const struct vjp_order *order, struct vjp_error *error);

/* {"type":"left_out","gradient":"layernorm dx","why","shapes"}: what was left out, in words. */
VJP_MUST_CHECK enum vjp_status vjp_order_json_gap(struct vjp_sink *sink, const char *name,
                                                  const char *why, int64_t shapes,
                                                  struct vjp_error *error);

/* What such a line says, read again; the texts belong to the object. */
struct vjp_order_tree_record {
    const char *element; /* "dx[0,0]" */
    const char *outcome; /* "revealed", "no swamping", "inconsistent" */
    const char *reason;
    int64_t terms;
    /* Where it was revealed; tree is NULL elsewhere. */
    const char *tree, *name; /* as vjp_tree_print and vjp_tree_name have them */
    int64_t height, calls;
    int64_t precision; /* of the accumulator, in bits; 0: not known */
    bool at_least;
    const char *rounding, *subnormals;
    bool replayed;
    const char *arithmetic; /* "f32, fma"; NULL: it was not replayed */
    const char *differs;    /* where the replay first does; or "" */
};

struct vjp_order_record {
    const char *kernel, *layer, *dtype, *gradient;
    const char *line; /* the case */
    const char *failure, *certificate;
    int64_t elements, certified, calls;
    int n_trees;
    struct vjp_order_tree_record tree[VJP_ORDER_TREES_MAX];
};

/* Of a line of type "left_out". */
struct vjp_order_gap_record {
    const char *gradient, *why;
    int64_t shapes;
};

/* Read the object of a line; json: a json_t. VJP_ERR_USAGE names the key; a tree that is read can be parsed. */
VJP_MUST_CHECK enum vjp_status vjp_order_read(const void *json, struct vjp_order_record *out,
                                              struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status
vjp_order_read_gap(const void *json, struct vjp_order_gap_record *out, struct vjp_error *error);

struct vjp_order_tally {
    int64_t gradients; /* of a kernel, at a shape, that were asked */
    int64_t revealed;
    int64_t certified; /* every element */
    int64_t gaps;
    int64_t failed; /* the kernel did not answer */
    int64_t calls;
};

/* {"type":"summary",...}: the last line. */
VJP_MUST_CHECK enum vjp_status vjp_order_json_summary(struct vjp_sink *sink,
                                                      const struct vjp_order_tally *tally,
                                                      struct vjp_error *error);

/* What an earlier run found out of a gradient of a kernel, as far as it is told again. The texts are the table's. */
struct vjp_order_known {
    const char *kernel, *line, *gradient, *dtype, *layer, *certificate;
    bool revealed;
    int drawings; /* trees that were drawn */
    int64_t certified, elements, calls;
    bool failed;
};

/* What lines hold of it; other lines are passed over. A zeroed struct is empty. */
struct vjp_order_table {
    struct vjp_order_known *known;
    int64_t count;
    void **memory;
};

/* VJP_ERR_USAGE where it is no JSON, or a line of type order that lacks something. */
VJP_MUST_CHECK enum vjp_status vjp_order_table_add(struct vjp_order_table *table, const char *line,
                                                   struct vjp_error *error);
VJP_MUST_CHECK enum vjp_status vjp_order_table_read(struct vjp_order_table *table, const char *path,
                                                    struct vjp_error *error);
void vjp_order_table_clear(struct vjp_order_table *table);

/* NULL where there is none. */
const struct vjp_order_known *vjp_order_table_find(const struct vjp_order_table *table,
                                                   const char *kernel, const char *line,
                                                   const char *gradient);

/* RFC 4180: a row for each tree, or for each gradient without one, the names of the columns first. */
void vjp_order_csv_print(const struct vjp_order_table *table, FILE *out);

#endif
