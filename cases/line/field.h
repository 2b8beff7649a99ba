/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_LINE_FIELD_H
#define VJP_CASES_LINE_FIELD_H

#include "cases/base/status.h"
#include "cases/spec/spec.h"

/* The fields that a layer's line may have, numbered. */
enum vjp_field_kind {
    VJP_FIELD_DTYPE,
    VJP_FIELD_ACCUMULATE,
    VJP_FIELD_IN_PLACE,
    VJP_FIELD_GRADS,
    VJP_FIELD_THREADS,
    VJP_FIELD_SEED,
    VJP_FIELD_ATTR,   /* one per attribute */
    VJP_FIELD_DIM,    /* one per dimension */
    VJP_FIELD_VALUES, /* these five: one per slot */
    VJP_FIELD_LD,
    VJP_FIELD_ALIGN,
    VJP_FIELD_TRANS,
    VJP_FIELD_EXPAND,
    VJP_FIELD_KINDS,
};

#define VJP_FIELD_INDEX_MAX VJP_MAX_SLOTS

/* Finds the field by its name. False, and nothing set, for a name the layer does not have. */
VJP_MUST_CHECK bool vjp_field_find(const struct vjp_spec *spec, const char *name,
                                   enum vjp_field_kind *kind, int *index);

/* Writes the names of all fields to text, cut at size, and returns text: "dtype N D M bias x w b dy
 * dx dw db accumulate inplace grads threads seed and .ld .align .trans .expand". */
char *vjp_field_names(const struct vjp_spec *spec, char *text, int size);

/* A line cut into words: the layer's name, or a pipeline's, and at most one value per field. */
struct vjp_word {
    const char *name; /* NULL: not on the line */
    const char *value;
    int column; /* of the name, 1-based */
    int value_column;
};

struct vjp_words {
    char *buffer; /* what the words point into; owned */
    const struct vjp_spec *spec;
    int end_column; /* one past the line's last character */
    struct vjp_word word[VJP_FIELD_KINDS][VJP_FIELD_INDEX_MAX];
};

/* Cuts the line, finds the layer and sorts the words by field. The message begins with the
 * column. */
VJP_MUST_CHECK enum vjp_status vjp_words_init(struct vjp_words *out, const char *line,
                                              struct vjp_error *error);
void vjp_words_clear(struct vjp_words *words);

#endif
