/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_BASE_STATUS_H
#define VJP_CASES_BASE_STATUS_H

/* How a function of the harness itself ended. Not an outcome (what happened to the process of a
 * kernel: impls/host/observation.h) and not a verdict (what we conclude: reports/verdict). */
enum vjp_status {
    VJP_OK = 0,
    VJP_ERR_USAGE,    /* the user's input is wrong: a case line, a file, a plug-in; exit code 2 */
    VJP_ERR_LIMIT,    /* the input is well formed but exceeds a stated limit; exit code 2 */
    VJP_ERR_IO,       /* the system refused: a full disk, a failed read, no process; exit code 3 */
    VJP_ERR_MEMORY,   /* an allocation failed; exit code 3 */
    VJP_ERR_INTERNAL, /* our own fault; exit code 3 */
};

#define VJP_MUST_CHECK          __attribute__((warn_unused_result))
#define VJP_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* What went wrong, in words for the user: what, where, what was expected. The caller's storage;
 * set only by a function that returns something else than VJP_OK. */
struct vjp_error {
    char text[1024];
};

/* Formats the message into *error, cut at its size; error may be NULL. */
void vjp_error_set(struct vjp_error *error, const char *format, ...) VJP_PRINTF(2, 3);

static inline enum vjp_status vjp_status_same(enum vjp_status status)
{
    return status;
}

/* vjp_error_set, and the value is status, so that a failing function ends in one line:
 *     return vjp_fail(error, VJP_ERR_LIMIT, "rank %d exceeds the limit of %d", rank, limit);
 * A macro because a static analyzer, which reads one file at a time, has to see that the value is
 * what was given: outputs are set where it is VJP_OK. Each argument is evaluated once. */
#define vjp_fail(error, status, ...) (vjp_error_set(error, __VA_ARGS__), vjp_status_same(status))

/* Puts a formatted prefix before the message that is already there: "file.cases:7: " and such. */
void vjp_error_prefix(struct vjp_error *error, const char *format, ...) VJP_PRINTF(2, 3);

#endif
