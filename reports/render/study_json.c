/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/study_json.h"

#include "reports/render/json_line.h"
#include "reports/study/theory.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum vjp_status vjp_study_header_print(const struct vjp_study_header *header, struct vjp_text *out,
                                       struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("study");
    json_t *plugins = json_array();
    char text[32];
    vjp_json_set(&line, "version", vjp_json_text(header->version));
    vjp_json_set(&line, "study", vjp_json_text(header->study));
    vjp_json_set(&line, "line", vjp_json_text(header->line));
    snprintf(text, sizeof text, "0x%" PRIx64, header->seed);
    vjp_json_set(&line, "seed", vjp_json_text(text));
    for (int i = 0; i < header->n_plugins; i++) {
        snprintf(text, sizeof text, "%016" PRIx64, header->hash[i]);
        json_t *one = json_object();
        line.failed |= json_object_set_new(one, "target", vjp_json_text(header->plugin[i])) != 0 ||
                       json_object_set_new(one, "hash", vjp_json_text(text)) != 0 ||
                       json_array_append_new(plugins, one) != 0;
    }
    vjp_json_set(&line, "plugins", plugins);
    char *printed = line.failed ? NULL : json_dumps(line.json, JSON_COMPACT);
    if (printed)
        vjp_text_add(out, "%s\n", printed);
    const bool failed = !printed || out->failed;
    free(printed);
    json_decref(line.json);
    return failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory") : VJP_OK;
}

/* NaN where there is no such tail is null: not a number that came out wrong. */
static json_t *tail(double value)
{
    return isnan(value) ? json_null() : vjp_json_number(value);
}

static void set_quantiles(struct vjp_json_line *line, const char *key,
                          const struct vjp_quantiles *q, double rms)
{
    struct vjp_json_line inner = {.json = json_object()};
    if (!isnan(rms))
        vjp_json_set(&inner, "rms", vjp_json_number(rms));
    vjp_json_set(&inner, "p50", tail(q->p50));
    vjp_json_set(&inner, "p99", tail(q->p99));
    vjp_json_set(&inner, "p999", tail(q->p999));
    vjp_json_set(&inner, "max", tail(q->max));
    vjp_json_set(line, key, inner.json);
    line->failed |= inner.failed;
}

static void set_bias(struct vjp_json_line *line, const char *key, const struct vjp_bias *bias)
{
    struct vjp_json_line inner = {.json = json_object()};
    vjp_json_set(&inner, "n", json_integer(bias->n));
    vjp_json_set(&inner, "mean", vjp_json_number(bias->mean));
    vjp_json_set(&inner, "share", vjp_json_number(bias->share));
    vjp_json_set(&inner, "t", vjp_json_number(bias->t));
    vjp_json_set(&inner, "p", vjp_json_number(bias->p));
    vjp_json_set(line, key, inner.json);
    line->failed |= inner.failed;
}

static void set_names(struct vjp_json_line *line, const struct vjp_study_point *p)
{
    vjp_json_set(line, "key", vjp_json_text(p->key));
    vjp_json_set(line, "kernel", vjp_json_text(p->kernel));
    vjp_json_set(line, "layer", vjp_json_text(p->layer));
    vjp_json_set(line, "dtype", vjp_json_text(p->dtype));
    vjp_json_set(line, "accumulate", vjp_json_text(p->accumulate));
    vjp_json_set(line, "gradient", vjp_json_text(p->gradient));
    vjp_json_set(line, "values", vjp_json_text(p->values));
    vjp_json_set(line, "axis", vjp_json_text(p->axis));
    vjp_json_set(line, "size", vjp_json_number(p->size));
}

static void set_theory(struct vjp_json_line *line, const struct vjp_study_point *p)
{
    struct vjp_json_line inner = {.json = json_object()};
    const double k = fmax(1, (double)p->figures.terms_max);
    const double lambda = vjp_theory_lambda(k, p->u, VJP_STUDY_FAILURE);
    const double pairs = vjp_theory_height_pairwise(k);
    vjp_json_set(&inner, "deterministic", vjp_json_number(vjp_theory_deterministic(k, p->u)));
    vjp_json_set(&inner, "probabilistic",
                 vjp_json_number(vjp_theory_probabilistic(k, p->u, lambda)));
    vjp_json_set(&inner, "lambda", vjp_json_number(lambda));
    vjp_json_set(&inner, "failure", vjp_json_number(VJP_STUDY_FAILURE));
    vjp_json_set(&inner, "pairwise", vjp_json_number(vjp_theory_tree(pairs, p->u)));
    vjp_json_set(line, "theory", inner.json);
    line->failed |= inner.failed;
}

static void set_figures(struct vjp_json_line *line, const struct vjp_study_point *p)
{
    const struct vjp_figures *f = &p->figures;
    const double k = fmax(1, (double)f->terms_max);
    struct vjp_json_line terms = {.json = json_object()};
    vjp_json_set(line, "elements", json_integer(f->elements));
    vjp_json_set(line, "lost", json_integer(f->lost));
    vjp_json_set(line, "open", json_integer(f->open));
    vjp_json_set(line, "outside", json_integer(p->outside));
    vjp_json_set(&terms, "min", json_integer(f->terms_min));
    vjp_json_set(&terms, "mean", vjp_json_number(f->terms_mean));
    vjp_json_set(&terms, "max", json_integer(f->terms_max));
    vjp_json_set(line, "terms", terms.json);
    line->failed |= terms.failed;
    vjp_json_set(line, "u", vjp_json_number(p->u));
    vjp_json_set(line, "u_out", vjp_json_number(p->u_out));
    set_quantiles(line, "ulp", &f->ulp, NAN);
    set_quantiles(line, "omega", &f->omega, f->omega_rms);
    vjp_json_set(line, "omega_u", vjp_json_number(f->omega.max / p->u));
    vjp_json_set(line, "omega_ku", vjp_json_number(f->omega.max / (k * p->u)));
    vjp_json_set(line, "omega_sqrtku", vjp_json_number(f->omega.max / (sqrt(k) * p->u)));
    vjp_json_set(line, "correct", vjp_json_number(f->correct));
    vjp_json_set(line, "faithful", vjp_json_number(f->faithful));
    set_bias(line, "bias", &f->up);
    set_bias(line, "toward_zero", &f->toward_zero);
    set_quantiles(line, "condition", &f->condition, NAN);
    set_quantiles(line, "relative", &f->relative, NAN);
}

static void set_part(struct vjp_json_line *line, const char *key, const struct vjp_part *part)
{
    struct vjp_json_line inner = {.json = json_object()};
    vjp_json_set(&inner, "rms", vjp_json_number(vjp_part_rms(part)));
    vjp_json_set(&inner, "max", vjp_json_number(part->max));
    vjp_json_set(line, key, inner.json);
    line->failed |= inner.failed;
}

static void set_parts(struct vjp_json_line *line, const struct vjp_parts *parts)
{
    struct vjp_json_line inner = {.json = json_object()};
    vjp_json_set(&inner, "elements", json_integer(parts->elements));
    set_part(&inner, "operands", &parts->operands);
    set_part(&inner, "kernel", &parts->kernel);
    set_part(&inner, "all", &parts->all);
    vjp_json_set(&inner, "spread", vjp_json_number(parts->spread));
    vjp_json_set(line, "parts", inner.json);
    line->failed |= inner.failed;
}

enum vjp_status vjp_study_point_write(struct vjp_sink *sink, const struct vjp_study_point *point,
                                      struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin(point->why ? "gap" : "point");
    if (point->study)
        vjp_json_set(&line, "study", vjp_json_text(point->study));
    set_names(&line, point);
    if (point->why) {
        vjp_json_set(&line, "why", vjp_json_text(point->why));
        vjp_json_set(&line, "failed", json_boolean(point->failed));
        return vjp_json_end(&line, sink, error);
    }
    vjp_json_set(&line, "dim", vjp_json_text(point->dim));
    vjp_json_set(&line, "case", vjp_json_text(point->example));
    vjp_json_set(&line, "cases", json_integer(point->cases));
    set_figures(&line, point);
    set_theory(&line, point);
    if (point->model) {
        vjp_json_set(&line, "model", vjp_json_text(point->model));
        vjp_json_set(&line, "ratio", vjp_json_number(point->ratio));
    }
    if (point->parts.elements > 0)
        set_parts(&line, &point->parts);
    return vjp_json_end(&line, sink, error);
}

enum vjp_status vjp_study_fit_write(struct vjp_sink *sink, const struct vjp_study_verdict *verdict,
                                    struct vjp_error *error)
{
    const struct vjp_grade_evidence *e = &verdict->evidence;
    struct vjp_json_line line = vjp_json_begin("fit");
    vjp_json_set(&line, "kernel", vjp_json_text(verdict->like->kernel));
    vjp_json_set(&line, "layer", vjp_json_text(verdict->like->layer));
    vjp_json_set(&line, "dtype", vjp_json_text(verdict->like->dtype));
    vjp_json_set(&line, "gradient", vjp_json_text(verdict->like->gradient));
    vjp_json_set(&line, "values", vjp_json_text(verdict->like->values));
    vjp_json_set(&line, "points", json_integer(e->fit.points));
    if (e->fit.known) {
        vjp_json_set(&line, "slope", vjp_json_number(e->fit.slope));
        vjp_json_set(&line, "low", vjp_json_number(e->fit.low));
        vjp_json_set(&line, "high", vjp_json_number(e->fit.high));
        vjp_json_set(&line, "confidence", vjp_json_number(VJP_FIT_CONFIDENCE));
    }
    set_bias(&line, "bias", &e->up);
    set_bias(&line, "toward_zero", &e->toward_zero);
    vjp_json_set(&line, "correct", vjp_json_number(e->correct));
    vjp_json_set(&line, "grade", vjp_json_text(vjp_grade_name(verdict->grade)));
    return vjp_json_end(&line, sink, error);
}

enum vjp_status vjp_study_summary_write(struct vjp_sink *sink,
                                        const struct vjp_study_totals *totals,
                                        struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("summary");
    vjp_json_set(&line, "points", json_integer(totals->points));
    vjp_json_set(&line, "gaps", json_integer(totals->gaps));
    vjp_json_set(&line, "outside", json_integer(totals->outside));
    vjp_json_set(&line, "lost", json_integer(totals->lost));
    vjp_json_set(&line, "failed", json_integer(totals->failed));
    return vjp_json_end(&line, sink, error);
}
