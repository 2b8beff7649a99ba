/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/one_hot.h"

#include "cases/gen/generate.h"
#include "reports/bench/clock.h"
#include "reports/cli/examine.h"
#include "reports/fuzz/interrupt.h"
#include "reports/fuzz/recognise.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A Jacobian has a call for each row, and so many numbers at most, of all gradients together. */
#define ROWS_MAX     512
#define ELEMENTS_MAX 1000000

/* A vector of f32 in AVX2: of a size that is larger by as much, a part that is right shows beside a tail that is not. */
#define BLOCK 8

/* One gradient's Jacobian while it is made. */
struct part {
    bool wanted;
    int64_t columns;
    double *got, *want;
    bool *outside;
};

struct state {
    const struct vjp_failure *failure;
    const struct vjp_kernel_info *kernel;
    double end; /* on the clock */
    struct vjp_case c;
    struct vjp_data data;
    int64_t rows;
    struct part part[VJP_MAX_INPUTS];
    bool overwrites[VJP_MAX_INPUTS]; /* under accumulate */
    bool keeps[VJP_MAX_INPUTS];
    bool whole;                    /* every row came */
    double *value[VJP_MAX_INPUTS]; /* of operands that are known by their values */
    struct vjp_known_operand known[VJP_MAX_INPUTS];
    char name[VJP_MAX_INPUTS][VJP_SLOT_NAME_MAX];
    int n_known;
};

static enum vjp_status fail_memory(struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
}

void vjp_one_hot_clear(struct vjp_one_hot *one_hot)
{
    vjp_text_clear(&one_hot->line);
    for (int i = 0; i < VJP_MAX_INPUTS; i++)
        vjp_text_clear(&one_hot->found[i]);
    *one_hot = (struct vjp_one_hot){.line = {0}};
}

static void clear_state(struct state *s)
{
    for (int i = 0; i < VJP_MAX_INPUTS; i++) {
        free(s->part[i].got);
        free(s->part[i].want);
        free(s->part[i].outside);
        free(s->value[i]);
    }
    vjp_data_clear(&s->data);
    vjp_case_clear(&s->c);
}

static struct vjp_tensor *slot_of(struct state *s, int slot)
{
    return &s->data.slot[slot];
}

static void fill(struct vjp_tensor *tensor, double value)
{
    for (int64_t i = 0; tensor->data && i < tensor->count; i++)
        vjp_tensor_set(tensor, i, vjp_bits_from_double(tensor->dtype, value));
}

/* Whether the operand's elements can be any numbers that the format has. */
static bool is_free(const struct state *s, int input)
{
    const struct vjp_spec *spec = s->c.spec;
    return vjp_case_has_slot(&s->c, input) && spec->input[input].domain == VJP_DOMAIN_REAL;
}

/* Operands become 1, 2, 3, ... where that makes a Jacobian of them and the format has as many integers. */
static enum vjp_status number_operands(struct state *s, struct vjp_error *error)
{
    const int64_t most = INT64_C(1) << vjp_format(s->c.dtype)->precision;
    int64_t count = 0;
    for (int i = 0; i < s->c.spec->n_inputs; i++)
        count += is_free(s, i) ? slot_of(s, i)->count : 0;
    if (!s->c.spec->sums_products || count > most)
        return VJP_OK;
    int64_t value = 1;
    for (int i = 0; i < s->c.spec->n_inputs; i++) {
        struct vjp_tensor *tensor = slot_of(s, i);
        if (!is_free(s, i))
            continue;
        s->value[i] = calloc((size_t)tensor->count + 1, sizeof *s->value[i]);
        if (!s->value[i])
            return fail_memory(error);
        for (int64_t k = 0; k < tensor->count; k++, value++) {
            s->value[i][k] = (double)value;
            vjp_tensor_set(tensor, k, vjp_bits_from_double(tensor->dtype, (double)value));
        }
        s->known[s->n_known++] =
            (struct vjp_known_operand){vjp_slot_name(s->c.spec, i, s->name[i], sizeof s->name[i]),
                                       tensor->shape, tensor->count, s->value[i]};
    }
    return VJP_OK;
}

/* Room for the Jacobians; *fits false where they are too large. */
static enum vjp_status make_parts(struct state *s, bool *fits, struct vjp_error *error)
{
    int64_t elements = 0;
    s->rows = slot_of(s, vjp_slot_cotangent(s->c.spec))->count;
    *fits = s->rows <= ROWS_MAX;
    for (int i = 0; i < s->c.spec->n_inputs && *fits; i++) {
        struct vjp_shape shape;
        s->part[i] = (struct part){.wanted = vjp_case_has_gradient(&s->c, i)};
        if (!s->part[i].wanted)
            continue;
        vjp_case_slot_shape(&s->c, i, &shape);
        const enum vjp_status status = vjp_shape_count(&shape, &s->part[i].columns, error);
        if (status != VJP_OK)
            return status;
        *fits = s->part[i].columns <= ELEMENTS_MAX;
        elements += *fits ? s->rows * s->part[i].columns : 0;
        *fits = *fits && elements <= ELEMENTS_MAX;
    }
    for (int i = 0; i < s->c.spec->n_inputs && *fits; i++) {
        struct part *part = &s->part[i];
        const size_t n = (size_t)(s->rows * part->columns) + 1;
        part->got = calloc(n, sizeof *part->got);
        part->want = calloc(n, sizeof *part->want);
        part->outside = calloc(n, sizeof *part->outside);
        if (!part->got || !part->want || !part->outside)
            return fail_memory(error);
    }
    return VJP_OK;
}

struct row {
    bool *outside;
};

static void mark(void *env, int64_t j)
{
    const struct row *row = env;
    row->outside[j] = true;
}

/* One call: its answers, if it completed, and the truth. */
static enum vjp_status call(struct state *s, struct vjp_truth *truth, struct vjp_observation *seen,
                            const struct vjp_reference **reference, struct vjp_error *error)
{
    const struct vjp_failure *f = s->failure;
    enum vjp_status status = vjp_truth_init(truth, &s->c, &s->data, VJP_ORACLE_WHOLE, 1, error);
    if (status == VJP_OK)
        status = vjp_truth_find(truth, s->kernel->kinks, reference, error);
    if (status == VJP_OK)
        status = vjp_worker_run(f->target->worker, f->kernel, &s->c, &s->data, seen, error);
    return status;
}

static void keep_row(struct state *s, int64_t i, const struct vjp_observation *seen,
                     const struct vjp_reference *reference)
{
    for (int input = 0; input < s->c.spec->n_inputs; input++) {
        struct part *part = &s->part[input];
        const int slot = vjp_slot_gradient(s->c.spec, input);
        const struct vjp_tensor *got = &seen->answer[1][slot];
        struct row row = {.outside = part->outside + i * part->columns};
        if (!part->wanted)
            continue;
        for (int64_t j = 0; j < part->columns; j++) {
            part->got[i * part->columns + j] =
                vjp_bits_to_double(s->c.dtype, vjp_tensor_get(got, j));
            part->want[i * part->columns + j] =
                vjp_bits_to_double(s->c.dtype, vjp_reference_rounded(reference, slot, j));
        }
        vjp_measure_outside(reference, slot, &s->kernel->model[s->c.dtype], got, mark, &row);
    }
}

static enum vjp_status find_row(struct state *s, int64_t i, struct vjp_error *error)
{
    struct vjp_tensor *dy = slot_of(s, vjp_slot_cotangent(s->c.spec));
    struct vjp_truth truth = {0};
    struct vjp_observation seen = {.outcome = VJP_HUNG};
    const struct vjp_reference *reference;
    vjp_tensor_set(dy, i, vjp_bits_from_double(dy->dtype, 1));
    const enum vjp_status status = call(s, &truth, &seen, &reference, error);
    s->whole = status == VJP_OK && seen.outcome == VJP_COMPLETED;
    if (s->whole)
        keep_row(s, i, &seen, reference);
    vjp_tensor_set(dy, i, vjp_bits_from_double(dy->dtype, 0));
    vjp_observation_clear(&seen);
    vjp_truth_clear(&truth);
    return status;
}

/* With dy 0, what the outputs held must stay. */
static enum vjp_status find_kept(struct state *s, struct vjp_error *error)
{
    struct vjp_truth truth = {0};
    struct vjp_observation seen = {.outcome = VJP_HUNG};
    const struct vjp_reference *reference;
    for (int i = 0; i < s->c.spec->n_inputs; i++)
        fill(slot_of(s, vjp_slot_gradient(s->c.spec, i)), 3);
    const enum vjp_status status = call(s, &truth, &seen, &reference, error);
    s->whole = status == VJP_OK && seen.outcome == VJP_COMPLETED;
    for (int i = 0; i < s->c.spec->n_inputs && s->whole; i++) {
        const int slot = vjp_slot_gradient(s->c.spec, i);
        const struct vjp_tensor *got = &seen.answer[1][slot];
        s->overwrites[i] = s->part[i].wanted;
        s->keeps[i] = true;
        for (int64_t j = 0; j < got->count && s->part[i].wanted; j++) {
            const double value = vjp_bits_to_double(got->dtype, vjp_tensor_get(got, j));
            s->overwrites[i] = s->overwrites[i] && value == 0;
            s->keeps[i] = s->keeps[i] && value == 3;
        }
        fill(slot_of(s, slot), 0);
    }
    vjp_observation_clear(&seen);
    vjp_truth_clear(&truth);
    return status;
}

static enum vjp_status find_rows(struct state *s, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    s->whole = true;
    if (s->c.accumulate)
        status = find_kept(s, error);
    for (int64_t i = 0; i < s->rows && status == VJP_OK && s->whole; i++) {
        if (vjp_clock_now() >= s->end || vjp_interrupt_seen())
            s->whole = false;
        else
            status = find_row(s, i, error);
    }
    return status;
}

/* What the Jacobian tells of one gradient. */
static void recognise(const struct state *s, int input, struct vjp_text *out)
{
    const struct vjp_spec *spec = s->c.spec;
    const struct part *part = &s->part[input];
    char gradient[VJP_SLOT_NAME_MAX], cotangent[VJP_SLOT_NAME_MAX];
    struct vjp_jacobian_pair pair = {
        .cotangent = vjp_slot_name(spec, vjp_slot_cotangent(spec), cotangent, sizeof cotangent),
        .rows = s->rows,
        .gradient = vjp_slot_name(spec, vjp_slot_gradient(spec, input), gradient, sizeof gradient),
        .columns = part->columns,
        .dtype = s->c.dtype,
        .got = part->got,
        .want = part->want,
        .outside = part->outside,
        .operand = s->known,
        .n_operands = s->n_known};
    vjp_case_slot_shape(&s->c, vjp_slot_cotangent(spec), &pair.dy);
    vjp_case_slot_shape(&s->c, input, &pair.g);
    if (s->c.accumulate && s->overwrites[input])
        vjp_text_add(out, "%s is overwritten where it should be added to", gradient);
    else if (s->c.accumulate && !s->keeps[input])
        vjp_text_add(out, "what %s held does not stay where nothing is added to it", gradient);
    else
        vjp_recognise(&pair, out);
}

static enum vjp_status tell(const struct state *s, struct vjp_one_hot *out, struct vjp_error *error)
{
    bool failed = false, any = false;
    for (int i = 0; i < s->c.spec->n_inputs; i++) {
        if (s->part[i].wanted)
            recognise(s, i, &out->found[i]);
        failed |= out->found[i].failed;
        any |= out->found[i].data != NULL;
    }
    vjp_text_add(&out->line, "%s", s->c.spec->name);
    for (int d = 0; d < s->c.spec->n_dims && any; d++) {
        if (vjp_case_has_dim(&s->c, d))
            vjp_text_add(&out->line, " %s=%" PRId64, s->c.spec->dim[d], s->c.dim[d]);
    }
    if (!any)
        vjp_text_clear(&out->line);
    return failed || out->line.failed ? fail_memory(error) : VJP_OK;
}

/* The case with so many more of each dimension, the least beside which are 2, 3, 5, ...: sizes that differ. *valid: the
 * layer takes it. */
static enum vjp_status make_case(const struct vjp_case *c, int64_t more, bool differ,
                                 struct vjp_case *out, bool *valid, struct vjp_error *error)
{
    static const int64_t least[] = {2, 3, 5, 4, 6, 7};
    struct vjp_error unused;
    enum vjp_status status = vjp_case_copy(out, c, error);
    for (int d = 0; d < c->spec->n_dims && status == VJP_OK; d++) {
        const int64_t low = differ ? least[d % 6] : 0;
        if (vjp_case_has_dim(out, d))
            out->dim[d] = (out->dim[d] > low ? out->dim[d] : low) + more;
    }
    for (int slot = 0; slot < vjp_slot_count(c->spec) && status == VJP_OK; slot++) {
        out->slot[slot].layout.expand = 0; /* each element has a value of its own */
        if (vjp_case_has_values(out, slot))
            status = vjp_case_set_values(out, slot, vjp_case_usual(out, slot), error);
    }
    if (status == VJP_OK)
        *valid = vjp_case_validate(out, &unused) == VJP_OK;
    return status;
}

/* Looks at one case; leaves *out empty where there is nothing to be seen. */
static enum vjp_status look(struct state *s, struct vjp_one_hot *out, struct vjp_error *error)
{
    struct vjp_error unused;
    bool fits = false;
    if (vjp_truth_check(&s->c, VJP_ORACLE_WHOLE, &unused) != VJP_OK)
        return VJP_OK;
    enum vjp_status status = vjp_data_generate(&s->c, &s->data, error);
    if (status == VJP_OK)
        status = number_operands(s, error);
    if (status == VJP_OK)
        status = make_parts(s, &fits, error);
    for (int slot = vjp_slot_cotangent(s->c.spec); slot < vjp_slot_count(s->c.spec); slot++)
        fill(slot_of(s, slot), 0);
    if (status == VJP_OK && fits)
        status = find_rows(s, error);
    if (status == VJP_OK && fits && s->whole)
        status = tell(s, out, error);
    return status;
}

enum vjp_status vjp_one_hot_look(const struct vjp_failure *failure, const struct vjp_case *c,
                                 double seconds, struct vjp_one_hot *out, struct vjp_error *error)
{
    static const struct {
        int64_t more;
        bool differ;
    } sizes[] = {{BLOCK, true}, {0, true}, {0, false}};
    const int n_sizes = sizeof sizes / sizeof *sizes;
    enum vjp_status status = VJP_OK;
    struct vjp_one_hot found = {.line = {0}};
    vjp_worker_renew(failure->target->worker);
    for (int i = 0; i < n_sizes && status == VJP_OK && !found.line.data; i++) {
        struct state s = {.failure = failure,
                          .kernel = &failure->target->info->kernel[failure->kernel],
                          .end = vjp_clock_now() + seconds / n_sizes};
        bool valid = false;
        status = make_case(c, sizes[i].more, sizes[i].differ, &s.c, &valid, error);
        if (status == VJP_OK && valid)
            status = look(&s, &found, error);
        clear_state(&s);
    }
    vjp_worker_renew(failure->target->worker);
    if (status == VJP_OK)
        *out = found;
    else
        vjp_one_hot_clear(&found);
    return status;
}
