/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/study_run.h"

#include "reports/cli/cli.h"
#include "reports/cli/study_wide.h"
#include "reports/cli/surroundings.h"
#include "reports/fuzz/interrupt.h"
#include "reports/render/study_output.h"
#include "reports/study/theory.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum vjp_status hash_file(const char *path, uint64_t *out, struct vjp_error *error)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    FILE *file = fopen(path, "re");
    if (!file)
        return vjp_fail(error, VJP_ERR_IO, "%s: %s", path, strerror(errno));
    for (int byte = getc(file); byte != EOF; byte = getc(file))
        hash = (hash ^ (uint64_t)byte) * UINT64_C(0x100000001b3);
    const bool failed = ferror(file) != 0;
    fclose(file);
    *out = hash;
    return failed ? vjp_fail(error, VJP_ERR_IO, "%s: reading failed", path) : VJP_OK;
}

enum vjp_status vjp_study_run_header(const char *study, const struct vjp_study_request *r,
                                     const struct vjp_targets *targets, struct vjp_text *out,
                                     struct vjp_error *error)
{
    const int n = targets->count, all = n + r->n_beside;
    const char **names = calloc((size_t)all + 1, sizeof *names);
    uint64_t *hashes = calloc((size_t)all + 1, sizeof *hashes);
    enum vjp_status status =
        names && hashes ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (int i = 0; i < all && status == VJP_OK; i++) {
        const char *path = i < n ? targets->target[i].path : r->beside[i - n];
        const char *slash = strrchr(path, '/');
        names[i] = i < n ? targets->target[i].name : slash ? slash + 1 : path;
        status = hash_file(path, &hashes[i], error);
    }
    const struct vjp_study_header header = {.version = VJP_VERSION,
                                            .study = study,
                                            .line = r->line,
                                            .seed = r->seed,
                                            .n_plugins = all,
                                            .plugin = names,
                                            .hash = hashes};
    if (status == VJP_OK)
        status = vjp_study_header_print(&header, out, error);
    free(names);
    free(hashes);
    return status;
}

enum vjp_status vjp_study_run_begin(const char *study, const struct vjp_study_request *request,
                                    struct vjp_study_run *out, struct vjp_error *error)
{
    struct vjp_text header = {0};
    *out = (struct vjp_study_run){.study = study, .request = request};
    vjp_study_pace_begin(&out->pace);
    enum vjp_status status = vjp_targets_open(request->targets, request->n_targets, false,
                                              request->timeout, &out->targets, error);
    if (status == VJP_OK)
        status = vjp_pairs_list(&out->targets, request->layer, request->dtype, &out->pairs, error);
    if (status == VJP_OK)
        status = vjp_study_run_header(study, request, &out->targets, &header, error);
    if (status == VJP_OK)
        status = vjp_study_stream_open(request->out, header.data, &out->stream, error);
    for (size_t i = 0; i < out->stream.count && status == VJP_OK; i++)
        status = vjp_study_table_add(&out->table, out->stream.line[i], error);
    if (status == VJP_OK && !out->stream.complete)
        status = vjp_surroundings_append(&out->targets, request->out, error);
    vjp_text_clear(&header);
    if (status == VJP_OK)
        vjp_interrupt_catch();
    return status;
}

void vjp_study_run_clear(struct vjp_study_run *run)
{
    vjp_progress_erase(&run->pace.progress);
    vjp_study_table_clear(&run->table);
    vjp_study_stream_clear(&run->stream);
    vjp_pairs_clear(&run->pairs);
    vjp_targets_close(&run->targets);
}

bool vjp_study_run_goes_on(struct vjp_study_run *run)
{
    run->interrupted = vjp_interrupt_seen();
    return run->interrupted == 0 && !run->stream.complete;
}

bool vjp_study_run_has(const struct vjp_study_run *run, const char *key)
{
    for (int64_t i = 0; i < run->table.count; i++) {
        if (strcmp(run->table.point[i].key, key) == 0)
            return true;
    }
    return false;
}

enum vjp_status vjp_study_run_add(struct vjp_study_run *run, const struct vjp_study_point *point,
                                  struct vjp_error *error)
{
    struct vjp_study_point told = *point;
    told.study = run->study;
    return vjp_study_point_write(&run->stream.sink, &told, error);
}

/* Reads back what was written, so that all that is told is told of the stream. */
static enum vjp_status read_back(struct vjp_study_run *run, struct vjp_error *error)
{
    const struct vjp_sink *sink = &run->stream.sink;
    vjp_study_table_clear(&run->table);
    return vjp_study_table_read(&run->table, run->stream.complete ? sink->path : sink->partial,
                                error);
}

static enum vjp_status conclude(struct vjp_study_run *run, const struct vjp_study_totals *totals,
                                const struct vjp_study_verdicts *verdicts, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    if (run->stream.complete || run->interrupted)
        return VJP_OK;
    const bool has_fits = strcmp(run->study, "growth") == 0;
    for (int i = 0; has_fits && i < verdicts->count && status == VJP_OK; i++)
        status = vjp_study_fit_write(&run->stream.sink, &verdicts->verdict[i], error);
    if (status == VJP_OK)
        status = vjp_study_summary_write(&run->stream.sink, totals, error);
    return status == VJP_OK ? vjp_study_stream_commit(&run->stream, error) : status;
}

enum vjp_status vjp_study_run_end(struct vjp_study_run *run, int *code, struct vjp_error *error)
{
    struct vjp_study_verdicts verdicts = {0};
    vjp_progress_erase(&run->pace.progress);
    enum vjp_status status = read_back(run, error);
    const struct vjp_study_totals totals = vjp_study_table_count(&run->table);
    if (status == VJP_OK)
        status = vjp_study_verdicts_make(&run->table, &verdicts, error);
    if (status == VJP_OK)
        status = conclude(run, &totals, &verdicts, error);
    const struct vjp_study_output output = {.study = run->study,
                                            .folder = run->request->out,
                                            .table = &run->table,
                                            .verdicts = &verdicts,
                                            .totals = &totals};
    if (status == VJP_OK)
        status = vjp_study_output_write(&output, error);
    if (status == VJP_OK)
        vjp_study_output_print(&output, vjp_terminal_has_colour(stdout), stdout);
    vjp_study_verdicts_clear(&verdicts);
    if (status == VJP_OK && run->interrupted)
        printf("interrupted by %s: the same command goes on from here\n",
               strsignal(run->interrupted));
    else if (status == VJP_OK && totals.points == 0)
        status =
            vjp_fail(error, VJP_ERR_USAGE,
                     "nothing was measured: all %" PRId64 " points were left out", totals.gaps);
    *code = totals.outside > 0 || totals.failed > 0 || run->interrupted ? VJP_EXIT_FAILED
                                                                        : VJP_EXIT_SOUND;
    return status;
}

int vjp_study_kernels(const struct vjp_study_run *run, const struct vjp_spec *spec,
                      enum vjp_dtype dtype, struct vjp_study_kernel out[VJP_STUDY_KERNELS_MAX])
{
    const struct vjp_case c = {.spec = spec, .dtype = dtype};
    int n = 0;
    for (int t = 0; t < run->targets.count; t++) {
        struct vjp_target *target = &run->targets.target[t];
        for (int k = 0; k < target->info->n_kernels && n < VJP_STUDY_KERNELS_MAX; k++) {
            if (vjp_target_serves(target, k, &c))
                out[n++] = (struct vjp_study_kernel){.target = target,
                                                     .kernel = k,
                                                     .label = target->label[k],
                                                     .model = target->info->kernel[k].model[dtype]};
        }
    }
    return n;
}

/* Of formats that hold every number of the dtype. */
static void try_models(const struct vjp_reference *reference, int slot,
                       const struct vjp_model *declared, const struct vjp_tensor *got,
                       struct vjp_study_answers *a)
{
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        struct vjp_model model = *declared;
        struct vjp_measure measure;
        model.accumulate = (enum vjp_dtype)d;
        if (vjp_dtype_is_narrower(model.accumulate, got->dtype)) {
            a->outside_of[d]++;
            continue;
        }
        vjp_measure_gradient(reference, slot, &model, got, &measure);
        a->outside_of[d] += measure.outside + (measure.compared == 0);
    }
}

/* Whether sums in f32 of operands that are rounded to so many bits, fewer than they have, explain every element of a sum of
 * products. With o of vjp_theory_operands the products are off by o S together, the sum of their magnitudes is (1 + o) S
 * at most, and so is that of k of them in f32 by k u (1 + o) S; the result, |g| and both of these, is rounded once more. */
static bool is_of_rounded(const struct vjp_study_answers *answers, int bits, double u_out)
{
    const double u = 0x1p-24, operands = vjp_theory_operands(ldexp(1, -bits));
    bool inside = answers->contracted && answers->gather.count > 0 && ldexp(1, -bits) > u_out;
    for (int64_t i = 0; i < answers->gather.count && inside; i++) {
        const struct vjp_deviation *d = &answers->gather.element[i];
        const double sum = vjp_theory_deterministic((double)d->terms, u) * (1 + operands);
        inside = d->kind == VJP_DEVIATION_KNOWN &&
                 fabs(d->error) <= (operands + sum) * d->scale +
                                       u_out * (fabs(d->exact) + (operands + sum) * d->scale);
    }
    return inside;
}

const char *vjp_study_model(const struct vjp_study_answers *answers, double u_out, double *ratio)
{
    *ratio = answers->ratio;
    for (int d = VJP_DTYPE_COUNT - 1; d >= 0; d--) {
        if (answers->outside_of[d] == 0)
            return vjp_format((enum vjp_dtype)d)->name;
    }
    return is_of_rounded(answers, 11, u_out)  ? "f32 of 11-bit operands"
           : is_of_rounded(answers, 8, u_out) ? "f32 of 8-bit operands"
                                              : "none";
}

/* One kernel's answer to the case. wide: NULL: models are not asked for. */
static enum vjp_status take_answer(const struct vjp_case *c, int slot, struct vjp_inquiry *inquiry,
                                   const struct vjp_study_kernel *k,
                                   const struct vjp_study_wide *wide, struct vjp_study_answers *a,
                                   struct vjp_error *error)
{
    const struct vjp_reference *reference;
    struct vjp_observation seen = {0};
    struct vjp_measure measure;
    enum vjp_status status = vjp_truth_find(
        &inquiry->truth, k->target->info->kernel[k->kernel].kinks, &reference, error);
    if (status == VJP_OK)
        status = vjp_worker_run(k->target->worker, k->kernel, c, &inquiry->data, &seen, error);
    if (status != VJP_OK)
        return status;
    if (seen.outcome == VJP_COMPLETED && seen.answer[0][slot].data) {
        const struct vjp_tensor *got = &seen.answer[0][slot];
        vjp_deviation_visit(reference, slot, got, vjp_gather_visit, &a->gather);
        vjp_measure_gradient(reference, slot, &k->model, got, &measure);
        a->outside += measure.outside;
        a->ratio = fmax(a->ratio, measure.worst_ratio);
        if (wide) {
            try_models(reference, slot, &k->model, got, a);
            vjp_study_wide_compare(wide, reference, slot, got, &a->parts);
        }
    } else {
        a->failed = seen.outcome != VJP_DECLINED;
        snprintf(a->why, sizeof a->why, "%s%s%s", a->failed ? "no answer" : "the kernel declines",
                 *seen.reason ? ": " : "", seen.reason);
    }
    vjp_observation_clear(&seen);
    return VJP_OK;
}

enum vjp_status vjp_study_ask(const struct vjp_case *c, int input,
                              const struct vjp_study_kernel *kernels, int count, bool models,
                              struct vjp_study_answers *answers, struct vjp_error *error)
{
    const int slot = vjp_slot_gradient(c->spec, input);
    const bool contracted = vjp_reference_check_contracted(c, NULL) == VJP_OK;
    struct vjp_case one = *c; /* its texts stay c's */
    struct vjp_inquiry inquiry;
    struct vjp_study_wide wide = {0};
    for (int i = 0; i < c->spec->n_inputs; i++)
        one.left_out |= i != input && vjp_case_could_ask(c, i) ? UINT32_C(1) << i : 0;
    enum vjp_status status = vjp_inquiry_make(&one, contracted ? VJP_ORACLE_EXACT : VJP_ORACLE_AUTO,
                                              (struct vjp_kinks){0}, &inquiry, error);
    if (status == VJP_OK && models)
        status = vjp_study_wide_find(&one, &inquiry.data, slot, &wide, error);
    for (int i = 0; i < count && status == VJP_OK; i++) {
        answers[i].contracted = contracted;
        if (!*answers[i].why)
            status = take_answer(c, slot, &inquiry, &kernels[i], models ? &wide : NULL, &answers[i],
                                 error);
    }
    vjp_study_wide_clear(&wide);
    vjp_inquiry_clear(&inquiry);
    return status;
}
