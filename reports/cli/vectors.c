/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/vectors.h"

#include "oracle/metric/measure.h"
#include "reports/verdict/sentence.h"

#include <math.h>
#include <stdio.h>

#define NAME_SIZE (VJP_FIELD_NAME_MAX + 16)

enum vjp_status vjp_vectors_model(enum vjp_dtype dtype, int sums_in, struct vjp_model *out,
                                  struct vjp_error *error)
{
    const enum vjp_dtype accumulate = sums_in < 0 ? dtype : (enum vjp_dtype)sums_in;
    if (vjp_dtype_is_narrower(accumulate, dtype)) {
        char wider[32] = "";
        for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
            if (d != (int)dtype && !vjp_dtype_is_narrower((enum vjp_dtype)d, dtype))
                vjp_sentence_add(wider, sizeof wider, " or %s",
                                 vjp_format((enum vjp_dtype)d)->name);
        }
        return vjp_fail(error, VJP_ERR_USAGE,
                        "--sums-in %s: %s would be accumulated in %s, which is narrower; expected "
                        "%s%s",
                        vjp_format(accumulate)->name, vjp_format(dtype)->name,
                        vjp_format(accumulate)->name, vjp_format(dtype)->name, wider);
    }
    *out = (struct vjp_model){.accumulate = accumulate, .ulps = VJP_ULPS_DEFAULT};
    return VJP_OK;
}

static enum vjp_status add_copy(struct vjp_bundle *bundle, const char *name,
                                const struct vjp_tensor *from, struct vjp_error *error)
{
    struct vjp_tensor copy = {0};
    enum vjp_status status = vjp_tensor_copy(&copy, from, error);
    if (status != VJP_OK)
        return status;
    status = vjp_bundle_add(bundle, name, &copy, error);
    vjp_tensor_clear(&copy);
    return status;
}

/* The slot's name with an ending. */
static void name_array(const struct vjp_spec *spec, int slot, const char *ending,
                       char name[NAME_SIZE])
{
    char stem[VJP_FIELD_NAME_MAX];
    snprintf(name, NAME_SIZE, "%s%s", vjp_slot_name(spec, slot, stem, sizeof stem), ending);
}

static enum vjp_status add_operands(const struct vjp_question *q, struct vjp_bundle *bundle,
                                    struct vjp_error *error)
{
    const struct vjp_spec *spec = q->c->spec;
    enum vjp_status status = VJP_OK;
    for (int slot = 0; slot < vjp_slot_count(spec) && status == VJP_OK; slot++) {
        char name[NAME_SIZE];
        if (!q->data->slot[slot].data)
            continue;
        name_array(spec, slot, vjp_slot_is_gradient(spec, slot) ? ".before" : "", name);
        status = add_copy(bundle, name, &q->data->slot[slot], error);
    }
    return status;
}

static enum vjp_status add_output(const struct vjp_question *q, struct vjp_bundle *bundle,
                                  struct vjp_error *error)
{
    struct vjp_tensor y = {0};
    enum vjp_status status = vjp_reference_output(q->reference, &y, error);
    if (status == VJP_OK)
        status = vjp_bundle_add(bundle, q->c->spec->output, &y, error);
    vjp_tensor_clear(&y);
    return status;
}

/* A layer may save its output: then it is there already. */
static enum vjp_status add_saved(const struct vjp_question *q, struct vjp_bundle *bundle,
                                 struct vjp_error *error)
{
    const struct vjp_spec *spec = q->c->spec;
    enum vjp_status status = VJP_OK;
    for (int k = 0; k < spec->n_saved && status == VJP_OK; k++) {
        if (q->data->saved[k].data && !vjp_bundle_find(bundle, spec->saved[k].name))
            status = add_copy(bundle, spec->saved[k].name, &q->data->saved[k], error);
    }
    return status;
}

/* The arrays of one gradient; data NULL where not asked for. */
enum { VALUE, LOW, HIGH, BOUND, SCALE, N_ARRAYS };

struct arrays {
    struct vjp_tensor array[N_ARRAYS];
};

static void set(struct arrays *a, int which, int64_t i, double value)
{
    if (a->array[which].data)
        vjp_tensor_set(&a->array[which], i, vjp_bits_from_double(VJP_F64, value));
}

/* Whether the model allows an answer that is not what IEEE 754 says: an infinity or NaN. */
static bool may_overflow(const struct vjp_question *q, int slot, const struct vjp_model *model,
                         int64_t i)
{
    const enum vjp_dtype dtype = q->c->dtype;
    const uint64_t answers[] = {vjp_bits_infinity(dtype, false), vjp_bits_infinity(dtype, true),
                                vjp_bits_quiet_nan(dtype)};
    for (int k = 0; k < 3; k++) {
        struct vjp_element e;
        vjp_measure_element(q->reference, slot, model, i, answers[k], &e);
        if (e.standing == VJP_EXCUSED || e.standing == VJP_WITHIN)
            return true;
    }
    return false;
}

static double find_bound(const struct vjp_question *q, int slot, const struct vjp_model *model,
                         int64_t i, uint64_t rounded)
{
    struct vjp_element e;
    double low;
    double high;
    vjp_measure_element(q->reference, slot, model, i, rounded, &e);
    if (e.standing == VJP_UNRESOLVED || may_overflow(q, slot, model, i))
        return INFINITY;
    if (isfinite(vjp_bits_to_double(q->c->dtype, rounded)))
        return e.bound;
    /* What overflows only in the last rounding has finite ends. */
    vjp_reference_enclosure(q->reference, slot, i, &low, &high);
    return isfinite(low) && isfinite(high) ? INFINITY : 0;
}

/* The bound that the options ask for. */
static double choose_bound(const struct vjp_question *q, int slot,
                           const struct vjp_vectors_options *options, int64_t i, uint64_t rounded)
{
    const double bound = find_bound(q, slot, &options->model, i, rounded);
    struct vjp_model given = options->model;
    double largest = bound;
    for (uint32_t saved = 1; options->either && saved >> q->c->spec->n_saved == 0; saved++) {
        given.wants_saved = saved;
        largest = fmax(largest, find_bound(q, slot, &given, i, rounded));
    }
    return largest;
}

static void fill_element(const struct vjp_question *q, int slot, int64_t i,
                         const struct vjp_vectors_options *options, struct arrays *a,
                         struct vjp_vectors_gaps *gaps)
{
    const enum vjp_dtype dtype = q->c->dtype;
    const uint64_t rounded = vjp_reference_rounded(q->reference, slot, i);
    struct vjp_element nearest;
    uint64_t ends[2];
    double low;
    double high;
    vjp_measure_element(q->reference, slot, &options->model, i, rounded, &nearest);
    const bool unresolved =
        nearest.standing == VJP_UNRESOLVED || !vjp_reference_is_settled(q->reference, slot, i);
    const bool is_set =
        !unresolved && vjp_reference_range(q->reference, slot, i, &ends[0], &ends[1]);
    const bool gap = unresolved || is_set;
    if (gap && gaps->sets + gaps->unresolved == 0) {
        gaps->slot = slot;
        gaps->index = i;
    }
    gaps->unresolved += unresolved;
    gaps->sets += is_set;
    vjp_tensor_set(&a->array[VALUE], i, gap ? vjp_bits_quiet_nan(dtype) : rounded);
    vjp_reference_enclosure(q->reference, slot, i, &low, &high);
    set(a, LOW, i, low);
    set(a, HIGH, i, high);
    if (options->bound)
        set(a, BOUND, i, choose_bound(q, slot, options, i, rounded));
    set(a, SCALE, i, vjp_reference_scale(q->reference, slot, i));
}

static enum vjp_status add_gradient(const struct vjp_question *q, int slot,
                                    const struct vjp_vectors_options *options,
                                    struct vjp_bundle *bundle, struct vjp_vectors_gaps *gaps,
                                    struct vjp_error *error)
{
    static const char *const endings[] = {
        [VALUE] = "", [LOW] = ".low", [HIGH] = ".high", [BOUND] = ".bound", [SCALE] = ".scale"};
    const bool wanted[] = {[VALUE] = true,
                           [LOW] = options->enclosure,
                           [HIGH] = options->enclosure,
                           [BOUND] = options->bound,
                           [SCALE] = options->scale};
    struct arrays a = {0};
    struct vjp_shape shape;
    enum vjp_status status = VJP_OK;
    vjp_case_slot_shape(q->c, slot, &shape);
    for (int k = 0; k < N_ARRAYS && status == VJP_OK; k++) {
        if (wanted[k])
            status =
                vjp_tensor_init(&a.array[k], k == VALUE ? q->c->dtype : VJP_F64, &shape, error);
    }
    for (int64_t i = 0; status == VJP_OK && i < a.array[VALUE].count; i++)
        fill_element(q, slot, i, options, &a, gaps);
    for (int k = 0; k < N_ARRAYS && status == VJP_OK; k++) {
        char name[NAME_SIZE];
        name_array(q->c->spec, slot, endings[k], name);
        if (wanted[k])
            status = vjp_bundle_add(bundle, name, &a.array[k], error);
    }
    for (int k = 0; k < N_ARRAYS; k++)
        vjp_tensor_clear(&a.array[k]);
    return status;
}

enum vjp_status vjp_vectors_add(const struct vjp_question *question,
                                const struct vjp_vectors_options *options,
                                struct vjp_bundle *bundle, struct vjp_vectors_gaps *gaps,
                                struct vjp_error *error)
{
    const struct vjp_spec *spec = question->c->spec;
    struct vjp_vectors_gaps found = {.slot = -1, .index = -1};
    enum vjp_status status = VJP_OK;
    if (options->operands)
        status = add_operands(question, bundle, error);
    if (status == VJP_OK && options->output)
        status = add_output(question, bundle, error);
    if (status == VJP_OK && options->saved)
        status = add_saved(question, bundle, error);
    for (int i = 0; i < spec->n_inputs && status == VJP_OK; i++) {
        const int slot = vjp_slot_gradient(spec, i);
        if (vjp_case_has_gradient(question->c, i))
            status = add_gradient(question, slot, options, bundle, &found, error);
    }
    if (status == VJP_OK)
        *gaps = found;
    return status;
}
