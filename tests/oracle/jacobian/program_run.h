/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_JACOBIAN_PROGRAM_RUN_H
#define VJP_TESTS_ORACLE_JACOBIAN_PROGRAM_RUN_H

/* Recorded backward passes of case lines. */
#include "oracle/jacobian/program.h"
#include "tests/cases/lines.h"
#include "tests/oracle/tally.h"

#define PRECISION 256

/* A case with its gradients by the program. */
struct run {
    struct vjp_case c;
    struct vjp_data data;
    bool wanted[VJP_MAX_INPUTS];
    struct vjp_gradient gradient[VJP_MAX_INPUTS];
};

static inline void run_line(struct run *r, const char *line, struct vjp_kinks kinks)
{
    struct vjp_error error = {""};
    struct vjp_graph graph;
    struct vjp_program program;
    *r = (struct run){.c = parse_case(line), .data = generate_line(line)};
    cr_assert_eq(vjp_graph_init(&graph, &r->c, &r->data, PRECISION, kinks, &error), VJP_OK, "%s",
                 error.text);
    for (int i = 0; i < r->c.spec->n_inputs; i++) {
        r->wanted[i] = vjp_case_has_gradient(&r->c, i);
        if (r->wanted[i])
            cr_assert_eq(vjp_gradient_init(&r->gradient[i], graph.in_count[i], PRECISION, &error),
                         VJP_OK);
    }
    cr_assert_eq(vjp_program_record(&graph, &r->c, &r->data, r->wanted, &program, &error), VJP_OK,
                 "%s: %s", line, error.text);
    cr_assert_eq(vjp_program_measure(&graph, &program, r->wanted, r->gradient, &error), VJP_OK,
                 "%s: %s", line, error.text);
    vjp_program_clear(&program);
    vjp_graph_clear(&graph);
}

static inline void clear(struct run *r)
{
    for (int i = 0; i < VJP_MAX_INPUTS; i++)
        vjp_gradient_clear(&r->gradient[i]);
    vjp_data_clear(&r->data);
    vjp_case_clear(&r->c);
}

static inline bool is_close(long double got, long double want)
{
    return fabsl(got - want) <= 1e-14L * fabsl(want);
}

#endif
