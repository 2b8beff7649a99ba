/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_LAYERING_SCAN_H
#define VJP_TESTS_LAYERING_SCAN_H

#include "cases/base/text.h"
#include "tests/layering_rules.h"

#include <criterion/criterion.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const source_folders[] = {"cases", "impls", "oracle", "reports", NULL};

static inline bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static inline bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text);
    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static inline bool is_source(const char *path)
{
    return ends_with(path, ".c") || ends_with(path, ".h") || ends_with(path, ".inc");
}

/* The file root/path as a string, to be freed; NULL where it cannot be read. */
static inline char *read_text(const char *root, const char *path)
{
    char name[4096];
    snprintf(name, sizeof name, "%s/%s", root, path);
    FILE *file = fopen(name, "rb");
    if (!file)
        return NULL;
    char *text = NULL;
    size_t size = 0;
    const ssize_t length = getdelim(&text, &size, EOF, file); /* to the end: no byte is EOF */
    fclose(file);
    if (length < 0) {
        free(text);
        return strdup("");
    }
    return text;
}

/* Calls visit with every file below root/folders[], by its path from the root; returns how many. */
static inline int each_file(const char *root, const char *const *folders,
                            void (*visit)(const char *root, const char *path, void *env), void *env)
{
    int files = 0;
    for (; *folders; folders++) {
        char start[4096];
        snprintf(start, sizeof start, "%s/%s", root, *folders);
        char *const paths[] = {start, NULL};
        FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
        cr_assert_not_null(walk);
        for (FTSENT *entry; (entry = fts_read(walk));) {
            if (entry->fts_info != FTS_F)
                continue;
            visit(root, entry->fts_path + strlen(root) + 1, env);
            files++;
        }
        fts_close(walk);
    }
    return files;
}

struct include {
    bool found;  /* the line is an include at all */
    bool system; /* <...> */
    char name[256];
};

/* Reads one line, which may end in '\n'. What starts as an include but is none that can be followed
 * (a macro, no closing quote) has an empty name. */
static inline struct include parse_include(const char *line)
{
    struct include include = {0};
    line += strspn(line, " \t");
    if (*line++ != '#')
        return include;
    line += strspn(line, " \t");
    if (!starts_with(line, "include"))
        return include;
    line += strlen("include");
    line += strspn(line, " \t");
    include.found = true;
    include.system = *line == '<';
    if (*line != '<' && *line != '"')
        return include;
    const size_t length = strcspn(line + 1, include.system ? ">\n" : "\"\n");
    if (line[1 + length] != (include.system ? '>' : '"') || length >= sizeof include.name)
        return include;
    memcpy(include.name, line + 1, length);
    return include;
}

static inline int header_group_of(const char *header)
{
    for (size_t i = 0; i < sizeof header_groups / sizeof *header_groups; i++) {
        const char *name = header_groups[i].name;
        if (ends_with(name, "/") ? starts_with(header, name) : strcmp(header, name) == 0)
            return header_groups[i].group;
    }
    return 0;
}

static inline const struct layer_rule *layer_rule_of(const char *path)
{
    const struct layer_rule *best = NULL;
    for (size_t i = 0; i < sizeof layer_rules / sizeof *layer_rules; i++) {
        const struct layer_rule *rule = &layer_rules[i];
        if (starts_with(path, rule->folder) &&
            (!best || strlen(rule->folder) > strlen(best->folder)))
            best = rule;
    }
    return best;
}

/* Where an include of a project header leads, from the root. Only what a kernel's author takes along
 * (impls/abi, and the example) names its neighbours bare. */
static inline void resolve(const char *path, const char *name, char *out, size_t size)
{
    const bool alone = starts_with(path, "impls/abi/") || starts_with(path, "impls/example/");
    snprintf(out, size, "%s%s", alone && !strchr(name, '/') ? "impls/abi/" : "", name);
}

/* What the build makes holds the names of layers and nothing else; each_real.inc includes the kernel that
 * includes it. */
static inline bool is_harmless(const char *path, const char *name, const char *line)
{
    return starts_with(name, "generated/") ||
           (strcmp(path, "impls/naive/each_real.inc") == 0 &&
            strcmp(line + strspn(line, " "), "#include VJP_SELF") == 0);
}

/* Judges one line of the file at path: NULL where it is no include or an allowed one, else why it is
 * refused. */
static inline const char *judge_line(const char *path, const char *line)
{
    const struct include include = parse_include(line);
    if (!include.found || is_harmless(path, include.name, line))
        return NULL;
    if (!*include.name)
        return "an include that cannot be followed";
    const struct layer_rule *rule = layer_rule_of(path);
    if (!rule)
        return "the folder has no rule in tests/layering_rules.h";
    if (include.system) {
        const int group = header_group_of(include.name);
        if (!group)
            return "the header is in no group of tests/layering_rules.h";
        return group & rule->outside ? NULL : "the folder may not include that library";
    }
    char target[512];
    resolve(path, include.name, target, sizeof target);
    for (size_t i = 0; i < sizeof rule->project / sizeof *rule->project && rule->project[i]; i++) {
        const char *allowed = rule->project[i];
        if (ends_with(allowed, "/") ? starts_with(target, allowed) : strcmp(target, allowed) == 0)
            return NULL;
    }
    return "the folder may not include that part of the project";
}

/* Adds a complaint, "path: line: why", for every include that is refused. */
static inline void judge_file(const char *root, const char *path, void *complaints)
{
    if (!is_source(path))
        return;
    char *text = read_text(root, path);
    cr_assert_not_null(text, "%s", path);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        const char *why = judge_line(path, line);
        if (why)
            vjp_text_add(complaints, "%s: %s: %s\n", path, line, why);
    }
    free(text);
}

/* The project headers that were seen on the way. */
struct closure {
    char seen[512][256];
    int count;
};

/* Whether path includes, itself or through project headers, a header of one of the groups; then
 * trail, of size characters, says through which. */
static inline bool reaches(const char *root, const char *path, int groups, struct closure *closure,
                           struct vjp_text *trail)
{
    for (int i = 0; i < closure->count; i++) {
        if (strcmp(closure->seen[i], path) == 0)
            return false;
    }
    cr_assert_lt(closure->count, 512);
    snprintf(closure->seen[closure->count++], sizeof closure->seen[0], "%s", path);
    char *text = read_text(root, path);
    cr_assert_not_null(text, "%s is included but not there", path);
    bool found = false;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line && !found;
         line = strtok_r(NULL, "\n", &rest)) {
        const struct include include = parse_include(line);
        if (!include.found || is_harmless(path, include.name, line))
            continue;
        char target[512];
        resolve(path, include.name, target, sizeof target);
        if (include.system)
            found = (header_group_of(include.name) & groups) != 0;
        else
            found = reaches(root, target, groups, closure, trail);
        if (found)
            vjp_text_add(trail, "%s <- %s\n", include.name, path);
    }
    free(text);
    return found;
}

/* Adds the trail of every file that sees what reach_rules keep from it. */
static inline void judge_reach(const char *root, const char *path, void *complaints)
{
    if (!is_source(path))
        return;
    for (size_t i = 0; i < sizeof reach_rules / sizeof *reach_rules; i++) {
        if (!starts_with(path, reach_rules[i].folder))
            continue;
        struct closure *closure = calloc(1, sizeof *closure);
        cr_assert_not_null(closure);
        reaches(root, path, reach_rules[i].outside, closure, complaints);
        free(closure);
    }
}

#endif
