/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_REPORTS_CLI_PLANTED_H
#define VJP_TESTS_REPORTS_CLI_PLANTED_H

/* A plant with its worker as the only target. */

#include "reports/cli/targets.h"
#include "tests/impls/host/plant.h"

struct planted {
    struct plant plant;
    char label[16]; /* "plant:plant" */
    struct vjp_target target;
    struct vjp_targets targets;
};

/* What the kernel does, and the compiler's flags, as plant_kernel has them; seconds of a call, 0 for the usual. The struct
 * points into itself: it stays where it is. */
static inline void planted_open(struct planted *p, const char *act, const char *flags,
                                double seconds)
{
    struct vjp_error error = {""};
    memset(p, 0, sizeof *p);
    strcpy(p->label, "plant:plant");
    plant_kernel(&p->plant, act, flags);
    p->targets =
        (struct vjp_targets){.target = &p->target,
                             .count = 1,
                             .options = {.executable = PLANT_WORKER, .call_seconds = seconds}};
    p->target = (struct vjp_target){
        .name = p->label, .path = p->plant.path, .selected = {true}, .label = {p->label}};
    cr_assert_eq(vjp_worker_create(p->plant.path, &p->targets.options, &p->target.worker, &error),
                 VJP_OK, "%s", error.text);
    p->target.info = vjp_worker_info(p->target.worker);
}

static inline void planted_close(struct planted *p)
{
    vjp_worker_destroy(p->target.worker);
    if (p->target.spare)
        vjp_worker_destroy(p->target.spare);
    plant_remove(&p->plant);
}

#endif
