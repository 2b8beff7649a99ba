/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/limits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/bench/crew.h"

/* A run is shorter than a slice of the scheduler, so that some have a processor for themselves; all together
 * are as long as a frequency takes to settle. */
#define RUN_SECONDS 2e-3
#define RUNS        12
#define ALL_SECONDS 0.1

/* Bytes above which a stream is not made longer: no cache has room for a part of it that matters. */
#define STREAM_BYTES_MAX (INT64_C(1) << 30)

/* Work that can be made longer. */
struct job {
    const struct vjp_loops *loops;
    int format; /* VJP_LOOPS_F32 or F64 */
    char *memory;
    int64_t bytes; /* of one thread */
    int64_t times;
};

static void compute(void *env, int index)
{
    const struct job *job = env;
    (void)index;
    job->loops->fma[job->format](job->times);
}

static void read_part(void *env, int index)
{
    const struct job *job = env;
    job->loops->read(job->memory + index * job->bytes, job->bytes, job->times);
}

static void write_part(void *env, int index)
{
    const struct job *job = env;
    job->loops->write(job->memory + index * job->bytes, job->bytes, job->times);
}

/* The fewest seconds that one of job->times took: it is made so large that a run takes RUN_SECONDS. */
static enum vjp_status time_job(struct job *job, int threads, void (*work)(void *env, int index),
                                double *out, struct vjp_error *error)
{
    double least = INFINITY;
    double all = 0;
    int runs = 0;
    job->times = 1;
    while (runs < RUNS || all < ALL_SECONDS) {
        double seconds;
        if (!vjp_crew_time(threads, work, job, &seconds))
            return vjp_fail(error, VJP_ERR_IO, "the system gives no %d threads", threads);
        if (seconds < RUN_SECONDS && job->times < INT64_MAX / 4) {
            job->times *= 2;
            continue;
        }
        runs++;
        all += seconds;
        if (seconds / (double)job->times < least)
            least = seconds / (double)job->times;
    }
    *out = least;
    return VJP_OK;
}

enum vjp_status vjp_limits_peak(const struct vjp_loops *loops, enum vjp_dtype format, int threads,
                                double *out, struct vjp_error *error)
{
    struct job job = {.loops = loops, .format = format == VJP_F64 ? VJP_LOOPS_F64 : VJP_LOOPS_F32};
    double seconds;
    const enum vjp_status status = time_job(&job, threads, compute, &seconds, error);
    if (status == VJP_OK)
        *out = threads * loops->fma_flops[job.format] / seconds;
    return status;
}

enum vjp_status vjp_limits_bandwidth(const struct vjp_loops *loops, int64_t bytes, int threads,
                                     struct vjp_bandwidth *out, struct vjp_error *error)
{
    struct job job = {.loops = loops};
    double read, write;
    const int64_t unit = (int64_t)threads * VJP_LOOPS_BYTES;
    if (bytes > STREAM_BYTES_MAX)
        bytes = STREAM_BYTES_MAX;
    job.bytes = (bytes + unit - 1) / unit * VJP_LOOPS_BYTES;
    if (job.bytes == 0)
        job.bytes = VJP_LOOPS_BYTES;
    const size_t size = (size_t)(job.bytes * threads);
    job.memory = aligned_alloc(VJP_LOOPS_BYTES, size);
    if (!job.memory)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory to measure its bandwidth");
    memset(job.memory, 1, size);
    enum vjp_status status = time_job(&job, threads, read_part, &read, error);
    if (status == VJP_OK)
        status = time_job(&job, threads, write_part, &write, error);
    if (status == VJP_OK)
        *out = (struct vjp_bandwidth){.read = (double)size / read, .write = (double)size / write};
    free(job.memory);
    return status;
}

char *vjp_limits_cpu(char *text, int size)
{
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "re");
    snprintf(text, (size_t)size, "unknown");
    while (file && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        line[strcspn(line, "\n")] = '\0';
        snprintf(text, (size_t)size, "%s", colon + 1 + strspn(colon + 1, " "));
        break;
    }
    if (file)
        fclose(file);
    return text;
}
