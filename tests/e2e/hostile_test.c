/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All hostile kernels (impls/faulty/hostile_*.c) in one command, and a correct one behind them: each gets the
 * verdict that its file names, with the words that it says; the correct one is checked in full; nothing of
 * them is left, no process, no file, no shared memory. */
#include "tests/e2e/shell.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <time.h>

#include "reports/verdict/verdict.h"

#define FOLDER TEST_SOURCE_DIR "/impls/faulty"
#define PREFIX "hostile_"

#define PLANTS_MAX 128

/* Few, because a kernel that hangs takes its time in each. */
static const char common_cases[] = "linear dtype=f32 N=2 D=2 M=2 x=exact w=exact dy=exact\n"
                                   "linear dtype=f32 N=7 D=9 M=17 x=exact w=exact dy=exact\n";

struct plant {
    char name[64];
    char verdict[32];
    char says[128];
    char cases[128];
    int cases_seen;
    int worst;
    bool said;
};

static void read_word(const char *line, const char *key, char *out, size_t size)
{
    const char *value = strstr(line, key);
    if (!value)
        return;
    snprintf(out, size, "%.*s", (int)strcspn(value + strlen(key), "\n"), value + strlen(key));
    char *end = strstr(out, " */");
    if (end)
        *end = '\0';
}

static void read_plant(const char *file, struct plant *plant)
{
    char path[512];
    char line[512];
    *plant = (struct plant){.worst = -1};
    snprintf(plant->name, sizeof plant->name, "%.*s", (int)strlen(file) - 2, file);
    snprintf(path, sizeof path, FOLDER "/%s", file);
    FILE *source = fopen(path, "r");
    cr_assert_not_null(source, "%s", path);
    while (fgets(line, sizeof line, source)) {
        read_word(line, " * Verdict: ", plant->verdict, sizeof plant->verdict);
        read_word(line, " * Says: ", plant->says, sizeof plant->says);
        read_word(line, " * Case: ", plant->cases, sizeof plant->cases);
    }
    fclose(source);
    cr_assert(plant->verdict[0] && plant->says[0], "%s says nothing", path);
}

static int read_plants(struct plant plants[PLANTS_MAX])
{
    int count = 0;
    DIR *folder = opendir(FOLDER);
    cr_assert_not_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
            continue;
        cr_assert_lt(count, PLANTS_MAX);
        read_plant(entry->d_name, &plants[count++]);
    }
    closedir(folder);
    return count;
}

/* Writes the cases to a file; how many there are. */
static int write_cases(const char *path, const struct plant *plants, int n)
{
    int count = 2;
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(common_cases, file);
    for (int i = 0; i < n; i++) {
        if (plants[i].cases[0]) {
            fprintf(file, "%s\n", plants[i].cases);
            count++;
        }
    }
    cr_assert_eq(fclose(file), 0);
    return count;
}

static int verdict_of(const char *word)
{
    for (int v = 0; v < VJP_VERDICT_COUNT; v++) {
        if (strcmp(word, vjp_verdict_name((enum vjp_verdict)v)) == 0)
            return v;
    }
    return -1;
}

static void take_record(const json_t *record, struct plant *plants, int n)
{
    const char *kernel = json_string_value(json_object_get(record, "kernel"));
    const char *verdict = json_string_value(json_object_get(record, "verdict"));
    const char *reason = json_string_value(json_object_get(record, "reason"));
    for (int i = 0; kernel && verdict && i < n; i++) {
        struct plant *plant = &plants[i];
        const char *name = strrchr(kernel, ':');
        if (strcmp(name ? name + 1 : kernel, plant->name) != 0)
            continue;
        plant->cases_seen++;
        if (verdict_of(verdict) > plant->worst)
            plant->worst = verdict_of(verdict);
        if (strcmp(verdict, plant->verdict) == 0 && reason && strstr(reason, plant->says))
            plant->said = true;
    }
}

static void read_records(const char *path, struct plant *plants, int n)
{
    char *line = NULL;
    size_t size = 0;
    FILE *stream = fopen(path, "r");
    cr_assert_not_null(stream, "%s", path);
    while (getline(&line, &size, stream) > 0) {
        json_t *record = json_loads(line, 0, NULL);
        cr_assert_not_null(record, "no JSON: %s", line);
        take_record(record, plants, n);
        json_decref(record);
    }
    free(line);
    fclose(stream);
}

/* Orphans of the command have become our children: PR_SET_CHILD_SUBREAPER. Whom we kill the system ends in
 * its own time. */
static void expect_no_process(void)
{
    pid_t ended = 0;
    for (int i = 0; i < 200 && ended >= 0; i++) {
        while ((ended = waitpid(-1, NULL, WNOHANG | __WALL)) > 0)
            continue;
        if (ended == 0)
            usleep(5000);
    }
    cr_expect(ended == -1 && errno == ECHILD, "a process is left");
}

/* A file in the folder whose name has the part in it. */
static void expect_no_file(const char *path, const char *part)
{
    DIR *folder = opendir(path);
    cr_assert_not_null(folder, "%s", path);
    for (struct dirent *entry; (entry = readdir(folder));) {
        const char *name = entry->d_name;
        cr_expect(strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || !strstr(name, part),
                  "%s/%s is left", path, name);
    }
    closedir(folder);
}

Test(hostile, every_kernel_is_survived_and_told_and_leaves_nothing)
{
    static struct plant plants[PLANTS_MAX + 1];
    char folder[64], path[128];
    char targets[8192] = "";
    struct timespec start, end;
#if defined(__SANITIZE_ADDRESS__)
    cr_skip_test("AddressSanitizer would answer for the kernels, and nothing limit their memory");
#endif
    const int n = read_plants(plants);
    cr_assert_gt(n, 35);
    plants[n] = (struct plant){.name = "linear", .worst = -1};
    snprintf(path, sizeof path, "%s/all.cases", make_folder(folder));
    const int cases = write_cases(path, plants, n);
    for (int i = 0; i < n; i++)
        snprintf(targets + strlen(targets), sizeof targets - strlen(targets), " $B/faulty/%s.so",
                 plants[i].name);
    cr_assert_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    clock_gettime(CLOCK_MONOTONIC, &start);
    struct answer answer = sh("mkdir %s/cwd %s/tmp && cd %s/cwd && TMPDIR=%s/tmp $V check %s "
                              "naive:linear --cases ../all.cases --json ../out.json --timeout 0.3",
                              folder, folder, folder, folder, targets);
    clock_gettime(CLOCK_MONOTONIC, &end);
    expect_no_process();
    expect_code(&answer, 1);
    snprintf(path, sizeof path, "%s/out.json", folder);
    read_records(path, plants, n + 1);
    for (int i = 0; i < n; i++) {
        const char *worst =
            plants[i].worst < 0 ? "nothing" : vjp_verdict_name((enum vjp_verdict)plants[i].worst);
        cr_expect_eq(plants[i].cases_seen, cases, "%s: %d cases", plants[i].name,
                     plants[i].cases_seen);
        cr_expect_str_eq(worst, plants[i].verdict, "%s: %s, should be %s", plants[i].name, worst,
                         plants[i].verdict);
        cr_expect(plants[i].said, "%s: no reason says \"%s\":\n%s", plants[i].name, plants[i].says,
                  answer.out);
    }
    cr_expect_eq(plants[n].cases_seen, cases, "the correct kernel: %d cases", plants[n].cases_seen);
    cr_expect(plants[n].worst == VJP_VERDICT_EXACT || plants[n].worst == VJP_VERDICT_PASS);
    forget(&answer);
    snprintf(path, sizeof path, "%s/cwd", folder);
    expect_no_file(path, "");
    snprintf(path, sizeof path, "%s/tmp", folder);
    expect_no_file(path, "");
    expect_no_file("/tmp", "vjpcheck-hostile");
    expect_no_file("/dev/shm", "vjpcheck-hostile");
    cr_expect_eq(shmget(0x766a7063, 0, 0), -1, "a segment of shared memory is left");
    cr_expect_lt(end.tv_sec - start.tv_sec, 60);
    remove_folder(folder);
}
