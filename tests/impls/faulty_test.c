/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every planted defect gets the verdict that its file names, every kernel that ships passes the same
 * cases. The plants are those of the catalogue that the build makes of their files. */
#include "cases/gen/suite.h"
#include "cases/line/parse.h"
#include "reports/selftest/catalogue.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <dirent.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Cases in which every plant may show, beside the one that its file names: sizes about the vector
 * and block lengths, exact and rounded data, paddings, offsets, bias, accumulation, threads, and the
 * same shape again with other values. */
static const char common_cases[] =
    "linear dtype=f32 N=1 D=1 M=1\n"
    "linear dtype=f32 N=2 D=3 M=2 x=[1,2,3,4,5,6] w=[1,2,3,4,5,6] dy=[1,2,3,4]\n"
    "linear dtype=f32 N=2 D=2 M=2 x=[1,2,3,4] w=[5,6,7,8] dy=[1,-1,2,3]\n"
    "linear dtype=f32 N=7 D=9 M=17 x=exact w=exact dy=exact\n"
    "linear dtype=f32 N=33 D=15 M=31 x=exact w=exact dy=exact bias=1 b=exact\n"
    "linear dtype=f32 N=16 D=16 M=16 x=exact w=exact dy=exact dx.ld=+3 dw.ld=+1\n"
    "linear dtype=f32 N=5 D=8 M=7 x=exact w=exact dy=exact x.ld=+2 w.ld=+3 dy.ld=+1\n"
    "linear dtype=f32 N=5 D=4 M=6 accumulate=1\n"
    "linear dtype=f32 N=9 D=10 M=11 bias=1\n"
    "linear dtype=f32 N=8 D=8 M=8 x.align=4 w.align=4 dy.align=4 dx.align=4 dw.align=4\n"
    "linear dtype=f32 N=17 D=33 M=65 threads=2 x=exact w=exact dy=exact\n"
    "linear dtype=f32 N=65 D=3 M=64 dy=cancel:1e4\n"
    "linear dtype=f32 N=4 D=5 M=6 x=subnormal w=subnormal dy=pow2\n"
    "linear dtype=f32 N=3 D=3 M=3 x=wide w=wide dy=wide\n"
    "linear dtype=f32 N=3 D=4 M=5 x=special w=special dy=special\n"
    "linear dtype=f32 N=0 D=2 M=3\n"
    "linear dtype=f32 N=2 D=0 M=3\n"
    "linear dtype=f32 N=1 D=1 M=1 x=exact w=exact dy=exact seed=2\n"
    "linear dtype=f32 N=2 D=2 M=2 x=exact w=exact dy=exact seed=3\n"
    "linear dtype=f32 N=2 D=2 M=2 x=exact w=exact dy=exact seed=4\n"
    "linear dtype=f64 N=2 D=2 M=2 x=[1,2,3,4] w=[5,6,7,8] dy=[1,-1,2,3]\n"
    "linear dtype=f64 N=7 D=9 M=17\n"
    "linear dtype=f64 N=33 D=15 M=31 bias=1\n";

struct plant {
    char name[64];
    enum vjp_verdict verdict;
    char cases[512]; /* the "Case:" lines of its file */
};

static struct vjp_catalogue read_catalogue(void)
{
    struct vjp_catalogue catalogue;
    struct vjp_error error = {""};
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(TEST_BINARY_DIR "/faulty/catalogue.txt", "r");
    cr_assert_not_null(file);
    cr_assert_gt(getdelim(&text, &size, '\0', file), 0);
    cr_assert_eq(vjp_catalogue_read("catalogue.txt", text, &catalogue, &error), VJP_OK, "%s",
                 error.text);
    fclose(file);
    free(text);
    return catalogue;
}

/* Whether the build asks for the plant: for all, or under instruments for some (tests/CMakeLists.txt). */
static bool is_asked(const char *name)
{
    FILE *names = fopen(TEST_BINARY_DIR "/generated/plants.txt", "r");
    char line[64];
    bool found = !TEST_INSTRUMENTED;
    cr_assert_not_null(names);
    while (!found && fgets(line, sizeof line, names)) {
        line[strcspn(line, "\n")] = '\0';
        found = strcmp(line, name) == 0;
    }
    fclose(names);
    return found;
}

static void free_plants(struct criterion_test_params *parameters)
{
    cr_free(parameters->params);
}

/* Criterion runs each in a process of its own, to which the plants are copied. */
ParameterizedTestParameters(faulty, gets_its_verdict)
{
    struct vjp_catalogue catalogue = read_catalogue();
    struct plant *plants = cr_calloc((size_t)catalogue.count, sizeof *plants);
    size_t asked = 0;
    for (int i = 0; i < catalogue.count; i++) {
        const struct vjp_plant *plant = &catalogue.plant[i];
        struct plant *copy = &plants[asked];
        if (!is_asked(plant->name))
            continue;
        const char *cases = plant->cases ? plant->cases : "";
        cr_assert_lt(strlen(plant->name), sizeof copy->name);
        cr_assert_lt(strlen(cases), sizeof copy->cases);
        strcpy(copy->name, plant->name);
        strcpy(copy->cases, cases);
        copy->verdict = plant->verdict;
        asked++;
    }
    vjp_catalogue_clear(&catalogue);
    return cr_make_param_array(struct plant, plants, asked, free_plants);
}

/* A naive kernel with a line changed. */
static bool is_altered(const struct plant *plant)
{
    char path[512];
    snprintf(path, sizeof path, TEST_SOURCE_DIR "/impls/faulty/%s.diff", plant->name);
    return access(path, F_OK) == 0;
}

/* Runs a command; its exit code, or -1. */
static int run(const char *command)
{
    const int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The worst verdict of which the summary, the last line of the stream, counts at least one; -1 where
 * there is no summary. */
static int worst_verdict(const char *path)
{
    int worst = -1;
    FILE *stream = fopen(path, "r");
    cr_assert_not_null(stream, "%s", path);
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stream) > 0) {
        json_t *record = json_loads(line, 0, NULL);
        cr_assert_not_null(record, "no JSON: %s", line);
        const json_t *counts = json_object_get(record, "verdicts");
        for (int v = 0; counts && v < VJP_VERDICT_COUNT; v++) {
            if (json_integer_value(json_object_get(counts, vjp_verdict_name((enum vjp_verdict)v))))
                worst = v;
        }
        json_decref(record);
    }
    free(line);
    fclose(stream);
    return worst;
}

/* The cases of a plant's file, and where it is a linear layer of its own those in which every such plant may show.
 * One is enough for a kernel that never returns, and takes as long as the timeout. */
static void write_cases(FILE *file, const struct plant *plant)
{
    fputs(plant->cases, file);
    if (plant->verdict == VJP_VERDICT_HUNG)
        fputs("linear dtype=f32 N=1 D=1 M=1\n", file);
    else if (!is_altered(plant))
        fputs(common_cases, file);
}

ParameterizedTest(struct plant *plant, faulty, gets_its_verdict)
{
    char plugin[512];
    snprintf(plugin, sizeof plugin, TEST_BINARY_DIR "/faulty/%s.so", plant->name);
    cr_assert_eq(access(plugin, R_OK), 0, "%s was not built", plugin);

    char folder[] = "/tmp/vjp-faulty-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    char cases[64];
    char json[64];
    snprintf(cases, sizeof cases, "%s/all.cases", folder);
    snprintf(json, sizeof json, "%s/out.json", folder);
    FILE *file = fopen(cases, "w");
    cr_assert_not_null(file);
    write_cases(file, plant);
    fclose(file);

    /* Without cases of its own an altered kernel is given those of its layer that are built in. */
    const bool by_layer = is_altered(plant) && !*plant->cases;
    char command[2048];
    snprintf(command, sizeof command,
             TEST_BINARY_DIR "/vjpcheck check %s %s %s --json %s --timeout 0.5 >%s/log 2>&1",
             plugin, by_layer ? "--count" : "--cases", by_layer ? "0" : cases, json, folder);
    const int code = run(command);
    const int worst = code == 1 ? worst_verdict(json) : -1;
    snprintf(command, sizeof command, "rm -r %s", folder);
    run(command);
    cr_expect_eq(code, 1, "%s: exit code %d", plant->name, code);
    cr_expect_eq(worst, (int)plant->verdict, "%s: %s, should be %s", plant->name,
                 worst < 0 ? "no verdict" : vjp_verdict_name((enum vjp_verdict)worst),
                 vjp_verdict_name(plant->verdict));
}

/* So that the plants' verdicts are not those of a harness that refuses everybody. */
Test(faulty, the_kernels_that_ship_pass_the_same_cases)
{
    struct vjp_catalogue catalogue = read_catalogue();
    char cases[] = "/tmp/vjp-faulty-XXXXXX";
    const int fd = mkstemp(cases);
    cr_assert_geq(fd, 0);
    FILE *file = fdopen(fd, "w");
    cr_assert_not_null(file);
    fputs(common_cases, file);
    for (int i = 0; i < catalogue.count; i++)
        fputs(catalogue.plant[i].cases ? catalogue.plant[i].cases : "", file);
    fclose(file);
    vjp_catalogue_clear(&catalogue);
    char command[512];
    snprintf(command, sizeof command,
             TEST_BINARY_DIR "/vjpcheck check naive blocked %s --cases %s >&2",
             __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? "avx2" : "", cases);
    const int code = run(command);
    unlink(cases);
    cr_expect_eq(code, 0, "%s: exit code %d", command, code);
}

/* Writes the generated cases of a layer in which an operand is shifted to file; how many there are. */
static int write_shifted(FILE *file, const char *layer, enum vjp_dtype dtype)
{
    int count = 0;
    for (int64_t i = 0; i < VJP_SUITE_COUNT; i++) {
        struct vjp_case c = {0};
        struct vjp_text line = {0};
        cr_assert_eq(vjp_suite_case(vjp_spec_find(layer), dtype, 1, i, &c, NULL), VJP_OK);
        vjp_case_print(&c, &line);
        if (strstr(line.data, "=shifted")) {
            fprintf(file, "%s\n", line.data);
            count++;
        }
        vjp_text_clear(&line);
        vjp_case_clear(&c);
    }
    return count;
}

Test(faulty, generated_cases_find_variance_in_one_pass)
{
    static const char *const layers[] = {"layernorm", "batchnorm"};
    for (int k = 0; k < 4; k++) {
        const char *layer = layers[k / 2];
        const enum vjp_dtype dtype = k % 2 ? VJP_F64 : VJP_F32;
        char cases[] = "/tmp/vjp-faulty-XXXXXX";
        char command[512];
        const int fd = mkstemp(cases);
        cr_assert_geq(fd, 0);
        FILE *file = fdopen(fd, "w");
        cr_assert_not_null(file);
        const int count = write_shifted(file, layer, dtype);
        fclose(file);
        snprintf(command, sizeof command,
                 TEST_BINARY_DIR "/vjpcheck check " TEST_BINARY_DIR
                                 "/faulty/one_pass_variance.so:%s_in_one_pass --cases %s >&2",
                 layer, cases);
        const int planted = run(command);
        snprintf(command, sizeof command, TEST_BINARY_DIR "/vjpcheck check naive:%s --cases %s >&2",
                 layer, cases);
        const int correct = run(command);
        unlink(cases);
        cr_expect_gt(count, VJP_SUITE_COUNT / 20, "%s: %d", layer, count);
        cr_expect_eq(planted, 1, "%s, dtype %d: exit code %d", layer, (int)dtype, planted);
        cr_expect_eq(correct, 0, "%s, dtype %d: exit code %d", layer, (int)dtype, correct);
    }
}

/* And each of them is told of: none is forgotten by the catalogue. */
Test(faulty, there_is_a_plant_of_every_class)
{
    struct vjp_catalogue catalogue = read_catalogue();
    uint64_t classes = 0;
    int files = 0;
    DIR *folder = opendir(TEST_SOURCE_DIR "/impls/faulty");
    cr_assert_not_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        const char *dot = strrchr(entry->d_name, '.');
        files += dot && (strcmp(dot, ".c") == 0 || strcmp(dot, ".diff") == 0);
    }
    closedir(folder);
    for (int i = 0; i < catalogue.count; i++)
        classes |= catalogue.plant[i].classes;
    cr_expect_eq(catalogue.count, files);
    cr_expect_geq(catalogue.count, 75);
    for (int number = 1; number < VJP_FAULT_CLASSES; number++)
        cr_expect(!vjp_fault_class_name(number) || classes >> number & 1,
                  "no plant of class %d: %s", number, vjp_fault_class_name(number));
    vjp_catalogue_clear(&catalogue);
}
