/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/rival/rival.h"

#include "oracle/rival/kind.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { X, W, DY, N_OPERANDS = 3 };

struct vjp_rival {
    const struct vjp_rival_kind *kind;
    struct vjp_rival_task task;
    double *operand[N_OPERANDS]; /* x, w, dy as doubles, where the kind wants them */
    void *self;
    bool ran;
    char label[VJP_RIVAL_LABEL];
};

static enum vjp_status load_flint(const char *modules, const struct vjp_rival_kind **out,
                                  struct vjp_error *error)
{
#ifdef VJP_RIVAL_HAS_FLINT
    char path[4096];
    snprintf(path, sizeof path, "%s/flint.so", modules);
    /* NODELETE: what FLINT keeps for a thread is freed when that ends, by code that must be there then. */
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!module)
        return vjp_fail(error, VJP_ERR_IO, "not loaded: %s", dlerror());
    *out = dlsym(module, VJP_RIVAL_FLINT_SYMBOL);
    dlclose(module);
    return *out ? VJP_OK : vjp_fail(error, VJP_ERR_IO, "%s is no module of this program", path);
#else
    (void)modules;
    (void)out;
    return vjp_fail(error, VJP_ERR_IO, "not built: libflint-arb-dev was not found");
#endif
}

static enum vjp_status find_kind(const struct vjp_rival_request *request,
                                 const struct vjp_rival_kind **out, struct vjp_error *error)
{
    switch (request->kind) {
    case VJP_RIVAL_EXACT:
        *out = &vjp_rival_exact;
        return VJP_OK;
    case VJP_RIVAL_OPENBLAS:
        *out = &vjp_rival_openblas;
        return VJP_OK;
    case VJP_RIVAL_MPFR_DOT:
        *out = &vjp_rival_mpfr_dot;
        return VJP_OK;
    case VJP_RIVAL_FLINT:
        break;
    }
    return load_flint(request->modules, out, error);
}

static enum vjp_status copy_operands(struct vjp_rival *r, const struct vjp_data *data,
                                     struct vjp_error *error)
{
    static const int slots[N_OPERANDS] = {[X] = 0, [W] = 1, [DY] = 3}; /* 2 is the bias */
    for (int i = 0; i < N_OPERANDS; i++) {
        const struct vjp_tensor *t = &data->slot[slots[i]];
        double *copy = malloc(((size_t)t->count + 1) * sizeof *copy);
        if (!copy)
            return vjp_fail(error, VJP_ERR_MEMORY, "no memory for operands in f64");
        for (int64_t e = 0; e < t->count; e++)
            copy[e] = vjp_bits_to_double(t->dtype, vjp_tensor_get(t, e));
        r->operand[i] = copy;
    }
    return VJP_OK;
}

/* Halves the longer side until there is no more than that to do: wide and high, the part is as the whole is. The
 * gradients have the same number of products, so they are halved as often. */
static void choose_part(struct vjp_rival_product *p, int64_t products_max)
{
    p->part_rows = p->rows;
    p->part_cols = p->cols;
    while (products_max > 0 && p->part_rows * p->part_cols * p->terms > products_max &&
           p->part_rows * p->part_cols > 1) {
        int64_t *longer = p->part_rows > p->part_cols ? &p->part_rows : &p->part_cols;
        *longer = (*longer + 1) / 2;
    }
}

static void plan(struct vjp_rival *r)
{
    const struct vjp_case *c = r->task.c;
    const int64_t N = c->dim[0], D = c->dim[1], M = c->dim[2];
    const struct vjp_rival_matrix x_turned = {r->operand[X], D, true};
    const struct vjp_rival_matrix w_turned = {r->operand[W], M, true};
    const struct vjp_rival_matrix dy = {r->operand[DY], M, false};
    r->task.product[0] =
        (struct vjp_rival_product){.rows = N, .cols = D, .terms = M, .left = dy, .right = w_turned};
    r->task.product[1] =
        (struct vjp_rival_product){.rows = D, .cols = M, .terms = N, .left = x_turned, .right = dy};
    for (int i = 0; i < 2; i++)
        choose_part(&r->task.product[i], r->kind->products_max);
}

enum vjp_status vjp_rival_create(const struct vjp_rival_request *request, struct vjp_rival **out,
                                 struct vjp_error *error)
{
    const struct vjp_case *c = request->c;
    const struct vjp_rival_kind *kind = NULL;
    if (strcmp(c->spec->name, "linear") != 0 || c->attr[0] != 0 || c->accumulate || c->dim[0] < 1 ||
        c->dim[1] < 1 || c->dim[2] < 1)
        return vjp_fail(
            error, VJP_ERR_USAGE,
            "expected a case of linear with bias=0 and accumulate=0 and no empty operand");
    enum vjp_status status = find_kind(request, &kind, error);
    if (status != VJP_OK)
        return status;
    struct vjp_rival *r = calloc(1, sizeof *r);
    if (!r)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a rival");
    r->kind = kind;
    r->task = (struct vjp_rival_task){.c = c, .data = request->data, .jobs = request->jobs};
    if (kind->wants_doubles)
        status = copy_operands(r, request->data, error);
    plan(r);
    if (status == VJP_OK)
        status = kind->create(&r->task, &r->self, r->label, error);
    if (status == VJP_OK)
        *out = r;
    else
        vjp_rival_destroy(r);
    return status;
}

void vjp_rival_destroy(struct vjp_rival *rival)
{
    if (!rival)
        return;
    if (rival->self)
        rival->kind->destroy(rival->self);
    for (int i = 0; i < N_OPERANDS; i++)
        free(rival->operand[i]);
    free(rival);
}

enum vjp_status vjp_rival_run(struct vjp_rival *rival, struct vjp_error *error)
{
    const enum vjp_status status = rival->kind->run(rival->self, error);
    rival->ran = status == VJP_OK;
    return status;
}

void vjp_rival_forget(struct vjp_rival *rival)
{
    if (!rival->kind->forget)
        return;
    rival->kind->forget(rival->self);
    rival->ran = false;
}

double vjp_rival_share(const struct vjp_rival *rival)
{
    double all = 0, part = 0;
    for (int i = 0; i < 2; i++) {
        const struct vjp_rival_product *p = &rival->task.product[i];
        all += (double)p->rows * (double)p->cols * (double)p->terms;
        part += (double)p->part_rows * (double)p->part_cols * (double)p->terms;
    }
    return part / all;
}

const char *vjp_rival_label(const struct vjp_rival *rival)
{
    return rival->label;
}

static bool is_computed(const struct vjp_rival *rival, int input, int64_t row, int64_t col)
{
    const struct vjp_rival_product *p = &rival->task.product[input];
    return rival->ran && row >= 0 && row < p->part_rows && col >= 0 && col < p->part_cols;
}

bool vjp_rival_scale(const struct vjp_rival *rival, int input, int64_t row, int64_t col,
                     double *out)
{
    if (!rival->kind->scale || !is_computed(rival, input, row, col))
        return false;
    *out = rival->kind->scale(rival->self, input, row, col);
    return true;
}

bool vjp_rival_element(const struct vjp_rival *rival, int input, int64_t row, int64_t col,
                       double *out)
{
    if (!is_computed(rival, input, row, col))
        return false;
    *out = rival->kind->get(rival->self, input, row, col);
    return true;
}
