/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/render/study_points.h"

#include <jansson.h>

Test(study_json, the_header_is_a_function_of_the_study)
{
    const char *plugins[] = {"naive"};
    const uint64_t hashes[] = {0x1234};
    const struct vjp_study_header header = {"1.2",   "growth", "vjpcheck study growth", 0x5eed, 1,
                                            plugins, hashes};
    struct vjp_text text = {0};
    struct vjp_error error;
    cr_assert_eq(vjp_study_header_print(&header, &text, &error), VJP_OK);
    cr_expect_str_eq(text.data,
                     "{\"type\":\"study\",\"version\":\"1.2\",\"study\":\"growth\","
                     "\"line\":\"vjpcheck study growth\",\"seed\":\"0x5eed\","
                     "\"plugins\":[{\"target\":\"naive\",\"hash\":\"0000000000001234\"}]}\n");
    vjp_text_clear(&text);
}

static double number_at(const json_t *json, const char *key, const char *inner)
{
    const json_t *value = json_object_get(json, key);
    return json_number_value(inner ? json_object_get(value, inner) : value);
}

Test(study_json, a_point_has_what_its_figures_come_to)
{
    const struct vjp_study_point point = point_of("naive:linear", 256, 0.5);
    char *text = lines_of(1, &point);
    json_t *json = json_loads(text, 0, NULL);
    cr_assert_not_null(json, "%s", text);
    cr_expect_str_eq(json_string_value(json_object_get(json, "type")), "point");
    cr_expect_float_eq(number_at(json, "omega_u", NULL), 32, 1e-12); /* 2 sqrt(256) */
    cr_expect_float_eq(number_at(json, "omega_ku", NULL), 0.125, 1e-12);
    cr_expect_float_eq(number_at(json, "omega_sqrtku", NULL), 2, 1e-12);
    cr_expect_float_eq(number_at(json, "theory", "deterministic"), 0x1p-16, 1e-20);
    cr_expect(json_is_null(json_object_get(json_object_get(json, "ulp"), "p999")));
    cr_expect_str_eq(json_string_value(json_object_get(json_object_get(json, "ulp"), "max")),
                     "inf");
    cr_expect_null(json_object_get(json, "why"));
    json_decref(json);
    free(text);
}

Test(study_json, a_fit_that_is_not_known_has_no_slope)
{
    const struct vjp_study_point point = point_of("a", 4, 0);
    struct vjp_study_verdict verdict = {.like = &point, .evidence = {.correct = 0.5}};
    struct vjp_error error;
    char *text = NULL;
    size_t size = 0;
    struct vjp_sink sink = {.file = open_memstream(&text, &size), .path = strdup("memory")};
    cr_assert_eq(vjp_study_fit_write(&sink, &verdict, &error), VJP_OK);
    vjp_sink_clear(&sink);
    cr_expect_null(strstr(text, "slope"), "%s", text);
    cr_expect_not_null(strstr(text, "\"grade\":\"not known\""));
    free(text);
}
