/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/surroundings.h"

#include "cases/gen/random.h"
#include "oracle/metric/reference.h"
#include "reports/bench/limits.h"
#include "reports/render/escape.h"
#include "reports/render/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "GCC " __VERSION__
#endif

void vjp_surroundings_quote(const char *words, size_t size, struct vjp_text *out)
{
    vjp_text_add(out, "%s", "");
    for (size_t at = 0; at < size && memchr(words + at, '\0', size - at);
         at += strlen(words + at) + 1) {
        const char *word = words + at;
        const char *slash = at == 0 ? strrchr(word, '/') : NULL;
        vjp_text_add(out, "%s", at == 0 ? "" : " ");
        vjp_escape_shell(out, slash ? slash + 1 : word);
    }
}

/* The command line, as the system has it; empty where it cannot be read. */
static void read_command(struct vjp_text *out)
{
    FILE *file = fopen("/proc/self/cmdline", "re");
    char *words = NULL;
    size_t size = 0;
    FILE *memory = file ? open_memstream(&words, &size) : NULL;
    char buffer[4096];
    size_t got;
    while (memory && (got = fread(buffer, 1, sizeof buffer, file)) > 0)
        fwrite(buffer, 1, got, memory);
    if (memory)
        fclose(memory);
    if (file)
        fclose(file);
    vjp_surroundings_quote(words ? words : "", words ? size : 0, out);
    free(words);
}

static void write_libraries(char *text, int size)
{
    char oracle[128];
    vjp_reference_libraries(oracle, sizeof oracle);
    snprintf(text, (size_t)size, "%s, %s, %s", oracle, vjp_random_library(), vjp_json_library());
}

static enum vjp_status look_at_plugins(const struct vjp_targets *targets,
                                       struct vjp_surroundings *s, struct vjp_error *error)
{
    const size_t count = (size_t)targets->count;
    s->plugin = calloc(count + 1, sizeof *s->plugin);
    s->sha256 = calloc(count + 1, sizeof *s->sha256);
    if (!s->plugin || !s->sha256)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (int i = 0; i < targets->count; i++) {
        const struct vjp_target *target = &targets->target[i];
        vjp_sha256_file(target->path, s->sha256[i]);
        s->plugin[i] = (struct vjp_run_plugin){.target = target->name,
                                               .name = target->info->name,
                                               .version = target->info->version,
                                               .sha256 = s->sha256[i]};
    }
    return VJP_OK;
}

enum vjp_status vjp_surroundings_look(const struct vjp_targets *targets,
                                      struct vjp_surroundings *out, struct vjp_error *error)
{
    struct utsname system;
    struct tm utc;
    const time_t now = time(NULL);
    *out = (struct vjp_surroundings){.command = {0}};
    const enum vjp_status status = look_at_plugins(targets, out, error);
    if (status != VJP_OK) {
        vjp_surroundings_clear(out);
        return status;
    }
    read_command(&out->command);
    if (gmtime_r(&now, &utc))
        strftime(out->started, sizeof out->started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    vjp_limits_cpu(out->cpu, sizeof out->cpu);
    if (uname(&system) == 0)
        snprintf(out->system, sizeof out->system, "%s %s %s", system.sysname, system.release,
                 system.machine);
    write_libraries(out->libraries, sizeof out->libraries);
    out->info = (struct vjp_run_info){.version = VJP_VERSION,
                                      .command = out->command.failed ? "" : out->command.data,
                                      .started = out->started,
                                      .cpu = out->cpu,
                                      .system = out->system,
                                      .compiler = COMPILER,
                                      .libraries = out->libraries,
                                      .processors = sysconf(_SC_NPROCESSORS_ONLN),
                                      .n_plugins = targets->count,
                                      .plugin = out->plugin};
    return VJP_OK;
}

enum vjp_status vjp_surroundings_text(const struct vjp_targets *targets, struct vjp_text *out,
                                      struct vjp_error *error)
{
    struct vjp_surroundings surroundings;
    enum vjp_status status = vjp_surroundings_look(targets, &surroundings, error);
    if (status != VJP_OK)
        return status;
    status = vjp_json_run_text(&surroundings.info, out, error);
    vjp_surroundings_clear(&surroundings);
    return status;
}

enum vjp_status vjp_surroundings_append(const struct vjp_targets *targets, const char *folder,
                                        struct vjp_error *error)
{
    struct vjp_text line = {0}, path = {0};
    vjp_text_add(&path, "%s/run.jsonl", folder);
    enum vjp_status status = path.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                                         : vjp_surroundings_text(targets, &line, error);
    FILE *file = status == VJP_OK ? fopen(path.data, "ae") : NULL;
    const bool written = file && fputs(line.data, file) >= 0;
    const bool closed = file && fclose(file) == 0;
    if (status == VJP_OK && (!written || !closed))
        status =
            vjp_fail(error, VJP_ERR_IO, "%s: cannot be written: %s", path.data, strerror(errno));
    vjp_text_clear(&line);
    vjp_text_clear(&path);
    return status;
}

void vjp_surroundings_clear(struct vjp_surroundings *surroundings)
{
    vjp_text_clear(&surroundings->command);
    free(surroundings->plugin);
    free(surroundings->sha256);
    *surroundings = (struct vjp_surroundings){.command = {0}};
}
