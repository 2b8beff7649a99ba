/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "reports/bench/clock.h"
#include "reports/cli/bench_compare.h"
#include "reports/cli/bench_kernels.h"
#include "reports/cli/bench_lists.h"
#include "reports/cli/bench_oracle.h"
#include "reports/cli/bench_shapes.h"
#include "reports/cli/paths.h"
#include "reports/cli/pipeline.h"
#include "reports/render/bench_json.h"
#include "reports/render/bench_tally.h"
#include "reports/render/bench_text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* For each measurement: 30 blocks of 10 ms, or 300 of 1 ms. */
#define SECONDS 0.3

/* The plain loops of a reference kernel take seconds for a production shape, on a busy machine many: the limit
 * of a check would call them hung. */
#define TIMEOUT_SECONDS 60.0

/* For each side of a ratio of bench oracle: 6 rounds of calls that take some tenths. */
#define ORACLE_SECONDS 2.0

enum {
    LAYER,
    SHAPES,
    SIZES,
    DTYPE,
    APART,
    AGAINST,
    THREADS,
    TIME,
    JSON,
    TIMEOUT,
    COMPARE,
    FAIL_BELOW,
    SHAPE
};

static const struct vjp_option options[] = {
    [LAYER] = {"layer", "L", "only this layer"},
    [SHAPES] = {"shapes", "FILE", "time the cases of this file, one per line, and no others"},
    [SIZES] = {"sizes", "N[,N...]", "with --layer: every combination of these, up to 2 GFLOP"},
    [DTYPE] = {"dtype", "T", "with --sizes: of the operands (f32)"},
    [APART] = {"apart", NULL, "each gradient by itself"},
    [AGAINST] = {"against", "TARGET[,TARGET...]",
                 "time each kernel in turns with this one, or the fastest of these"},
    [THREADS] = {"threads", "N[,N...]", "with so many threads (as the case says)"},
    [TIME] = {"time", "SECONDS", "for each measurement, about (0.3; with oracle 2)"},
    [JSON] = {"json", "FILE", "write every result as a line of JSON; \"-\": standard output"},
    [TIMEOUT] = {"timeout", "SECONDS", "a call that takes longer is hung (60)"},
    [COMPARE] = {"compare", "OLD NEW", "compare two files that --json wrote, and time nothing"},
    [FAIL_BELOW] = {"fail-below", "R",
                    "with --compare: exit code 1 where a speed is below R of old"},
    [SHAPE] = {"shape", "N,D,M", "with oracle: another shape (64,4096,4096)"},
    {0},
};

struct settings {
    const struct vjp_spec *layer;
    int threads[VJP_BENCH_THREADS_MAX];
    int n_threads;
    double time, timeout;
    struct vjp_bench_sizes sizes; /* count 0: none */
    char *peers;                  /* what --against names (vjp_bench_peers_open) */
};

static enum vjp_status read_sizes(const char *const *value, struct settings *out,
                                  struct vjp_error *error)
{
    int dtype = VJP_F32;
    if (!value[SIZES])
        return value[DTYPE] ? vjp_fail(error, VJP_ERR_USAGE, "--dtype has a use with --sizes only")
                            : VJP_OK;
    if (!out->layer || value[SHAPES])
        return vjp_fail(error, VJP_ERR_USAGE,
                        "--sizes is for the dimensions of one layer: expected "
                        "--layer, and no --shapes");
    enum vjp_status status = value[DTYPE] ? vjp_cli_dtype(value[DTYPE], &dtype, error) : VJP_OK;
    out->sizes = (struct vjp_bench_sizes){
        .layer = out->layer, .dtype = (enum vjp_dtype)dtype, .apart = value[APART] != NULL};
    if (status == VJP_OK)
        status = vjp_bench_sizes_read(value[SIZES], &out->sizes, error);
    return status;
}

static enum vjp_status read_settings(const char *const *value, struct settings *out,
                                     struct vjp_error *error)
{
    struct settings s = {.time = SECONDS, .timeout = TIMEOUT_SECONDS};
    enum vjp_status status = VJP_OK;
    if (value[LAYER])
        status = vjp_cli_layer(value[LAYER], &s.layer, error);
    if (status == VJP_OK && value[THREADS])
        status = vjp_bench_threads_read(value[THREADS], s.threads, &s.n_threads, error);
    if (status == VJP_OK && value[TIME])
        status = vjp_option_seconds("time", value[TIME], &s.time, error);
    if (status == VJP_OK && value[TIMEOUT])
        status = vjp_option_seconds("timeout", value[TIMEOUT], &s.timeout, error);
    if (status == VJP_OK)
        status = read_sizes(value, &s, error);
    if (status == VJP_OK && value[FAIL_BELOW])
        status = vjp_fail(error, VJP_ERR_USAGE, "--fail-below has a use with --compare only");
    if (status == VJP_OK && value[SHAPE])
        status = vjp_fail(error, VJP_ERR_USAGE, "--shape has a use with \"bench oracle\" only");
    if (status == VJP_OK)
        *out = s;
    return status;
}

/* The exit code of a bench that came to its end. */
static int conclude(const struct vjp_bench *bench)
{
    int code = VJP_EXIT_SOUND;
    const struct vjp_targets *targets = bench->targets;
    for (int i = 0; i < targets->n_requests; i++) {
        const struct vjp_request *request = &targets->request[i];
        const struct vjp_target *target = &targets->target[request->target];
        int64_t conclusive = 0;
        for (int k = 0; k < target->info->n_kernels; k++) {
            if (request->kernel < 0 || request->kernel == k)
                conclusive += target->conclusive[k];
        }
        if (conclusive > 0)
            continue;
        fprintf(stderr, "vjpcheck: %s was not timed: no shape gave a conclusive verdict\n",
                request->text);
        code = VJP_EXIT_USAGE;
    }
    if (bench->timed == 0 && code == VJP_EXIT_SOUND) {
        fputs("vjpcheck: nothing was timed: no kernel has a number\n", stderr);
        code = VJP_EXIT_USAGE;
    }
    return bench->failed > 0 ? VJP_EXIT_FAILED : code;
}

/* The first lines of the stream: what is timed, and what is not. */
static enum vjp_status begin_json(const struct settings *s, const char *const *value,
                                  const struct vjp_bench_shapes *shapes,
                                  const struct vjp_bench *bench, struct vjp_error *error)
{
    struct vjp_bench_header header = {.version = VJP_VERSION,
                                      .cpu = bench->machine.cpu,
                                      .seconds = s->time,
                                      .timeout = s->timeout,
                                      .against = value[AGAINST],
                                      .layer = value[LAYER],
                                      .shapes = value[SHAPES],
                                      .sizes = value[SIZES],
                                      .apart = value[APART] != NULL,
                                      .threads = s->threads,
                                      .n_threads = s->n_threads};
    const char **labels = vjp_targets_labels(bench->targets, &header.n_targets);
    if (!labels)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    header.targets = labels;
    enum vjp_status status = vjp_bench_json_header(bench->json, &header, error);
    for (size_t i = 0; i < shapes->n_skips && status == VJP_OK; i++)
        status = vjp_bench_json_skip(bench->json, &shapes->skip[i], error);
    free(labels);
    return status;
}

static enum vjp_status end_json(struct vjp_bench *bench, const struct vjp_bench_shapes *shapes,
                                double start, struct vjp_error *error)
{
    const struct vjp_bench_totals totals = {.results = bench->results,
                                            .timed = bench->timed,
                                            .failed = bench->failed,
                                            .skipped = (int64_t)shapes->n_skips,
                                            .seconds = vjp_clock_now() - start};
    const enum vjp_status status = vjp_bench_json_summary(bench->json, &totals, error);
    return status == VJP_OK ? vjp_sink_commit(bench->json, error) : status;
}

static enum vjp_status time_cases(const struct settings *s, const char *const *value,
                                  const struct vjp_bench_shapes *shapes, struct vjp_bench *bench,
                                  int *code, struct vjp_error *error)
{
    struct vjp_sink sink = {0};
    const struct vjp_case_list *cases = &shapes->cases;
    const double start = vjp_clock_now();
    enum vjp_status status = vjp_pipeline_check(cases, bench->targets, VJP_ORACLE_WHOLE, error);
    if (status == VJP_OK && value[JSON])
        status = vjp_sink_open(value[JSON], &sink, error);
    if (status != VJP_OK)
        return status;
    bench->json = &sink;
    bench->out = sink.file == stdout ? stderr : stdout;
    vjp_progress_init(&bench->progress, stderr);
    vjp_machine_init(&bench->machine);
    fprintf(bench->out, "vjpcheck %s, %s\n\n", VJP_VERSION, bench->machine.cpu);
    fflush(bench->out);
    if (sink.file)
        status = begin_json(s, value, shapes, bench, error);
    for (size_t i = 0; i < cases->count && status == VJP_OK; i++)
        status = vjp_bench_case(bench, &cases->cases[i], s->threads, s->n_threads, error);
    vjp_progress_erase(&bench->progress);
    if (value[AGAINST])
        vjp_bench_print_tally(&bench->tally, value[AGAINST], bench->out);
    vjp_bench_print_skips(shapes->skip, shapes->n_skips, bench->out);
    if (status == VJP_OK && sink.file)
        status = vjp_bench_json_tally(&sink, &bench->tally, error);
    if (status == VJP_OK && sink.file)
        status = end_json(bench, shapes, start, error);
    if (status == VJP_OK)
        *code = conclude(bench);
    vjp_sink_clear(&sink);
    return status;
}

static int bench_kernels(const struct vjp_arguments *arguments)
{
    const char *const *value = arguments->value;
    struct settings s = {0};
    struct vjp_error error;
    struct vjp_targets targets = {0}, peers = {0};
    struct vjp_bench_shapes shapes = {0};
    struct vjp_bench bench = {.targets = &targets};
    int code = VJP_EXIT_HARNESS;
    enum vjp_status status = read_settings(value, &s, &error);
    if (status == VJP_OK)
        status = vjp_targets_open(arguments->operands, arguments->n_operands, false, s.timeout,
                                  &targets, &error);
    if (status == VJP_OK && value[AGAINST]) {
        status = vjp_bench_peers_open(value[AGAINST], s.timeout, &s.peers, &peers, &error);
        bench.peers = &peers;
    }
    if (status == VJP_OK) {
        const struct vjp_bench_shapes_ask ask = {.file = value[SHAPES],
                                                 .sizes = s.sizes.count > 0 ? &s.sizes : NULL,
                                                 .layer = s.layer,
                                                 .targets = &targets,
                                                 .threads_given = s.n_threads > 0,
                                                 .apart = value[APART] != NULL};
        status = vjp_bench_shapes_read(&ask, &shapes, &error);
    }
    if (status == VJP_OK) {
        bench.seconds = s.time;
        status = time_cases(&s, value, &shapes, &bench, &code, &error);
    }
    vjp_bench_shapes_clear(&shapes);
    vjp_tally_clear(&bench.tally);
    vjp_targets_close(&peers);
    vjp_targets_close(&targets);
    free(s.peers);
    return status == VJP_OK ? code : vjp_cli_fail(status, &error);
}

static int compare_files(const struct vjp_arguments *arguments)
{
    const char *const *value = arguments->value;
    struct vjp_error error;
    double least = 0;
    int code = VJP_EXIT_HARNESS;
    enum vjp_status status = VJP_OK;
    for (int i = 0; options[i].name && status == VJP_OK; i++) {
        if (value[i] && i != COMPARE && i != FAIL_BELOW)
            status = vjp_fail(&error, VJP_ERR_USAGE,
                              "--compare times nothing: --%s has no use with it", options[i].name);
    }
    if (status == VJP_OK && arguments->n_operands != 1)
        status = vjp_fail(&error, VJP_ERR_USAGE, "--compare takes two files: --compare OLD NEW");
    if (status == VJP_OK && value[FAIL_BELOW]) {
        char *end;
        least = strtod(value[FAIL_BELOW], &end);
        if (end == value[FAIL_BELOW] || *end || !(least > 0 && least <= 1000))
            status =
                vjp_fail(&error, VJP_ERR_USAGE,
                         "--fail-below %s: expected a ratio above 0, as 0.95", value[FAIL_BELOW]);
    }
    if (status == VJP_OK)
        status =
            vjp_bench_compare_files(value[COMPARE], arguments->operands[0], least, &code, &error);
    return status == VJP_OK ? code : vjp_cli_fail(status, &error);
}

static int bench_oracle(const struct vjp_arguments *arguments)
{
    const char *const *value = arguments->value;
    struct vjp_bench_oracle_plan plan = {.seconds = ORACLE_SECONDS, .json = value[JSON]};
    struct vjp_error error;
    char *modules = NULL;
    enum vjp_status status = VJP_OK;
    for (int i = 0; options[i].name && status == VJP_OK; i++) {
        if (value[i] && i != TIME && i != JSON && i != SHAPE)
            status = vjp_fail(&error, VJP_ERR_USAGE, "--%s has no use with \"bench oracle\"",
                              options[i].name);
    }
    if (status == VJP_OK && arguments->n_operands != 1)
        status =
            vjp_fail(&error, VJP_ERR_USAGE,
                     "\"bench oracle\" times the oracle alone: \"%s\" is too much; a plug-in of "
                     "that name is ./oracle.so",
                     arguments->operands[1]);
    if (status == VJP_OK)
        status = vjp_bench_oracle_shape(value[SHAPE], &plan, &error);
    if (status == VJP_OK && value[TIME])
        status = vjp_option_seconds("time", value[TIME], &plan.seconds, &error);
    if (status == VJP_OK)
        status = vjp_path_beside_program("rivals", &modules, &error);
    if (status == VJP_OK) {
        plan.modules = modules;
        status = vjp_bench_oracle(&plan, &error);
    }
    free(modules);
    return status == VJP_OK ? VJP_EXIT_SOUND : vjp_cli_fail(status, &error);
}

static int run(const struct vjp_arguments *arguments)
{
    if (arguments->value[COMPARE])
        return compare_files(arguments);
    if (arguments->n_operands > 0 && strcmp(arguments->operands[0], "oracle") == 0)
        return bench_oracle(arguments);
    return bench_kernels(arguments);
}

const struct vjp_command vjp_command_bench = {
    .name = "bench",
    .operands = "[TARGET...|oracle]",
    .summary = "time kernels that are right, or the oracle",
    .help =
        "Each kernel is judged first, at the very shape; one whose verdict is not exact or pass\n"
        "gets no number, nor does one that crashes, hangs or is wrong after any block of timed\n"
        "calls: outputs are poisoned before each block, and what its last call left is compared\n"
        "with the answer that was judged. 9 calls before the blocks and 8 after them are blocks\n"
        "of their own, so an error in every 8th call is seen. A number of linear or matmul in\n"
        "f32 or f64 that is clearly above all that this machine can do is none. Without a\n"
        "TARGET every plug-in that ships takes part; without --shapes, shapes that are built\n"
        "in: production shapes of linear and matmul, of other layers modest ones. A shape of\n"
        "the file that accumulates is not timed, a result that grows being another case in each\n"
        "call, nor one that no TARGET serves or that stands there twice: a line at the end says\n"
        "so.\n\n"
        "time is the median of what a call takes, the same call on the same operands again and\n"
        "again, in the worker; quartiles their distance over the median. GFLOP/s counts the\n"
        "products and sums of linear, matmul and conv2d; GB/s every operand and gradient once.\n"
        "peak is what multiplications and additions in registers reach on this machine, by the\n"
        "instructions that are named and in the format that the kernel sums in; roof the least\n"
        "time in which the operations at that peak, and the bytes at the bandwidth of a working\n"
        "set of that size, could be done.\n\n"
        "--sizes takes every combination of some sizes for the dimensions of --layer; --apart\n"
        "makes of each case one for each gradient, for kernels that take such calls.\n\n"
        "speed is the time of --against over the kernel's, pair by pair: blocks of calls of\n"
        "both in turns, each in a process of its own, of which one rests. Its interval holds\n"
        "the median with 95 %. Of several peers each is timed alone first, case by case, and\n"
        "the fastest is raced. At the end stand geometric means over all cases. A machine is\n"
        "called too noisy where the quartiles of the times of fixed work, taken between the\n"
        "blocks, or of the kernel are more than 10 % apart.\n\n"
        "  vjpcheck bench avx2 blocked --against naive --layer linear\n"
        "  vjpcheck bench --json new.json && vjpcheck bench --compare old.json new.json\n\n"
        "bench oracle times the exact contraction of dx and dw of linear with N=64, D=M=4096,\n"
        "in turns with the two GEMMs in f64 of OpenBLAS on one thread, with mpfr_dot and with\n"
        "FLINT's arb_mat_mul at 128 bits; a slow one computes a part, which is shown, and its\n"
        "whole is extrapolated. On operands that are hard for it, it is timed in turns with\n"
        "itself on normal ones. Memory is the peak of a process that does nothing else. Each\n"
        "ratio stands beside its goal; the exit code is 0 whether that is met or not, and 3\n"
        "where a gradient fails its self-check. OPENBLAS_CORETYPE chooses OpenBLAS's code. A\n"
        "plug-in that is called oracle is named by its path: ./oracle.so.\n\n"
        "  vjpcheck bench oracle --json oracle.json\n\n"
        "Exit code 1: a kernel is not right or above the peak, or with --fail-below one is\n"
        "slower or has lost its number; 2: nothing was timed.",
    .min_operands = 0,
    .max_operands = INT_MAX,
    .options = options,
    .run = run,
};
