/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SPEC_GENERATORS_H
#define VJP_CASES_SPEC_GENERATORS_H

/* The names of value generators and their parameters: the vocabulary of a case line. What they do
 * is in cases/gen. */
enum vjp_generator {
    VJP_GEN_UNIFORM = 0,
    VJP_GEN_NORMAL,
    VJP_GEN_EXACT,
    VJP_GEN_INTEGERS,
    VJP_GEN_POW2,
    VJP_GEN_ONEHOT,
    VJP_GEN_CANCEL,
    VJP_GEN_WIDE,
    VJP_GEN_SUBNORMAL,
    VJP_GEN_ZEROS,
    VJP_GEN_SPECIAL,
    VJP_GEN_CONST,
    VJP_GEN_LARGE,
    VJP_GEN_SHIFTED,
    VJP_GEN_TIES,
    VJP_GEN_POSITIVE,
    VJP_GEN_SIMPLEX,
    VJP_GEN_LABELS,
    VJP_GEN_INDEX, /* this and the following: integer operands only */
    VJP_GEN_REPEATS,
    VJP_GEN_IGNORED,
    VJP_GEN_MASK,
    VJP_GEN_NAMED, /* the number of generators with a name; below: other sources of values */
    VJP_GEN_LITERAL = VJP_GEN_NAMED,
    VJP_GEN_NPY,
};

struct vjp_generator_info {
    const char *name;
    const char *parameter; /* what the number after the colon means; NULL: it takes none */
    double fallback;       /* where the text gives no number; negative: chosen from the dtype */
    double min, max;       /* what is accepted */
    int integer;           /* only whole numbers are accepted */
    const char *help;
};

/* For a named generator. The result is static. */
const struct vjp_generator_info *vjp_generator_info(enum vjp_generator generator);

/* The named generator whose name is the length characters at name, or -1. */
int vjp_generator_find(const char *name, int length);

#endif
