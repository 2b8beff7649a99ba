/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The exact contraction of both gradients, as a reference has it made: the results, S, tails and what settled
 * each element are memory that each run asks the system for. */
#include "oracle/rival/kind.h"

#include "oracle/exact/solution.h"

#include <stdio.h>
#include <stdlib.h>

struct exact {
    const struct vjp_rival_task *task;
    struct vjp_solution solution[2];
};

static void forget(void *self)
{
    struct exact *e = self;
    for (int i = 0; i < 2; i++)
        vjp_solution_clear(&e->solution[i]);
}

static enum vjp_status run(void *self, struct vjp_error *error)
{
    struct exact *e = self;
    const struct vjp_rival_task *task = e->task;
    enum vjp_status status = VJP_OK;
    forget(e);
    for (int i = 0; i < 2 && status == VJP_OK; i++)
        status = vjp_solution_create(task->c, task->data, i, task->jobs, &e->solution[i], error);
    return status;
}

static int64_t place(const struct exact *e, int input, int64_t row, int64_t col)
{
    return row * e->task->product[input].cols + col;
}

static double get(const void *self, int input, int64_t row, int64_t col)
{
    const struct exact *e = self;
    const struct vjp_tensor *rounded = &e->solution[input].rounded;
    return vjp_bits_to_double(rounded->dtype, vjp_tensor_get(rounded, place(e, input, row, col)));
}

static double scale(const void *self, int input, int64_t row, int64_t col)
{
    const struct exact *e = self;
    return e->solution[input].scale[place(e, input, row, col)];
}

const char *vjp_rival_exact_instructions(void)
{
    return vjp_solution_instructions();
}

static void destroy(void *self)
{
    forget(self);
    free(self);
}

static enum vjp_status create(const struct vjp_rival_task *task, void **out, char *label,
                              struct vjp_error *error)
{
    struct exact *e = calloc(1, sizeof *e);
    if (!e)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a rival");
    e->task = task;
    snprintf(label, VJP_RIVAL_LABEL, "exact contraction (%s), %d thread%s",
             vjp_solution_instructions(), task->jobs, task->jobs == 1 ? "" : "s");
    *out = e;
    return VJP_OK;
}

const struct vjp_rival_kind vjp_rival_exact = {
    .create = create, .run = run, .forget = forget, .get = get, .scale = scale, .destroy = destroy};
