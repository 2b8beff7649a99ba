/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/ask.h"

#include "cases/line/parse.h"

#include <stdlib.h>
#include <string.h>

void vjp_ask_init(struct vjp_ask *out, const struct vjp_shrink *how)
{
    *out = (struct vjp_ask){.how = how, .limit = how->runs, .patience = 1};
}

void vjp_ask_clear(struct vjp_ask *ask)
{
    for (size_t i = 0; i < ask->size; i++)
        free(ask->table[i].line);
    free(ask->table);
    *ask = (struct vjp_ask){0};
}

void vjp_ask_end(struct vjp_ask *ask, enum vjp_status status, const struct vjp_error *error)
{
    if (ask->status == VJP_OK) {
        ask->status = status;
        ask->error = *error;
    }
    ask->ended = true;
}

void vjp_ask_extend(struct vjp_ask *ask, int64_t limit)
{
    ask->limit = limit;
    ask->ended = ask->stopped || ask->status != VJP_OK || (ask->steady && ask->unsteady);
}

static void end_of_memory(struct vjp_ask *ask)
{
    struct vjp_error error;
    vjp_ask_end(ask, vjp_fail(&error, VJP_ERR_MEMORY, "no memory for a smaller case"), &error);
}

/* FNV-1a (Fowler, Noll and Vo). */
static uint64_t hash(const char *line)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (; *line; line++)
        h = (h ^ (unsigned char)*line) * UINT64_C(0x100000001b3);
    return h;
}

/* Where the line is, or where it would come. The table is never full. */
static struct vjp_asked *find(const struct vjp_ask *ask, const char *line)
{
    size_t i = (size_t)hash(line) & (ask->size - 1);
    while (ask->table[i].line && strcmp(ask->table[i].line, line) != 0)
        i = (i + 1) & (ask->size - 1);
    return &ask->table[i];
}

/* At most half of the table is in use. */
static bool grow(struct vjp_ask *ask)
{
    if (2 * (ask->count + 1) <= ask->size)
        return true;
    struct vjp_ask larger = {.size = ask->size ? 2 * ask->size : 64};
    larger.table = calloc(larger.size, sizeof *larger.table);
    if (!larger.table)
        return false;
    for (size_t i = 0; i < ask->size; i++) {
        if (ask->table[i].line)
            *find(&larger, ask->table[i].line) = ask->table[i];
    }
    free(ask->table);
    ask->table = larger.table;
    ask->size = larger.size;
    return true;
}

/* Takes over line. */
static void note(struct vjp_ask *ask, char *line, enum vjp_answer answer, int nos)
{
    if (!line || !grow(ask)) {
        free(line);
        end_of_memory(ask);
        return;
    }
    struct vjp_asked *entry = find(ask, line);
    if (entry->line)
        free(line);
    else
        *entry = (struct vjp_asked){.line = line}, ask->count++;
    entry->answer = answer;
    entry->nos = nos;
}

/* The case's line, or NULL. The caller frees it. */
static char *line_of(const struct vjp_case *c)
{
    struct vjp_text text = {0};
    vjp_case_print(c, &text);
    if (text.failed)
        vjp_text_clear(&text);
    return text.data;
}

static enum vjp_answer run(struct vjp_ask *ask, const struct vjp_case *c)
{
    const struct vjp_shrink *how = ask->how;
    struct vjp_error error = {""};
    bool failed = false;
    ask->stopped |= how->stop && how->stop(how->env);
    if (ask->runs >= ask->limit || ask->stopped) {
        ask->ended = true;
        return VJP_ANSWER_NONE;
    }
    ask->runs++;
    const enum vjp_status status = how->fails(how->env, c, &failed, &error);
    if (status == VJP_OK)
        return failed ? VJP_ANSWER_YES : VJP_ANSWER_NO;
    if (status != VJP_ERR_USAGE && status != VJP_ERR_LIMIT)
        vjp_ask_end(ask, status, &error);
    return VJP_ANSWER_NONE;
}

enum vjp_answer vjp_ask_afresh(struct vjp_ask *ask, const struct vjp_case *c)
{
    return ask->ended ? VJP_ANSWER_NONE : run(ask, c);
}

enum vjp_answer vjp_ask_case(struct vjp_ask *ask, const struct vjp_case *c)
{
    struct vjp_asked known = {.answer = VJP_ANSWER_NO};
    if (ask->ended || vjp_case_validate(c, NULL) != VJP_OK)
        return VJP_ANSWER_NONE;
    char *line = line_of(c);
    if (line && ask->size > 0 && find(ask, line)->line)
        known = *find(ask, line);
    if (known.answer != VJP_ANSWER_NO || known.nos >= ask->patience) {
        free(line);
        return known.answer;
    }
    enum vjp_answer answer = VJP_ANSWER_NO;
    int nos = known.nos;
    while (answer == VJP_ANSWER_NO && nos < ask->patience) {
        answer = run(ask, c);
        nos += answer == VJP_ANSWER_NO;
    }
    if (ask->ended)
        free(line);
    else
        note(ask, line, answer, nos);
    ask->unsteady |= answer == VJP_ANSWER_YES && nos > 0;
    ask->ended |= ask->unsteady && ask->steady;
    return answer;
}

bool vjp_ask_copy(struct vjp_ask *ask, struct vjp_case *out, const struct vjp_case *from)
{
    struct vjp_error error;
    if (ask->ended)
        return false;
    const enum vjp_status status = vjp_case_copy(out, from, &error);
    if (status != VJP_OK)
        vjp_ask_end(ask, status, &error);
    return status == VJP_OK;
}

bool vjp_ask_take(struct vjp_ask *ask, struct vjp_case *best, struct vjp_case *candidate)
{
    struct vjp_error error;
    const enum vjp_status status = vjp_case_settle(candidate, &error);
    if (status == VJP_ERR_MEMORY)
        vjp_ask_end(ask, status, &error);
    const bool taken = status == VJP_OK && !vjp_case_is_equal(candidate, best) &&
                       vjp_ask_case(ask, candidate) == VJP_ANSWER_YES;
    if (taken) {
        vjp_case_clear(best);
        *best = *candidate;
        *candidate = (struct vjp_case){0};
    } else {
        vjp_case_clear(candidate);
    }
    return taken;
}
