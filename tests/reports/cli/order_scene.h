/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_CLI_ORDER_SCENE_H
#define VJP_TESTS_REPORTS_CLI_ORDER_SCENE_H

/* One gradient of linear, as the study of orders asks for it. */

#include "reports/cli/order_examine.h"
#include "tests/cases/lines.h"

struct order_scene {
    struct vjp_case c;
    struct vjp_data ones, factors, random;
    struct vjp_order_question q;
};

static inline void order_scene_open(struct order_scene *s, const char *line, int input)
{
    struct vjp_error error = {""};
    *s = (struct order_scene){.c = parse_case(line), .random = generate_line(line)};
    cr_assert_eq(vjp_order_constant_data(&s->c, 1, false, &s->ones, &error), VJP_OK);
    cr_assert_eq(
        vjp_order_constant_data(&s->c, vjp_probe_factor(s->c.dtype), false, &s->factors, &error),
        VJP_OK);
    s->q = (struct vjp_order_question){
        .c = &s->c, .input = input, .ones = &s->ones, .factors = &s->factors, .random = &s->random};
    cr_assert_eq(vjp_order_terms_find(&s->c, &s->ones, input, &s->q.terms, &error), VJP_OK);
    cr_assert_eq(vjp_order_terms_find(&s->c, &s->factors, input, &s->q.probed, &error), VJP_OK);
    cr_assert_eq(vjp_order_terms_find(&s->c, &s->random, input, &s->q.drawn, &error), VJP_OK);
}

static inline void order_scene_close(struct order_scene *s)
{
    vjp_order_terms_clear(&s->q.terms);
    vjp_order_terms_clear(&s->q.probed);
    vjp_order_terms_clear(&s->q.drawn);
    vjp_data_clear(&s->ones);
    vjp_data_clear(&s->factors);
    vjp_data_clear(&s->random);
    vjp_case_clear(&s->c);
}

#endif
