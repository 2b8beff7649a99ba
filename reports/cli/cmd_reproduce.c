/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/gen/generate.h"
#include "cases/line/parse.h"
#include "reports/cli/ahead.h"
#include "reports/cli/examine.h"
#include "reports/render/reproduce.h"
#include "reports/render/sink.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define REPEAT_MAX      1000000
#define SECONDS_DEFAULT 10.0 /* as in impls/host/worker_handle.h */

/* Rounds of three calls until a fault shows. One is enough for a fault that shows every time; a kernel that picks its
 * answers by chance takes some. */
#define ROUNDS        100
#define ROUNDS_CHANCE 1000

enum { KERNEL, OUT, REPEAT, FORCE, TIMEOUT, ORACLE };

static const struct vjp_option options[] = {
    [KERNEL] = {"kernel", "TARGET", "the kernel"},
    [OUT] = {"out", "FILE.c", "the file to write, in place of the standard output"},
    [REPEAT] = {"repeat", "N", "run N times in one process, until the first failure (1)"},
    [FORCE] = {"force", NULL, "write the file where the kernel does not fail, too"},
    [TIMEOUT] = {"timeout", "SECONDS", "a call that takes longer is hung (10)"},
    [ORACLE] = {"oracle", "WHICH", "explicit, exact or auto (by size)"},
    {0},
};

struct settings {
    const char *out; /* "-": the standard output */
    int64_t repeat;
    bool force;
    double seconds;
    enum vjp_oracle oracle;
};

static enum vjp_status read_settings(const struct vjp_arguments *arguments, struct settings *out,
                                     struct vjp_error *error)
{
    const char *const *value = arguments->value;
    struct settings s = {.out = value[OUT] ? value[OUT] : "-",
                         .repeat = 1,
                         .force = value[FORCE] != NULL,
                         .seconds = SECONDS_DEFAULT};
    const size_t length = value[OUT] ? strlen(value[OUT]) : 0;
    enum vjp_status status = VJP_OK;
    if (!value[KERNEL])
        status = vjp_fail(error, VJP_ERR_USAGE, "--kernel is missing: expected --kernel TARGET");
    if (status == VJP_OK && value[OUT] &&
        (length < 3 || strcmp(value[OUT] + length - 2, ".c") != 0 || value[OUT][length - 3] == '/'))
        status = vjp_fail(error, VJP_ERR_USAGE,
                          "--out %.300s: expected the name of a C file, as fault.c", value[OUT]);
    if (status == VJP_OK && value[REPEAT])
        status = vjp_option_integer("repeat", value[REPEAT], 1, REPEAT_MAX, &s.repeat, error);
    if (status == VJP_OK && value[TIMEOUT])
        status = vjp_option_seconds("timeout", value[TIMEOUT], &s.seconds, error);
    if (status == VJP_OK)
        status = vjp_truth_oracle(value[ORACLE], &s.oracle, error);
    if (status == VJP_OK && s.oracle == VJP_ORACLE_ROWS)
        status = vjp_fail(
            error, VJP_ERR_USAGE,
            "--oracle rows: a file that shows a failure needs the truth about all of the case");
    if (status == VJP_OK && s.oracle == VJP_ORACLE_AUTO)
        s.oracle = VJP_ORACLE_WHOLE;
    if (status == VJP_OK)
        *out = s;
    return status;
}

/* The one kernel of the target that serves the case. */
static enum vjp_status choose_kernel(const struct vjp_target *target, const struct vjp_case *c,
                                     int *out, struct vjp_error *error)
{
    int found = -1;
    for (int k = 0; k < target->info->n_kernels; k++) {
        if (!vjp_target_serves(target, k, c))
            continue;
        if (found >= 0)
            return vjp_fail(error, VJP_ERR_USAGE,
                            "several kernels serve the case: expected one of them, as --kernel %s "
                            "or --kernel %s",
                            target->label[found], target->label[k]);
        found = k;
    }
    if (found < 0)
        return vjp_fail(error, VJP_ERR_USAGE, "no selected kernel serves %s with dtype=%s",
                        c->spec->name, vjp_format(c->dtype)->name);
    *out = found;
    return VJP_OK;
}

/* What is right, for each gradient; an array of the caller's to free for each slot that has one. */
static enum vjp_status find_allowed(const struct vjp_question *q, const struct vjp_model *model,
                                    struct vjp_allowed *out[VJP_MAX_SLOTS], struct vjp_error *error)
{
    const struct vjp_spec *spec = q->c->spec;
    for (int slot = vjp_slot_cotangent(spec) + 1; slot < vjp_slot_count(spec); slot++) {
        struct vjp_shape shape;
        int64_t count;
        if (!vjp_case_has_slot(q->c, slot))
            continue;
        vjp_case_slot_shape(q->c, slot, &shape);
        const enum vjp_status status = vjp_shape_count(&shape, &count, error);
        if (status != VJP_OK)
            return status;
        out[slot] = calloc((size_t)count + 1, sizeof *out[slot]);
        if (!out[slot])
            return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
        vjp_allowed_find(q->reference, slot, model, count, out[slot]);
    }
    return VJP_OK;
}

static void set_rounds(const struct vjp_finding *finding, struct vjp_reproduction *r)
{
    r->rounds = ROUNDS;
    r->rounds_least = 1;
    if (finding->judgement.verdict == VJP_VERDICT_NONDETERMINISTIC)
        r->rounds = ROUNDS_CHANCE;
    if (finding->judgement.verdict == VJP_VERDICT_STATE_DEPENDENT)
        r->rounds = r->rounds_least = (int)finding->age + 1; /* at most REPEAT_MAX */
}

static void add_model(struct vjp_text *out, const struct vjp_model *model)
{
    vjp_text_add(out, "sums are in %s, functions like exp within %d ulp%s%s",
                 vjp_format(model->accumulate)->name, model->ulps,
                 model->narrow_operands ? ", computed operands of inner products rounded" : "",
                 model->flushes ? ", subnormal results zero" : "");
}

static enum vjp_status write_file(const struct settings *s, struct vjp_reproduction *r,
                                  struct vjp_error *error)
{
    struct vjp_sink sink = {0};
    struct vjp_text command = {0};
    enum vjp_status status = vjp_sink_open(s->out, &sink, error);
    if (status == VJP_OK)
        status = vjp_reproduce_write(r, sink.file, error);
    if (status == VJP_OK)
        status = vjp_sink_commit(&sink, error);
    if (status == VJP_OK && strcmp(s->out, "-") != 0) {
        vjp_reproduce_add_command(&command, r);
        printf("%s: %s; to see it:\n  %s\n", s->out, r->verdict,
               command.failed ? "(out of memory)" : command.data);
    }
    vjp_text_clear(&command);
    vjp_sink_clear(&sink);
    return status;
}

/* Everything that was found, as a file. */
static enum vjp_status reproduce(const struct settings *s, const struct vjp_target *target,
                                 int kernel, const struct vjp_question *question,
                                 const struct vjp_finding *finding, struct vjp_error *error)
{
    const struct vjp_model *model = &target->info->kernel[kernel].model[question->c->dtype];
    struct vjp_allowed *allowed[VJP_MAX_SLOTS] = {0};
    struct vjp_text line = {0}, library = {0}, how = {0};
    struct vjp_reproduction r = {.c = question->c,
                                 .data = question->data,
                                 .verdict = vjp_verdict_name(finding->judgement.verdict),
                                 .reason = finding->judgement.reason,
                                 .kernel = target->info->kernel[kernel].name,
                                 .file = strcmp(s->out, "-") == 0 ? "fault.c" : s->out,
                                 .version = VJP_VERSION,
                                 .seconds = s->seconds,
                                 .multiple = finding->scaling.failed};
    enum vjp_status status = find_allowed(question, model, allowed, error);
    vjp_case_print(question->c, &line);
    vjp_text_add(&library, "%s%s", strchr(target->path, '/') ? "" : "./", target->path);
    add_model(&how, model);
    if (status == VJP_OK && (line.failed || library.failed || how.failed))
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    if (status == VJP_OK) {
        memcpy(r.allowed, allowed, sizeof allowed);
        r.line = line.data;
        r.library = library.data;
        r.model = how.data;
        set_rounds(finding, &r);
        status = write_file(s, &r, error);
    }
    for (int slot = 0; slot < VJP_MAX_SLOTS; slot++)
        free(allowed[slot]);
    vjp_text_clear(&line);
    vjp_text_clear(&library);
    vjp_text_clear(&how);
    return status;
}

/* Whether there is a fault that a program of its own can show. What vjpcheck's filter has refused would happen there,
 * and nobody would see it. */
static enum vjp_status check_finding(const struct vjp_finding *finding, const char *label,
                                     struct vjp_error *error)
{
    const struct vjp_judgement *judgement = &finding->judgement;
    const char *name = vjp_verdict_name(judgement->verdict);
    if (!vjp_verdict_is_failure(judgement->verdict))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s: %s%s%s: there is no fault to show; --repeat N asks more often in one "
                        "process, --force writes the file all the same",
                        label, name, judgement->reason[0] ? ": " : "", judgement->reason);
    if (finding->seen.conduct[0] && !finding->seen.conduct_shows)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s: %s: %s: a program without vjpcheck's watch over the process would not "
                        "see that, and let it happen; --force writes the file all the same",
                        label, name, judgement->reason);
    return VJP_OK;
}

/* Multiples of dy only of a kernel that is right for dy, every time: other faults show without them. */
static enum vjp_status examine(const struct settings *s, struct vjp_targets *targets, int kernel,
                               struct vjp_question *question, struct vjp_finding *out,
                               struct vjp_error *error)
{
    question->scalings = VJP_SCALINGS_NONE;
    const enum vjp_status status = vjp_examine_repeatedly(targets, &targets->target[0], kernel,
                                                          s->repeat, question, out, error);
    if (status != VJP_OK || !vjp_verdict_is_success(out->judgement.verdict))
        return status;
    vjp_finding_clear(out);
    question->scalings = VJP_SCALINGS_ALL;
    return vjp_examine_repeatedly(targets, &targets->target[0], kernel, s->repeat, question, out,
                                  error);
}

static enum vjp_status run_case(const struct settings *s, const struct vjp_case *c,
                                struct vjp_targets *targets, int kernel, struct vjp_error *error)
{
    const struct vjp_target *target = &targets->target[0];
    struct vjp_data data = {0};
    struct vjp_truth truth = {0};
    struct vjp_question question = {.c = c, .data = &data};
    struct vjp_finding finding = {0};
    enum vjp_status status = vjp_data_generate(c, &data, error);
    if (status == VJP_OK)
        status = vjp_truth_init(&truth, c, &data, s->oracle, vjp_ahead_jobs(), error);
    if (status == VJP_OK)
        status =
            vjp_truth_find(&truth, target->info->kernel[kernel].kinks, &question.reference, error);
    if (status == VJP_OK)
        status = examine(s, targets, kernel, &question, &finding, error);
    if (status == VJP_OK && !s->force)
        status = check_finding(&finding, target->label[kernel], error);
    if (status == VJP_OK)
        status = reproduce(s, target, kernel, &question, &finding, error);
    vjp_finding_clear(&finding);
    vjp_truth_clear(&truth);
    vjp_data_clear(&data);
    return status;
}

static int run(const struct vjp_arguments *arguments)
{
    struct settings s;
    struct vjp_case c = {0};
    struct vjp_targets targets = {0};
    struct vjp_error error;
    int kernel = -1;
    enum vjp_status status = read_settings(arguments, &s, &error);
    if (status == VJP_OK)
        status = vjp_case_parse(arguments->operands[0], &c, &error);
    if (status == VJP_OK)
        status = vjp_truth_check(&c, s.oracle, &error);
    if (status == VJP_OK)
        status = vjp_reproduce_check(&c, &error);
    if (status == VJP_OK)
        status = vjp_targets_open(&arguments->value[KERNEL], 1, false, s.seconds, &targets, &error);
    if (status == VJP_OK)
        status = choose_kernel(&targets.target[0], &c, &kernel, &error);
    if (status == VJP_OK)
        status = run_case(&s, &c, &targets, kernel, &error);
    vjp_targets_close(&targets);
    vjp_case_clear(&c);
    return status == VJP_OK ? VJP_EXIT_SOUND : vjp_cli_fail(status, &error);
}

const struct vjp_command vjp_command_reproduce = {
    .name = "reproduce",
    .operands = "'CASE'",
    .summary = "write a failure as one C file that shows it",
    .help =
        "  vjpcheck reproduce 'linear dtype=f32 N=2 D=2 M=2' --kernel ./mine.so --out fault.c\n"
        "  cc fault.c ./mine.so -o fault && ./fault\n\n"
        "The file holds the case, what is right, and what of vjp_plugin.h it needs: nothing\n"
        "else of vjpcheck, nor DLPack's header. It calls the kernel as vjpcheck does, between\n"
        "pages without access and with garbage in the outputs, and ends with 1 where a fault\n"
        "shows, 0 where none does, 2 where the library has no kernel for the layer. A kernel\n"
        "that is right for dy is asked for multiples 2^k dy, too, which change no rounding. The\n"
        "file's licence is MIT-0: it may go into a bug report or a test.\n\n"
        "Ends with 0 when the file is written. For a kernel that does not fail on the case, or\n"
        "whose fault is what it does to its process and vjpcheck alone can see, none is, and\n"
        "that is 2; with --force it is written all the same, to be built against another\n"
        "library. A failure that needs many calls of one process (state_dependent) wants\n"
        "--repeat. A file may have 16 MiB.",
    .min_operands = 1,
    .max_operands = 1,
    .options = options,
    .run = run,
};
