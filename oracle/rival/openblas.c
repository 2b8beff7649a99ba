/* SPDX-License-Identifier: GPL-3.0-or-later */

/* OpenBLAS, loaded while the program runs, for two reasons. It starts threads as soon as it is loaded, and must not in
 * a program that has no other use for it. And the program has GSL's CBLAS, with functions of the same names: a
 * module that is linked with OpenBLAS would get those. What dlsym finds by a library's handle is its own. */
#include "oracle/rival/kind.h"

#ifndef VJP_RIVAL_HAS_OPENBLAS

static enum vjp_status create(const struct vjp_rival_task *task, void **out, char *label,
                              struct vjp_error *error)
{
    (void)task;
    (void)out;
    (void)label;
    return vjp_fail(error, VJP_ERR_IO, "not built: libopenblas-dev was not found");
}

const struct vjp_rival_kind vjp_rival_openblas = {.create = create};

#else

#include <cblas.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The name that versions 0.2 and later are linked by. */
#define LIBRARY "libopenblas.so.0"

struct openblas {
    const struct vjp_rival_task *task;
    __typeof__(&cblas_dgemm) dgemm;
    __typeof__(&openblas_set_num_threads) set_threads;
    __typeof__(&openblas_get_config) config;
    __typeof__(&openblas_get_corename) corename;
    double *out[2];
};

static enum vjp_status run(void *self, struct vjp_error *error)
{
    struct openblas *o = self;
    (void)error;
    for (int i = 0; i < 2; i++) {
        const struct vjp_rival_product *p = &o->task->product[i];
        o->dgemm(CblasRowMajor, p->left.turned ? CblasTrans : CblasNoTrans,
                 p->right.turned ? CblasTrans : CblasNoTrans, (blasint)p->rows, (blasint)p->cols,
                 (blasint)p->terms, 1, p->left.at, (blasint)p->left.ld, p->right.at,
                 (blasint)p->right.ld, 0, o->out[i], (blasint)p->cols);
    }
    return VJP_OK;
}

static double get(const void *self, int input, int64_t row, int64_t col)
{
    const struct openblas *o = self;
    return o->out[input][row * o->task->product[input].cols + col];
}

static void destroy(void *self)
{
    struct openblas *o = self;
    free(o->out[0]);
    free(o->out[1]);
    free(o);
}

/* A function through the object pointer that dlsym has for it, which POSIX allows and C does not. */
static bool look_up(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

static enum vjp_status load(struct openblas *o, struct vjp_error *error)
{
    /* Read when it is loaded. */
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    /* NODELETE: it has handlers that are called when the program ends. */
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library)
        return vjp_fail(error, VJP_ERR_IO, "not loaded: %s", dlerror());
    const bool found = look_up(library, "cblas_dgemm", &o->dgemm) &&
                       look_up(library, "openblas_set_num_threads", &o->set_threads) &&
                       look_up(library, "openblas_get_config", &o->config) &&
                       look_up(library, "openblas_get_corename", &o->corename);
    dlclose(library);
    return found ? VJP_OK
                 : vjp_fail(error, VJP_ERR_IO, "not loaded: " LIBRARY " is no OpenBLAS: %s",
                            dlerror());
}

static enum vjp_status create(const struct vjp_rival_task *task, void **out, char *label,
                              struct vjp_error *error)
{
    struct openblas *o = calloc(1, sizeof *o);
    enum vjp_status status = o ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "no memory for a rival");
    if (status == VJP_OK) {
        o->task = task;
        status = load(o, error);
    }
    for (int i = 0; i < 2 && status == VJP_OK; i++) {
        const struct vjp_rival_product *p = &task->product[i];
        o->out[i] = malloc((size_t)(p->rows * p->cols) * sizeof(double));
        if (!o->out[i])
            status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for a product in f64");
    }
    if (status != VJP_OK) {
        if (o)
            destroy(o);
        return status;
    }
    /* Where it was built with OpenMP the environment says something else. */
    o->set_threads(1);
    /* The configuration begins with "OpenBLAS 0.3.21 ". */
    const char *config = o->config();
    const size_t name = strcspn(config, " ");
    const size_t version = config[name] ? name + 1 + strcspn(config + name + 1, " ") : name;
    snprintf(label, VJP_RIVAL_LABEL, "%.*s dgemm (%.40s)", (int)(version < 40 ? version : 40),
             config, o->corename());
    *out = o;
    return VJP_OK;
}

const struct vjp_rival_kind vjp_rival_openblas = {
    .wants_doubles = true, .create = create, .run = run, .get = get, .destroy = destroy};

#endif
