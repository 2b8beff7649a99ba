/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/peak.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child has to say. */
struct report {
    enum vjp_status status;
    double bytes;
    struct vjp_error error;
};

/* A line of /proc/self/status, "VmHWM:     1234 kB", in bytes. */
static enum vjp_status read_count(const char *key, double *bytes, struct vjp_error *error)
{
    char line[256];
    long long kilobytes = -1;
    const size_t length = strlen(key);
    FILE *file = fopen("/proc/self/status", "re");
    while (file && kilobytes < 0 && fgets(line, sizeof line, file)) {
        if (strncmp(line, key, length) == 0 && line[length] == ':' &&
            sscanf(line + length + 1, "%lld", &kilobytes) != 1) /* NOLINT(cert-err34-c) */
            break;
    }
    if (file)
        fclose(file);
    if (kilobytes < 0)
        return vjp_fail(error, VJP_ERR_IO, "/proc/self/status has no %s", key);
    *bytes = 1024.0 * (double)kilobytes;
    return VJP_OK;
}

/* From now on VmHWM counts from what is resident now (proc(5), clear_refs: 5). */
static enum vjp_status reset_peak(struct vjp_error *error)
{
    FILE *file = fopen("/proc/self/clear_refs", "we");
    const bool written = file && fputs("5", file) >= 0;
    if (!file || fclose(file) != 0 || !written)
        return vjp_fail(error, VJP_ERR_IO, "/proc/self/clear_refs: %s", strerror(errno));
    return VJP_OK;
}

static void work_and_count(const struct vjp_peak_work *work, struct report *out)
{
    double before = 0, peak = 0;
    struct vjp_error *error = &out->error;
    out->status = read_count("VmRSS", &before, error);
    if (out->status == VJP_OK)
        out->status = work->prepare(work->env, error);
    if (out->status == VJP_OK)
        out->status = reset_peak(error);
    if (out->status == VJP_OK)
        out->status = work->run(work->env, error);
    if (out->status == VJP_OK)
        out->status = read_count("VmHWM", &peak, error);
    out->bytes = peak - before;
}

enum vjp_status vjp_peak_measure(const struct vjp_peak_work *work, double *bytes,
                                 struct vjp_error *error)
{
    struct report report = {0};
    int end[2];
    if (pipe(end) != 0)
        return vjp_fail(error, VJP_ERR_IO, "no pipe: %s", strerror(errno));
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        close(end[0]);
        work_and_count(work, &report);
        const ssize_t sent = write(end[1], &report, sizeof report); /* below PIPE_BUF: at once */
        _exit(sent == (ssize_t)sizeof report ? 0 : 1);
    }
    close(end[1]);
    const ssize_t got = child > 0 ? read(end[0], &report, sizeof report) : 0;
    close(end[0]);
    if (child < 0)
        return vjp_fail(error, VJP_ERR_IO, "no process: %s", strerror(errno));
    int how = 0;
    while (waitpid(child, &how, 0) < 0 && errno == EINTR)
        continue;
    if (got != (ssize_t)sizeof report)
        return vjp_fail(error, VJP_ERR_IO, "the process whose memory is measured ended with %s %d",
                        WIFSIGNALED(how) ? "signal" : "code",
                        WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how));
    if (report.status != VJP_OK)
        return vjp_fail(error, report.status, "%s", report.error.text);
    *bytes = report.bytes;
    return VJP_OK;
}
