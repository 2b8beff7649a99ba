/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/peak.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB (1 << 20)

/* What the work takes, in MiB: held from prepare on, only meanwhile in prepare, only meanwhile in run. */
struct sizes {
    size_t held, before, meanwhile;
};

static void *take(size_t mebibytes)
{
    char *memory =
        mmap(NULL, mebibytes * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(memory, MAP_FAILED);
    memset(memory, 1, mebibytes * MIB);
    return memory;
}

static enum vjp_status prepare(void *env, struct vjp_error *error)
{
    const struct sizes *sizes = env;
    (void)error;
    munmap(take(sizes->before), sizes->before * MIB);
    take(sizes->held);
    return VJP_OK;
}

static enum vjp_status run(void *env, struct vjp_error *error)
{
    const struct sizes *sizes = env;
    (void)error;
    munmap(take(sizes->meanwhile), sizes->meanwhile * MIB);
    return VJP_OK;
}

static enum vjp_status refuse(void *env, struct vjp_error *error)
{
    return vjp_fail(error, VJP_ERR_LIMIT, "%s", (const char *)env);
}

static enum vjp_status end_early(void *env, struct vjp_error *error)
{
    (void)env;
    (void)error;
    _exit(7);
}

/* 20 MiB held and 30 for a time are 50; not the 100 of prepare, nor the 200 of this process. What else a
 * process touches is below 4 MiB. */
Test(peak, counts_what_is_held_and_what_is_taken_meanwhile)
{
    struct sizes sizes = {.held = 20, .before = 100, .meanwhile = 30};
    const struct vjp_peak_work work = {prepare, run, &sizes};
    struct vjp_error error = {""};
    double bytes = 0;
    void *own = take(200);
    cr_assert_eq(vjp_peak_measure(&work, &bytes, &error), VJP_OK, "%s", error.text);
    cr_expect(bytes >= 50.0 * MIB && bytes < 54.0 * MIB, "%g MiB", bytes / MIB);
    munmap(own, 200 * (size_t)MIB);
}

Test(peak, an_error_is_handed_on)
{
    struct sizes sizes = {1, 1, 1};
    struct vjp_error error = {""};
    double bytes = -1;
    const struct vjp_peak_work early = {refuse, run, (void *)"too much"};
    cr_expect_eq(vjp_peak_measure(&early, &bytes, &error), VJP_ERR_LIMIT);
    cr_expect_str_eq(error.text, "too much");
    const struct vjp_peak_work ended = {prepare, end_early, &sizes};
    cr_expect_eq(vjp_peak_measure(&ended, &bytes, &error), VJP_ERR_IO);
    cr_expect_str_eq(error.text, "the process whose memory is measured ended with code 7");
    cr_expect_eq(bytes, -1);
}
