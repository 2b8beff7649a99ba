/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seeds FOLDER: writes what each fuzz target begins with to FOLDER/TARGET, by the project's own writers, and the
 * words of a case line to FOLDER/case_line.dict and case_list.dict. */
#include <dlpack/dlpack.h>
#include <errno.h>
#include <math.h>
#include <sys/stat.h>

#include "cases/gen/corpus.h"
#include "cases/gen/generate.h"
#include "cases/gen/npy.h"
#include "cases/line/list.h"
#include "cases/line/parse.h"
#include "impls/abi/vjp_plugin.h"
#include "impls/host/protocol.h"
#include "reports/render/bench_json.h"
#include "reports/render/campaign.h"
#include "reports/render/json.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seeds.h"

static void make_folder(const char *path)
{
    FUZZ_EXPECT(mkdir(path, 0777) == 0 || errno == EEXIST, "%s: %s", path, strerror(errno));
}

FILE *seed_create(const char *folder, const char *target, const char *name)
{
    char path[4096];
    make_folder(folder);
    snprintf(path, sizeof path, "%s/%s", folder, target);
    make_folder(path);
    snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
    FILE *out = fopen(path, "wbe");
    FUZZ_EXPECT(out, "%s: %s", path, strerror(errno));
    return out;
}

void seed_finish(FILE *out)
{
    FUZZ_EXPECT(fflush(out) == 0 && !ferror(out), "a seed cannot be written");
    fclose(out);
}

void seed_lines(const char *folder, const char *target, const char *name, char *text)
{
    FILE *all = seed_create(folder, target, name);
    char *rest = text;
    FUZZ_EXPECT(fputs(text, all) >= 0, "%s", name);
    seed_finish(all);
    for (int i = 0; *rest; i++) {
        char part[128];
        snprintf(part, sizeof part, "%s-%d", name, i);
        FILE *out = seed_create(folder, target, part);
        FUZZ_EXPECT(fprintf(out, "%s\n", strsep(&rest, "\n")) >= 0, "%s", part);
        seed_finish(out);
    }
    free(text);
}

/* The tensors of a case: elements of every kind, and indices where the layer has some. */
static void write_tensors(const char *folder, const struct vjp_case *c, const char *name)
{
    struct vjp_data data = {0};
    struct vjp_error error = {""};
    FUZZ_EXPECT(vjp_data_generate(c, &data, &error) == VJP_OK, "%s", error.text);
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        char file[128];
        if (!data.slot[slot].data || data.slot[slot].count > 64)
            continue;
        snprintf(file, sizeof file, "%s-%d.npy", name, slot);
        FILE *out = seed_create(folder, "npy", file);
        FUZZ_EXPECT(vjp_npy_write(out, &data.slot[slot], &error) == VJP_OK, "%s", error.text);
        seed_finish(out);
    }
    vjp_data_clear(&data);
}

/* Every pinned case is a line. One of each layer gives tensors. */
static void write_cases(const char *folder, const struct vjp_corpus *corpus)
{
    struct vjp_case_list list = {0};
    struct vjp_error error = {""};
    FUZZ_EXPECT(vjp_case_list_read_text(&list, corpus->name, corpus->text, &error) == VJP_OK, "%s",
                error.text);
    for (size_t i = 0; i < list.count; i++) {
        char name[128];
        struct vjp_text line = {0};
        snprintf(name, sizeof name, "%s-%zu", corpus->name, i);
        vjp_case_print(&list.cases[i], &line);
        FILE *out = seed_create(folder, "case_line", name);
        FUZZ_EXPECT(fputs(line.data, out) >= 0, "%s", name);
        seed_finish(out);
        if (i == 0)
            write_tensors(folder, &list.cases[i], name);
        vjp_text_clear(&line);
    }
    vjp_case_list_clear(&list);
    FILE *out = seed_create(folder, "case_list", corpus->name);
    FUZZ_EXPECT(fprintf(out, "%.1000s", corpus->text) >= 0, "%s", corpus->name);
    seed_finish(out);
}

/* The names that a layer's line may have, most of them more than once: libFuzzer does not mind. */
static void write_names(const struct vjp_spec *spec, FILE *out)
{
    fprintf(out, "\"%s\"\n\" | %s\"\n", spec->name, spec->name);
    for (int i = 0; i < spec->n_dims; i++)
        fprintf(out, "\" %s=\"\n", spec->dim[i]);
    for (int i = 0; i < spec->n_attrs; i++) {
        fprintf(out, "\" %s=\"\n", spec->attr[i].name);
        for (const char *const *choice = spec->attr[i].choices; choice && *choice; choice++)
            fprintf(out, "\"%s\"\n", *choice);
    }
    for (int slot = 0; slot < vjp_slot_count(spec); slot++) {
        char name[VJP_SLOT_NAME_MAX];
        fprintf(out, "\" %s=\"\n", vjp_slot_name(spec, slot, name, sizeof name));
    }
}

static void write_dictionary(const char *folder, const char *name)
{
    static const char *const others[] = {" dtype=",      "f16",        "bf16",
                                         "f32",          "f64",        ".ld=+",
                                         ".align=",      ".trans=1",   " seed=",
                                         "1.",           "2.",         "=[",
                                         "@a.npy",       "0x1p-3",     " accumulate=1",
                                         " grads=dx,dw", " threads=2", "-inf",
                                         "nan",          "#",          "9223372036854775807"};
    FILE *out = seed_create(folder, "", name);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        fprintf(out, "\"%s\"\n", others[i]);
    for (int generator = 0; generator < VJP_GEN_NAMED; generator++)
        fprintf(out, "\"=%s:\"\n", vjp_generator_info((enum vjp_generator)generator)->name);
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++)
        write_names(*spec, out);
    seed_finish(out);
}

static void write_bench(const char *folder)
{
    static const int threads[] = {1, 2};
    static const char *const targets[] = {"naive:linear", "avx2:linear"};
    const struct vjp_bench_header header = {.version = "1",
                                            .cpu = "CPU",
                                            .seconds = 1,
                                            .timeout = 10,
                                            .against = "onednn",
                                            .threads = threads,
                                            .n_threads = 2,
                                            .targets = targets,
                                            .n_targets = 2};
    const struct vjp_sample sample = {
        .n = 9, .median = 0.5, .q1 = 0.25, .q3 = 0.75, .low = NAN, .high = NAN};
    struct vjp_bench_result result = {.line = "linear dtype=f32 N=1 D=1 M=1",
                                      .target = "naive:linear",
                                      .plugin = "naive",
                                      .version = "1",
                                      .cpu = "CPU",
                                      .threads = 2,
                                      .verdict = "pass",
                                      .reason = "",
                                      .replay = "vjpcheck run",
                                      .timed = true,
                                      .calls = 90,
                                      .time = sample,
                                      .flops = 4,
                                      .bytes = 8,
                                      .peak = 16,
                                      .peak_name = "AVX2",
                                      .bandwidth = 64,
                                      .against = "onednn",
                                      .ratio = sample};
    const struct vjp_bench_skip skip = {.line = "linear dtype=f32 N=0 D=1 M=1", .reason = "why"};
    const struct vjp_bench_totals totals = {.results = 2, .timed = 1, .skipped = 1};
    struct vjp_error error = {""};
    struct vjp_sink sink = {.file = seed_create(folder, "bench_json", "bench.json"),
                            .path = "a seed"};
    enum vjp_status status = vjp_bench_json_header(&sink, &header, &error);
    if (status == VJP_OK)
        status = vjp_bench_json_skip(&sink, &skip, &error);
    if (status == VJP_OK)
        status = vjp_bench_json_write(&sink, &result, &error);
    result.timed = false;
    result.target = "avx2:linear";
    if (status == VJP_OK)
        status = vjp_bench_json_write(&sink, &result, &error);
    if (status == VJP_OK)
        status = vjp_bench_json_summary(&sink, &totals, &error);
    FUZZ_EXPECT(status == VJP_OK, "%s", error.text);
    seed_finish(sink.file);
}

/* A stream of every kind of line. */
static void write_stream(const char *folder)
{
    static const char *const targets[] = {"naive:linear"};
    const struct vjp_run_header header = {
        .version = "0.1.0", .seed = 0x5eed, .n_targets = 1, .targets = targets};
    const struct vjp_record record = {.line = "linear dtype=f32 N=1 D=1 M=1",
                                      .target = "naive:linear",
                                      .plugin = "naive",
                                      .kernel = "linear",
                                      .layer = "linear",
                                      .dtype = "f32",
                                      .ran = true,
                                      .verdict = VJP_VERDICT_PASS,
                                      .reason = "",
                                      .replay = "vjpcheck run",
                                      .elements = 5,
                                      .n_gradients = 2,
                                      .gradient = {{.name = "dx",
                                                    .count = 1,
                                                    .compared = 1,
                                                    .worst_ulp = INFINITY,
                                                    .worst_ratio = 0.5,
                                                    .settled = {[VJP_SETTLED_FILTER] = 1}},
                                                   {.name = "dw"}}};
    struct vjp_census census = {0};
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    struct vjp_sink sink = {.file = seed_create(folder, "stream", "stream.jsonl"),
                            .path = "a seed"};
    const struct vjp_campaign_record campaign = {.seed = 1, .shards = 1, .census = &census};
    const struct vjp_totals totals = {.checks = 1, .verdict = {[VJP_VERDICT_PASS] = 1}};
    enum vjp_status status = vjp_case_parse(record.line, &c, &error);
    if (status == VJP_OK)
        status = vjp_census_add(&census, &c, &error);
    if (status == VJP_OK)
        status = vjp_json_write_header(&sink, &header, &error);
    if (status == VJP_OK)
        status = vjp_json_write_record(&sink, &record, &error);
    if (status == VJP_OK)
        status = vjp_campaign_write(&sink, &campaign, &error);
    if (status == VJP_OK)
        status = vjp_json_write_summary(&sink, &totals, 1.5, &error);
    FUZZ_EXPECT(status == VJP_OK, "%s", error.text);
    seed_finish(sink.file);
    vjp_census_clear(&census);
    vjp_case_clear(&c);
}

/* A descriptor up to the end of its kernels. */
static void write_descriptor(const char *folder, const char *name,
                             const struct vjp_wire_descriptor *wire, int kernels)
{
    const size_t size =
        offsetof(struct vjp_wire_descriptor, kernel) + (size_t)kernels * sizeof wire->kernel[0];
    FILE *out = seed_create(folder, "describe", name);
    FUZZ_EXPECT(fwrite(wire, 1, size, out) == size, "%s", name);
    seed_finish(out);
}

/* Each of the names once as long as the contract allows and once one longer, which fills the wire. */
static void write_long_names(const char *folder, struct vjp_wire_descriptor wire)
{
    struct vjp_wire_kernel *k = &wire.kernel[0];
    const struct {
        char *name;
        size_t max;
    } names[] = {{wire.name, VJP_NAME_MAX},
                 {k->name, VJP_NAME_MAX},
                 {k->layer, VJP_LAYER_MAX},
                 {k->wants[0], VJP_WANT_MAX}};
    strcpy(k->layer, "unknown");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char file[32];
        memset(names[i].name, 'a', names[i].max - 1);
        snprintf(file, sizeof file, "long-%zu", i);
        write_descriptor(folder, file, &wire, 2);
        names[i].name[names[i].max - 1] = 'a';
        snprintf(file, sizeof file, "too-long-%zu", i);
        write_descriptor(folder, file, &wire, 2);
        names[i].name[1] = '\0';
    }
}

static void write_descriptors(const char *folder)
{
    static struct vjp_wire_descriptor wire = {
        .minor = VJP_ABI_MINOR,
        .name = "p",
        .version = "1.2",
        .n_kernels = 2,
        .kernel = {{.name = "k",
                    .layer = "softmax",
                    .summary = "does it",
                    .capabilities = VJP_ABI_DETERMINISTIC,
                    .alignment = 32,
                    .n_wants = 1,
                    .wants = {"y"},
                    .ulps = 2,
                    .n_tiles = 2,
                    .tiles = {16, 6},
                    .n_models = 2,
                    .model = {{.dtype = {kDLFloat, 32, 1}, .accumulate = {kDLFloat, 64, 1}},
                              {.dtype = {kDLBfloat, 16, 1},
                               .accumulate = {kDLFloat, 32, 1},
                               .flags = VJP_ABI_NARROW_OPERANDS}}},
                   {.name = "l",
                    .layer = "linear | relu",
                    .kinks = VJP_ABI_KINK_LOWER,
                    .n_models = 1,
                    .model = {{.dtype = {kDLFloat, 16, 1}, .accumulate = {kDLFloat, 16, 1}}}}}};
    write_descriptor(folder, "kernels", &wire, 2);
    write_long_names(folder, wire);
    wire.fp[0].mxcsr = 0x1f80;
    wire.fp[1].mxcsr = 0x9fc0;
    wire.n_kernels = 1;
    write_descriptor(folder, "fast-math", &wire, 1);
    for (int problem = VJP_LOAD_NO_SPACE; problem <= VJP_LOAD_N_TILES; problem++) {
        char name[32];
        snprintf(name, sizeof name, "problem-%d", problem);
        wire.problem = problem;
        snprintf(wire.text, sizeof wire.text, "text");
        write_descriptor(folder, name, &wire, 0);
    }
}

int main(int argc, char **argv)
{
    FUZZ_EXPECT(argc == 2, "seeds FOLDER");
    for (const struct vjp_corpus *corpus = vjp_corpora; corpus->name; corpus++)
        write_cases(argv[1], corpus);
    write_dictionary(argv[1], "case_line.dict");
    write_dictionary(argv[1], "case_list.dict");
    write_bench(argv[1]);
    write_stream(argv[1]);
    write_descriptors(argv[1]);
    seed_annex(argv[1]);
    return 0;
}
