/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_FAULTY_FAULTY_H
#define VJP_IMPLS_FAULTY_FAULTY_H

/* What the plants share: a correct backward of the linear layer, its parts open to tampering. A
 * plant is one file with one defect,
 *
 *     static void run(struct faulty_call *c)
 *     {
 *         c->dy.row_step = 0;            the defect
 *         faulty_linear(c);              all else is right
 *     }
 *     FAULTY_PLUGIN(name, run);
 *
 * and its first comment says what is wrong, in which classes of classes.inc that belongs ("Class:
 * <number>, <number>") and the worst verdict that it gets ("Verdict: <name>"). "Case: <line>" is one that shows
 * it: where the generated cases may miss it, and where one is enough. Plants in other layers are naive kernels with a
 * line changed: altered.h.
 *
 * The base: f32, with FAULTY_F64 defined f64; contiguous or padded rows, accumulate or overwrite,
 * bias, any size, one thread, deterministic. */

#include "impls/abi/vjp_linear.h"

#ifdef FAULTY_F64
#define REAL double
#else
#define REAL float
#endif

/* Element (i, j) is at[i * row_step + j * col_step]. at is NULL for a tensor that is not there. */
struct faulty_matrix {
    REAL *at;
    int64_t rows, cols;
    int64_t row_step, col_step;
};

struct faulty_call {
    int64_t N, D, M;
    struct faulty_matrix x, w, dy;
    struct faulty_matrix dx, dw, db; /* db: 1 x M */
    struct faulty_matrix ones;       /* 1 x N: db = ones dy */
    int accumulate;
    int threads;
    REAL (*add_term)(REAL sum, REAL a, REAL b);
    void (*put)(REAL *out, REAL sum, int accumulate);
};

static inline REAL faulty_add_term(REAL sum, REAL a, REAL b)
{
    return sum + a * b;
}

static inline void faulty_put(REAL *out, REAL sum, int accumulate)
{
    *out = accumulate ? *out + sum : sum;
}

static inline REAL *faulty_at(struct faulty_matrix m, int64_t i, int64_t j)
{
    return m.at + i * m.row_step + j * m.col_step;
}

static inline struct faulty_matrix faulty_transposed(struct faulty_matrix m)
{
    const struct faulty_matrix t = {m.at, m.cols, m.rows, m.col_step, m.row_step};
    return t;
}

/* out = a b, or out += a b. The sizes of out and the columns of a say how far. */
static inline void faulty_multiply(const struct faulty_call *c, struct faulty_matrix out,
                                   struct faulty_matrix a, struct faulty_matrix b)
{
    for (int64_t i = 0; i < out.rows; i++) {
        for (int64_t j = 0; j < out.cols; j++) {
            REAL sum = 0;
            for (int64_t k = 0; k < a.cols; k++)
                sum = c->add_term(sum, *faulty_at(a, i, k), *faulty_at(b, k, j));
            c->put(faulty_at(out, i, j), sum, c->accumulate);
        }
    }
}

static inline void faulty_dx(const struct faulty_call *c)
{
    faulty_multiply(c, c->dx, c->dy, faulty_transposed(c->w));
}

static inline void faulty_dw(const struct faulty_call *c)
{
    faulty_multiply(c, c->dw, faulty_transposed(c->x), c->dy);
}

static inline void faulty_db(const struct faulty_call *c)
{
    faulty_multiply(c, c->db, c->ones, c->dy);
}

static inline void faulty_linear(const struct faulty_call *c)
{
    faulty_dx(c);
    faulty_dw(c);
    faulty_db(c);
}

static inline struct faulty_matrix faulty_matrix_of(const DLTensor *t)
{
    struct faulty_matrix m = {0, 0, 0, 0, 1};
    if (t) {
        const int rank = t->ndim;
        m.at = (REAL *)vjp_abi_data(t);
        m.rows = rank == 2 ? t->shape[0] : 1;
        m.cols = t->shape[rank - 1];
        m.row_step = rank == 2 ? t->strides[0] : 0;
    }
    return m;
}

static inline struct faulty_call faulty_call_of(const struct vjp_abi_call *call)
{
    static REAL one = 1;
    const struct vjp_linear l = vjp_linear_of(call);
    const struct faulty_matrix ones = {&one, 1, l.N, 0, 0};
    struct faulty_call c;
    c.N = l.N;
    c.D = l.D;
    c.M = l.M;
    c.x = faulty_matrix_of(l.x);
    c.w = faulty_matrix_of(l.w);
    c.dy = faulty_matrix_of(l.dy);
    c.dx = faulty_matrix_of(l.dx);
    c.dw = faulty_matrix_of(l.dw);
    c.db = faulty_matrix_of(l.db);
    c.ones = ones;
    c.accumulate = call->accumulate;
    c.threads = call->threads;
    c.add_term = faulty_add_term;
    c.put = faulty_put;
    return c;
}

static inline int32_t faulty_supports(const struct vjp_abi_call *call, const char **reason)
{
    if (vjp_abi_every(call, vjp_abi_has_unit_rows))
        return 1;
    *reason = "takes tensors with contiguous rows only, not transposed";
    return 0;
}

/* Makes the file a plug-in, name, with one kernel of that name. */
#define FAULTY_PLUGIN(plant, run)                                                                  \
    static int32_t run_call(const struct vjp_abi_call *call)                                       \
    {                                                                                              \
        struct faulty_call c = faulty_call_of(call);                                               \
        run(&c);                                                                                   \
        return VJP_ABI_DONE;                                                                       \
    }                                                                                              \
    static const struct vjp_abi_model model = {                                                    \
        .struct_size = sizeof(struct vjp_abi_model),                                               \
        .dtype = {kDLFloat, 8 * sizeof(REAL), 1},                                                  \
        .accumulate = {kDLFloat, 8 * sizeof(REAL), 1},                                             \
    };                                                                                             \
    static const struct vjp_abi_model *const models[] = {&model};                                  \
    static const struct vjp_abi_kernel kernel = {                                                  \
        .struct_size = sizeof(struct vjp_abi_kernel),                                              \
        .capabilities = VJP_ABI_DETERMINISTIC,                                                     \
        .name = #plant,                                                                            \
        .layer = "linear",                                                                         \
        .summary = "has a planted defect",                                                         \
        .n_models = 1,                                                                             \
        .models = models,                                                                          \
        .supports = faulty_supports,                                                               \
        .run = run_call,                                                                           \
    };                                                                                             \
    static const struct vjp_abi_kernel *const kernels[] = {&kernel};                               \
    const struct vjp_abi_plugin vjp_abi_descriptor = {                                             \
        .struct_size = sizeof(struct vjp_abi_plugin),                                              \
        .abi_major = VJP_ABI_MAJOR,                                                                \
        .abi_minor = VJP_ABI_MINOR,                                                                \
        .n_kernels = 1,                                                                            \
        .name = #plant,                                                                            \
        .kernels = kernels,                                                                        \
    }

#endif
