/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker/state.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct vjp_state {
    sigset_t mask;
    stack_t stack; /* for the handlers of this thread */
    char *locale;
    locale_t thread_locale;
    size_t n_variables;
    char **variables; /* copies */
};

static void *get(void *memory)
{
    if (!memory) {
        perror("vjpcheck-worker");
        exit(EXIT_FAILURE);
    }
    return memory;
}

struct vjp_state *vjp_state_take(void)
{
    struct vjp_state *out = get(calloc(1, sizeof *out));
    sigprocmask(SIG_BLOCK, NULL, &out->mask);
    sigaltstack(NULL, &out->stack);
    out->locale = get(strdup(setlocale(LC_ALL, NULL)));
    out->thread_locale = uselocale((locale_t)0);
    while (environ && environ[out->n_variables])
        out->n_variables++;
    out->variables = get(calloc(out->n_variables + 1, sizeof *out->variables));
    for (size_t i = 0; environ && i < out->n_variables; i++)
        out->variables[i] = get(strdup(environ[i]));
    return out;
}

void vjp_state_destroy(struct vjp_state *state)
{
    for (size_t i = 0; i < state->n_variables; i++)
        free(state->variables[i]);
    free(state->variables);
    free(state->locale);
    free(state);
}

static bool has_changed_mask(const struct vjp_state *before, char *text, size_t size)
{
    sigset_t now = before->mask; /* the system knows only the beginning of it */
    sigprocmask(SIG_BLOCK, NULL, &now);
    if (memcmp(&now, &before->mask, sizeof now) == 0)
        return false;
    for (int s = 1; s < NSIG; s++) {
        if (sigismember(&now, s) == sigismember(&before->mask, s))
            continue;
        const char *name = sigabbrev_np(s);
        snprintf(text, size, "left the signal mask changed: SIG%s is %s", name ? name : "RT",
                 sigismember(&now, s) == 1 ? "blocked" : "no longer blocked");
        return true;
    }
    return false;
}

/* Threads may have such stacks each, and some languages' have: only the caller's counts. */
static bool has_changed_stack(const struct vjp_state *before, char *text, size_t size)
{
    stack_t now;
    if (sigaltstack(NULL, &now) != 0 ||
        (now.ss_sp == before->stack.ss_sp && now.ss_flags == before->stack.ss_flags))
        return false;
    snprintf(text, size, "left another stack for the signals of its thread (sigaltstack)");
    return true;
}

static bool has_changed_locale(const struct vjp_state *before, char *text, size_t size)
{
    const char *now = setlocale(LC_ALL, NULL);
    if (now && strcmp(now, before->locale) == 0 && uselocale((locale_t)0) == before->thread_locale)
        return false;
    snprintf(text, size, "left the locale changed from %.60s to %.60s", before->locale,
             now ? now : "?");
    return true;
}

static size_t name_length(const char *variable)
{
    return strcspn(variable, "=");
}

static bool has_name_of(const char *variable, const char *other)
{
    const size_t length = name_length(variable);
    return name_length(other) == length && memcmp(variable, other, length) == 0;
}

/* LLVM's runtime of OpenMP registers itself in a variable, too (kmp_runtime.cpp). */
static bool is_mark_of_runtime(const char *variable)
{
    return strncmp(variable, "__KMP_REGISTERED_LIB_", 21) == 0;
}

/* Says what became of the variable, which is there before (was), now, or both. */
static bool tell_variable(const char *was, const char *now, char *text, size_t size)
{
    const char *either = was ? was : now;
    if ((was && now && strcmp(was, now) == 0) || is_mark_of_runtime(either))
        return false;
    snprintf(text, size, "left the environment variable %.*s %s", (int)name_length(either), either,
             !was   ? "set, which was not"
             : !now ? "removed"
                    : "changed");
    return true;
}

static const char *find_variable(char *const *list, const char *variable)
{
    for (; list && *list; list++) {
        if (has_name_of(*list, variable))
            return *list;
    }
    return NULL;
}

static bool has_changed_variables(const struct vjp_state *before, char *text, size_t size)
{
    size_t same = 0;
    while (same < before->n_variables && environ && environ[same] &&
           strcmp(environ[same], before->variables[same]) == 0)
        same++;
    if (same == before->n_variables && (!environ || !environ[same]))
        return false;
    for (size_t i = same; i < before->n_variables; i++) {
        const char *was = before->variables[i];
        if (tell_variable(was, find_variable(environ, was), text, size))
            return true;
    }
    for (size_t i = same; environ && environ[i]; i++) {
        const char *now = environ[i];
        if (tell_variable(find_variable(before->variables, now), now, text, size))
            return true;
    }
    return false;
}

bool vjp_state_differs(const struct vjp_state *before, char *text, size_t size)
{
    return has_changed_mask(before, text, size) || has_changed_stack(before, text, size) ||
           has_changed_locale(before, text, size) || has_changed_variables(before, text, size);
}
