/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/evidence.h"

#include "reports/cli/picture.h"
#include "reports/verdict/number.h"
#include "reports/verdict/reason.h"

#include <math.h>
#include <stdlib.h>

static void write_hex(enum vjp_dtype dtype, uint64_t bits, char *text, int size)
{
    const double value = vjp_bits_to_double(dtype, bits);
    if (isfinite(value))
        snprintf(text, (size_t)size, "%a", value);
    else
        vjp_number_decimal(dtype, bits, text, size);
}

/* The correctly rounded result, or the ends of the set that is right. */
static void write_want(const struct vjp_question *question, int slot, const struct vjp_element *e,
                       struct vjp_evidence_gradient *out)
{
    const enum vjp_dtype dtype = question->c->dtype;
    uint64_t low, high;
    char from[40], to[40];
    if (vjp_reference_range(question->reference, slot, e->index, &low, &high)) {
        snprintf(out->want, sizeof out->want, "[%s, %s]",
                 vjp_number_decimal(dtype, low, from, sizeof from),
                 vjp_number_decimal(dtype, high, to, sizeof to));
        return;
    }
    vjp_number_decimal(dtype, e->want, out->want, sizeof out->want);
    write_hex(dtype, e->want, out->want_hex, sizeof out->want_hex);
}

static const char *bound_by(const struct vjp_case *c, const struct vjp_element *e)
{
    if (!isfinite(vjp_bits_to_double(c->dtype, e->got)) ||
        !isfinite(vjp_bits_to_double(c->dtype, e->want)))
        return "none";
    if (e->exact_data)
        return "exact";
    return c->spec->sums_products ? "sum" : "running";
}

static void add_worst(const struct vjp_question *question, int slot, const struct vjp_element *e,
                      struct vjp_evidence_gradient *texts, struct vjp_record_worst *out)
{
    const enum vjp_dtype dtype = question->c->dtype;
    const struct vjp_case *c = vjp_question_case(question);
    vjp_reason_element_name(c, slot, e->index, texts->element, sizeof texts->element);
    vjp_number_decimal(dtype, e->got, texts->got, sizeof texts->got);
    write_hex(dtype, e->got, texts->got_hex, sizeof texts->got_hex);
    write_want(question, slot, e, texts);
    vjp_reference_text(question->reference, slot, e->index, 17, texts->exact, sizeof texts->exact);
    *out = (struct vjp_record_worst){.element = texts->element,
                                     .got = texts->got,
                                     .got_hex = texts->got_hex,
                                     .want = texts->want,
                                     .want_hex = texts->want_hex,
                                     .exact = texts->exact,
                                     .bound_by = bound_by(c, e),
                                     .error = e->error,
                                     .ulp = e->ulp,
                                     .relative = e->relative,
                                     .backward = e->backward,
                                     .bound = e->bound,
                                     .ratio = e->ratio,
                                     .scale = e->scale,
                                     .terms = e->terms};
}

/* Whether there is one now. */
static bool add_map(const struct vjp_question *question, const struct vjp_model *model, int slot,
                    const struct vjp_tensor *got, struct vjp_heat_map *map,
                    struct vjp_record_map *out)
{
    const int64_t cols = got->shape.rank > 0 ? got->shape.dim[got->shape.rank - 1] : 1;
    uint8_t *standing = got->count <= VJP_EVIDENCE_ELEMENTS
                            ? vjp_picture_standing(question, model, slot, got)
                            : NULL;
    if (!standing)
        return false;
    vjp_heat_map(standing, got->count / cols, cols, map);
    free(standing);
    *out = (struct vjp_record_map){.cells = map->cells,
                                   .rows = got->count / cols,
                                   .cols = cols,
                                   .high = map->high,
                                   .wide = map->wide};
    return true;
}

/* Whether the answer is about the elements that the reference is about: by rows, one that is judged by other rows is
 * not. */
static bool is_about(const struct vjp_question *question, int slot, const struct vjp_tensor *got)
{
    struct vjp_shape shape;
    int64_t count = 0;
    vjp_case_slot_shape(vjp_question_case(question), slot, &shape);
    return vjp_shape_count(&shape, &count, NULL) == VJP_OK && got->count == count;
}

static void write_traits(const struct vjp_kernel_info *kernel, const struct vjp_model *model,
                         char *text, int size)
{
    snprintf(text, (size_t)size, "%s%s%s",
             model->narrow_operands ? "rounds operands of products, " : "",
             model->flushes ? "flushes subnormal numbers, " : "",
             kernel->deterministic ? "deterministic" : "not deterministic");
}

enum vjp_status vjp_evidence_add(const struct vjp_question *question,
                                 const struct vjp_kernel_info *kernel,
                                 const struct vjp_finding *finding, int *mapped,
                                 struct vjp_record *record, struct vjp_evidence **out,
                                 struct vjp_error *error)
{
    const struct vjp_case *c = question->c;
    const struct vjp_judgement *judgement = &finding->judgement;
    const struct vjp_model *model = &kernel->model[c->dtype];
    struct vjp_evidence *evidence = calloc(1, sizeof *evidence);
    bool any_map = false;
    int i = 0;
    if (!evidence)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    write_traits(kernel, model, evidence->traits, sizeof evidence->traits);
    record->accumulate = vjp_format(model->accumulate)->name;
    record->traits = evidence->traits;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        if (!judgement->measured[slot])
            continue;
        const struct vjp_measure *m = &judgement->measure[slot];
        const struct vjp_tensor *got = &finding->seen.answer[judgement->placement[slot]][slot];
        struct vjp_evidence_gradient *texts = &evidence->gradient[i];
        struct vjp_record_gradient *gradient = &record->gradient[i++];
        if (!got->data || !is_about(question, slot, got))
            continue;
        if (m->worst.index >= 0 && m->compared > 0)
            add_worst(question, slot, &m->worst, texts, &gradient->worst);
        const bool small = got->count <= VJP_EVIDENCE_SMALL;
        if (m->outside > 0 && (small || *mapped < VJP_EVIDENCE_MAPS))
            any_map |= add_map(question, model, slot, got, &texts->map, &gradient->map) && !small;
    }
    *mapped += any_map;
    *out = evidence;
    return VJP_OK;
}
