/* SPDX-License-Identifier: GPL-3.0-or-later */

/* oneDNN. linear: the backward primitives of the inner product, which know no accumulation; under
 * accumulate matmul primitives, and a reduction for db, with the old output as a post-op. matmul: matmul
 * primitives. Which implementation the library takes for a shape is its choice. */

#include <oneapi/dnnl/dnnl.h>

#include <omp.h>

#include "impls/abi/vjp_linear.h"
#include "impls/peers/matrix.h"

/* What a primitive reads or writes. */
struct argument {
    int index; /* DNNL_ARG_... */
    dnnl_memory_desc_t desc;
    void *data;
};

/* One primitive and its arguments. */
struct operation {
    const_dnnl_op_desc_t desc;
    const_dnnl_op_desc_t forward; /* the forward pass that it belongs to, or NULL */
    int adds;                     /* to what the output holds */
    int n_arguments;
    struct argument argument[4];
};

/* Whether the library has an implementation (computes == 0), or its work. */
struct session {
    const struct vjp_abi_call *call;
    int computes;
    dnnl_engine_t engine;
    dnnl_stream_t stream;
};

static dnnl_data_type_t data_type(const DLTensor *t)
{
    return t->dtype.code == kDLBfloat ? dnnl_bf16 : dnnl_f32;
}

/* The tensor as an argument, with its last two dimensions swapped where trans is set. */
static dnnl_status_t set_argument(struct operation *o, int index, const DLTensor *t, int64_t trans)
{
    struct argument *a = &o->argument[o->n_arguments++];
    dnnl_dims_t dims = {0}, strides = {0};
    for (int d = 0; d < t->ndim; d++) {
        const int from = trans && d >= t->ndim - 2 ? 2 * t->ndim - 3 - d : d;
        dims[d] = t->shape[from];
        strides[d] = t->strides[from];
    }
    a->index = index;
    a->data = vjp_abi_data(t);
    return dnnl_memory_desc_init_by_strides(&a->desc, t->ndim, dims, data_type(t), strides);
}

static dnnl_status_t execute(const struct session *s, const struct operation *o,
                             const_dnnl_primitive_desc_t desc)
{
    dnnl_primitive_t primitive = NULL;
    dnnl_memory_t memory[4] = {NULL};
    dnnl_exec_arg_t arg[4];
    dnnl_status_t status = dnnl_primitive_create(&primitive, desc);
    for (int i = 0; i < o->n_arguments && status == dnnl_success; i++) {
        status =
            dnnl_memory_create(&memory[i], &o->argument[i].desc, s->engine, o->argument[i].data);
        arg[i] = (dnnl_exec_arg_t){o->argument[i].index, memory[i]};
    }
    if (status == dnnl_success)
        status = dnnl_primitive_execute(primitive, s->stream, o->n_arguments, arg);
    if (status == dnnl_success)
        status = dnnl_stream_wait(s->stream);
    for (int i = 0; i < o->n_arguments; i++)
        dnnl_memory_destroy(memory[i]);
    dnnl_primitive_destroy(primitive);
    return status;
}

static dnnl_status_t perform(const struct session *s, const struct operation *o)
{
    dnnl_primitive_attr_t attr = NULL;
    dnnl_post_ops_t post = NULL;
    dnnl_primitive_desc_t forward = NULL, desc = NULL;
    dnnl_status_t status = dnnl_primitive_attr_create(&attr);
    if (status == dnnl_success)
        status = dnnl_post_ops_create(&post);
    if (status == dnnl_success && o->adds)
        status = dnnl_post_ops_append_sum(post, 1);
    if (status == dnnl_success)
        status = dnnl_primitive_attr_set_post_ops(attr, post);
    if (status == dnnl_success && o->forward)
        status = dnnl_primitive_desc_create(&forward, o->forward, NULL, s->engine, NULL);
    if (status == dnnl_success)
        status = dnnl_primitive_desc_create(&desc, o->desc, attr, s->engine, forward);
    if (status == dnnl_success && s->computes)
        status = execute(s, o, desc);
    dnnl_primitive_desc_destroy(desc);
    dnnl_primitive_desc_destroy(forward);
    dnnl_post_ops_destroy(post);
    dnnl_primitive_attr_destroy(attr);
    return status;
}

/* A tensor of a product, and whether its last two dimensions are to be swapped. */
struct factor {
    const DLTensor *t;
    int64_t trans;
};

/* Stored by columns, where the library's matmul wants the columns of a row side by side (oneDNN 2.6, developer
 * guide, MatMul, Data Layouts). */
static int is_turned(struct factor f)
{
    const int n = f.t->ndim - (f.trans ? 2 : 1);
    const int m = f.t->ndim - (f.trans ? 1 : 2);
    return f.t->shape[n] > 1 && f.t->strides[n] != 1 &&
           (f.t->shape[m] == 1 || f.t->strides[m] == 1);
}

static struct factor transposed(struct factor f)
{
    return (struct factor){f.t, !f.trans};
}

/* out = a b, under accumulate out += a b. Where out is turned, out^T = b^T a^T. */
static dnnl_status_t multiply(const struct session *s, struct factor out, struct factor a,
                              struct factor b)
{
    if (is_turned(out)) {
        const struct factor first = transposed(b);
        out = transposed(out);
        b = transposed(a);
        a = first;
    }
    dnnl_matmul_desc_t desc;
    struct operation o = {.desc = &desc, .adds = s->call->accumulate};
    dnnl_status_t status = set_argument(&o, DNNL_ARG_SRC, a.t, a.trans);
    if (status == dnnl_success)
        status = set_argument(&o, DNNL_ARG_WEIGHTS, b.t, b.trans);
    if (status == dnnl_success)
        status = set_argument(&o, DNNL_ARG_DST, out.t, out.trans);
    if (status == dnnl_success)
        status = dnnl_matmul_desc_init(&desc, &o.argument[0].desc, &o.argument[1].desc, NULL,
                                       &o.argument[2].desc);
    return status == dnnl_success ? perform(s, &o) : status;
}

/* db += the sum of the rows of dy, with db as a matrix of one row. */
static dnnl_status_t add_rows(const struct session *s, const struct vjp_linear *c)
{
    int64_t shape[2] = {1, c->M}, strides[2] = {c->M, c->db->strides[0]};
    DLTensor row = *c->db;
    row.ndim = 2;
    row.shape = shape;
    row.strides = strides;
    dnnl_reduction_desc_t desc;
    struct operation o = {.desc = &desc, .adds = s->call->accumulate};
    dnnl_status_t status = set_argument(&o, DNNL_ARG_SRC, c->dy, 0);
    if (status == dnnl_success)
        status = set_argument(&o, DNNL_ARG_DST, &row, 0);
    if (status == dnnl_success)
        status = dnnl_reduction_desc_init(&desc, dnnl_reduction_sum, &o.argument[0].desc,
                                          &o.argument[1].desc, 0, 0);
    return status == dnnl_success ? perform(s, &o) : status;
}

/* The library's weights are M x D: w transposed. */
static dnnl_status_t derive_x(const struct session *s, const struct vjp_linear *c)
{
    dnnl_inner_product_desc_t desc, forward;
    struct operation o = {.desc = &desc, .forward = &forward};
    const dnnl_memory_desc_t *dx = &o.argument[0].desc, *w = &o.argument[1].desc;
    const dnnl_memory_desc_t *dy = &o.argument[2].desc;
    dnnl_status_t status = set_argument(&o, DNNL_ARG_DIFF_SRC, c->dx, 0);
    if (status == dnnl_success)
        status = set_argument(&o, DNNL_ARG_WEIGHTS, c->w, 1);
    if (status == dnnl_success)
        status = set_argument(&o, DNNL_ARG_DIFF_DST, c->dy, 0);
    if (status == dnnl_success)
        status =
            dnnl_inner_product_forward_desc_init(&forward, dnnl_forward_training, dx, w, NULL, dy);
    if (status == dnnl_success)
        status = dnnl_inner_product_backward_data_desc_init(&desc, dx, w, dy);
    return status == dnnl_success ? perform(s, &o) : status;
}

/* dw and, with a bias, db. */
static dnnl_status_t derive_w(const struct session *s, const struct vjp_linear *c)
{
    dnnl_inner_product_desc_t desc, forward;
    struct operation o = {.desc = &desc, .forward = &forward};
    const dnnl_memory_desc_t *x = &o.argument[0].desc, *dw = &o.argument[1].desc;
    const dnnl_memory_desc_t *dy = &o.argument[2].desc;
    const dnnl_memory_desc_t *db = c->db ? &o.argument[3].desc : NULL;
    dnnl_status_t status = set_argument(&o, DNNL_ARG_SRC, c->x, 0);
    if (status == dnnl_success)
        status = set_argument(&o, DNNL_ARG_DIFF_WEIGHTS, c->dw, 1);
    if (status == dnnl_success)
        status = set_argument(&o, DNNL_ARG_DIFF_DST, c->dy, 0);
    if (status == dnnl_success && db)
        status = set_argument(&o, DNNL_ARG_DIFF_BIAS, c->db, 0);
    if (status == dnnl_success)
        status =
            dnnl_inner_product_forward_desc_init(&forward, dnnl_forward_training, x, dw, db, dy);
    if (status == dnnl_success)
        status = dnnl_inner_product_backward_weights_desc_init(&desc, x, dw, db, dy);
    return status == dnnl_success ? perform(s, &o) : status;
}

static dnnl_status_t linear_by(const struct session *s)
{
    const struct vjp_linear c = vjp_linear_of(s->call);
    const struct factor x = {c.x, 1}, w = {c.w, 1}, dy = {c.dy, 0};
    const int by_matmul = s->call->accumulate;
    dnnl_status_t status = dnnl_success;
    if (c.dx)
        status = by_matmul ? multiply(s, (struct factor){c.dx, 0}, dy, w) : derive_x(s, &c);
    if (status == dnnl_success && c.dw)
        status = by_matmul ? multiply(s, (struct factor){c.dw, 0}, x, dy) : derive_w(s, &c);
    if (status == dnnl_success && c.db && (by_matmul || !c.dw))
        status = add_rows(s, &c);
    return status;
}

static dnnl_status_t matmul_by(const struct session *s)
{
    const DLTensor *da = vjp_abi_output(s->call, "da"), *db = vjp_abi_output(s->call, "db");
    const int64_t ta = peer_attr(s->call, "trans_a"), tb = peer_attr(s->call, "trans_b");
    const struct factor dy = {vjp_abi_input(s->call, "dy"), 0};
    const struct factor a = {vjp_abi_input(s->call, "a"), !ta};
    const struct factor b = {vjp_abi_input(s->call, "b"), !tb};
    dnnl_status_t status = dnnl_success;
    if (da)
        status = multiply(s, (struct factor){da, ta}, dy, b);
    if (status == dnnl_success && db)
        status = multiply(s, (struct factor){db, tb}, a, dy);
    return status;
}

/* The number of threads is part of what a primitive descriptor is made for. */
static dnnl_status_t serve(const struct vjp_abi_call *call, int computes,
                           dnnl_status_t (*layer)(const struct session *s))
{
    struct session s = {.call = call, .computes = computes};
    omp_set_num_threads(call->threads);
    dnnl_status_t status = dnnl_engine_create(&s.engine, dnnl_cpu, 0);
    if (status == dnnl_success)
        status = dnnl_stream_create(&s.stream, s.engine, dnnl_stream_default_flags);
    if (status == dnnl_success)
        status = layer(&s);
    dnnl_stream_destroy(s.stream);
    dnnl_engine_destroy(s.engine);
    return status;
}

static int32_t supports(const struct vjp_abi_call *call, const char **reason,
                        dnnl_status_t (*layer)(const struct session *s))
{
    if (serve(call, 0, layer) == dnnl_success)
        return 1;
    *reason = "oneDNN makes no primitive for it";
    return 0;
}

static int32_t supports_linear(const struct vjp_abi_call *call, const char **reason)
{
    return supports(call, reason, linear_by);
}

static int32_t supports_matmul(const struct vjp_abi_call *call, const char **reason)
{
    return supports(call, reason, matmul_by);
}

/* A status of the library is positive, and VJP_ABI_UNSUPPORTED is 1: an error here is a failure. */
static int32_t run_linear(const struct vjp_abi_call *call)
{
    return serve(call, 1, linear_by) == dnnl_success ? VJP_ABI_DONE : -1;
}

static int32_t run_matmul(const struct vjp_abi_call *call)
{
    return serve(call, 1, matmul_by) == dnnl_success ? VJP_ABI_DONE : -1;
}

static const struct vjp_abi_model f32 = {
    .struct_size = sizeof(struct vjp_abi_model),
    .dtype = {kDLFloat, 32, 1},
    .accumulate = {kDLFloat, 32, 1},
};
static const struct vjp_abi_model bf16 = {
    .struct_size = sizeof(struct vjp_abi_model),
    .dtype = {kDLBfloat, 16, 1},
    .accumulate = {kDLFloat, 32, 1},
};
static const struct vjp_abi_model *const models[] = {&f32, &bf16};

static const struct vjp_abi_kernel linear = {
    .struct_size = sizeof(struct vjp_abi_kernel),
    .capabilities = VJP_ABI_DETERMINISTIC | VJP_ABI_SOME_GRADIENTS,
    .name = "linear",
    .layer = "linear",
    .summary = "inner product primitives; to accumulate, matmul and reduction with a sum",
    .n_models = sizeof models / sizeof models[0],
    .models = models,
    .supports = supports_linear,
    .run = run_linear,
};
static const struct vjp_abi_kernel matmul = {
    .struct_size = sizeof(struct vjp_abi_kernel),
    .capabilities = VJP_ABI_DETERMINISTIC | VJP_ABI_SOME_GRADIENTS,
    .name = "matmul",
    .layer = "matmul",
    .summary = "matmul primitives",
    .n_models = sizeof models / sizeof models[0],
    .models = models,
    .supports = supports_matmul,
    .run = run_matmul,
};
static const struct vjp_abi_kernel *const kernels[] = {&linear, &matmul};

const struct vjp_abi_plugin vjp_abi_descriptor = {
    .struct_size = sizeof(struct vjp_abi_plugin),
    .abi_major = VJP_ABI_MAJOR,
    .abi_minor = VJP_ABI_MINOR,
    .n_kernels = sizeof kernels / sizeof kernels[0],
    .name = "onednn",
    .version = VJP_VERSION,
    .kernels = kernels,
};
