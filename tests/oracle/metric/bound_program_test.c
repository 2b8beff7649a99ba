/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The derived bound of layers that are more than sums of products, against backward passes that keep to
 * their model in software arithmetic: all are inside. And against the same with one intermediate in a
 * narrower format: they are not. */
#include "oracle/metric/measure.h"

#include "tests/cases/lines.h"
#include "tests/oracle/metric/backward.h"

#define ELEMENTS 200

/* A case, what a kernel reads of it as doubles, and its answers. */
struct stage {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_reference *reference;
    double in[VJP_MAX_SLOTS][ELEMENTS];
    double saved[VJP_MAX_SAVED][ELEMENTS];
    double out[VJP_MAX_INPUTS][ELEMENTS]; /* by input */
    bool given[VJP_MAX_INPUTS];           /* which of them the kernel gives */
    uint32_t wants;
};

static void read_tensor(const struct vjp_tensor *t, double *out)
{
    cr_assert_leq(t->count, ELEMENTS);
    for (int64_t i = 0; t->data && i < t->count; i++)
        out[i] = t->dtype == VJP_I32 ? ((const int32_t *)t->data)[i]
                                     : vjp_bits_to_double(t->dtype, vjp_tensor_get(t, i));
}

static double add_offset(enum vjp_dtype dtype, double x, double offset)
{
    return vjp_bits_to_double(dtype, vjp_bits_from_double(dtype, x + offset));
}

/* offset is added to every element of the first input. */
static void start(struct stage *s, const char *line, double offset)
{
    struct vjp_error error = {""};
    memset(s, 0, sizeof *s);
    s->c = parse_case(line);
    cr_assert_eq(vjp_data_generate(&s->c, &s->data, &error), VJP_OK, "%s: %s", line, error.text);
    struct vjp_tensor *x = &s->data.slot[0];
    for (int64_t i = 0; i < x->count && offset != 0; i++)
        vjp_tensor_set(
            x, i,
            vjp_bits_from_double(x->dtype, add_offset(x->dtype, element(&s->data, 0, i), offset)));
    cr_assert_eq(vjp_reference_create(&s->c, &s->data, ANY_SIDE, &s->reference, &error), VJP_OK,
                 "%s: %s", line, error.text);
    cr_assert_eq(vjp_reference_save(s->reference, &s->data, &error), VJP_OK, "%s", error.text);
    for (int slot = 0; slot <= vjp_slot_cotangent(s->c.spec); slot++)
        read_tensor(&s->data.slot[slot], s->in[slot]);
    for (int k = 0; k < s->c.spec->n_saved; k++)
        read_tensor(&s->data.saved[k], s->saved[k]);
}

static void end(struct stage *s)
{
    vjp_reference_destroy(s->reference);
    vjp_data_clear(&s->data);
    vjp_case_clear(&s->c);
}

static int rows_of(const struct stage *s)
{
    return (int)s->c.dim[0];
}

static int columns_of(const struct stage *s)
{
    return (int)s->c.dim[1];
}

static double *at(double *tensor, int row, int columns)
{
    return tensor + row * columns;
}

/* The kernels. Each draws what it does anew for every case. */

static void run_softmax(const struct machine *m, struct stage *s)
{
    const int N = rows_of(s), C = columns_of(s);
    double *dy = s->in[vjp_slot_cotangent(s->c.spec)];
    for (int n = 0; n < N; n++) {
        double y[ROW_MAX];
        if (s->wants)
            memcpy(y, at(s->saved[0], n, C), (size_t)C * sizeof *y);
        else
            m_softmax(m, C, at(s->in[0], n, C), y);
        for (int c = 0; c < C && s->wants; c++)
            y[c] = m_spoil(m, y[c]);
        m_softmax_back(m, C, y, at(dy, n, C), at(s->out[0], n, C));
    }
    s->given[0] = true;
}

static void run_layernorm(const struct machine *m, struct stage *s)
{
    const int N = rows_of(s), D = columns_of(s);
    double *dy = s->in[vjp_slot_cotangent(s->c.spec)], z[ELEMENTS];
    for (int n = 0; n < N; n++) {
        double mean = s->saved[0][n], rstd = s->saved[1][n];
        if (!s->wants)
            m_moments(m, D, at(s->in[0], n, D), s->c.real[0], &mean, &rstd);
        m_layernorm_back(m, D, at(s->in[0], n, D), s->in[1], at(dy, n, D), mean, rstd, at(z, n, D),
                         at(s->out[0], n, D));
    }
    for (int d = 0; d < D; d++) {
        s->out[1][d] = m_dot(m, N, dy + d, D, z + d, D);
        s->out[2][d] = m_dot(m, N, dy + d, D, NULL, 0);
    }
    s->given[0] = s->given[1] = s->given[2] = true;
}

static void run_gelu(const struct machine *m, struct stage *s)
{
    const double *dy = s->in[vjp_slot_cotangent(s->c.spec)];
    for (int64_t i = 0; i < s->data.slot[0].count; i++)
        s->out[0][i] = (s->c.attr[1] ? m_gelu_tanh_back : m_gelu_back)(m, s->in[0][i], dy[i]);
    s->given[0] = true;
}

/* dx = (softmax - label) dy / N */
static void run_softmax_cross_entropy(const struct machine *m, struct stage *s)
{
    const int N = rows_of(s), C = columns_of(s);
    const double dy = s->in[vjp_slot_cotangent(s->c.spec)][0], share = m_div(m, dy, N);
    for (int n = 0; n < N; n++) {
        double y[ROW_MAX];
        m_softmax(m, C, at(s->in[0], n, C), y);
        for (int c = 0; c < C; c++)
            s->out[0][n * C + c] = m_mul(m, m_add(m, y[c], c == s->in[1][n] ? -1 : 0), share);
    }
    s->given[0] = true;
}

/* dx = -t / x dy / N */
static void run_cross_entropy(const struct machine *m, struct stage *s)
{
    const double dy = s->in[vjp_slot_cotangent(s->c.spec)][0], share = m_div(m, dy, rows_of(s));
    for (int64_t i = 0; i < s->data.slot[0].count; i++)
        s->out[0][i] = -m_mul(m, m_spoil(m, m_div(m, s->in[1][i], s->in[0][i])), share);
    s->given[0] = true;
}

/* One head. dp = dy v^T, ds = p (dp - p . dp) scale, where p . dp may be taken for dy . y. */
static void run_attention(const struct machine *m, struct stage *s)
{
    const int T = (int)s->c.dim[2], S = (int)s->c.dim[3], D = (int)s->c.dim[4],
              E = (int)s->c.dim[5];
    double *q = s->in[0], *k = s->in[1], *v = s->in[2], *dy = s->in[3];
    double p[ELEMENTS], ds[ELEMENTS];
    const double scale = m_div(m, 1, m_sqrt(m, D));
    for (int i = 0; i < T; i++) {
        double z[ROW_MAX], dp[ROW_MAX], y[ROW_MAX];
        for (int j = 0; j < S; j++) {
            z[j] = m_mul(m, m_dot(m, D, q + i * D, 1, k + j * D, 1), scale);
            dp[j] = m_dot(m, E, dy + i * E, 1, v + j * E, 1);
        }
        m_softmax(m, S, z, p + i * S);
        double sum = m_dot(m, S, p + i * S, 1, dp, 1);
        if (choose(m)) {
            for (int e = 0; e < E; e++)
                y[e] = m_dot(m, S, p + i * S, 1, v + e, E);
            sum = m_dot(m, E, dy + i * E, 1, y, 1);
        }
        for (int j = 0; j < S; j++)
            ds[i * S + j] = m_mul(m, m_mul(m, p[i * S + j], m_add(m, dp[j], -sum)), scale);
    }
    for (int i = 0; i < T * D; i++)
        s->out[0][i] = m_dot(m, S, ds + i / D * S, 1, k + i % D, D);
    for (int i = 0; i < S * D; i++)
        s->out[1][i] = m_dot(m, T, ds + i / D, S, q + i % D, D);
    for (int i = 0; i < S * E; i++)
        s->out[2][i] = m_dot(m, T, p + i / E, S, dy + i % E, E);
    s->given[0] = s->given[1] = s->given[2] = true;
}

static const struct subject {
    const char *line; /* without dtype and seed */
    void (*run)(const struct machine *, struct stage *);
    double offset;
    uint32_t wants;
} subjects[] = {
    {"softmax N=2 C=9", run_softmax, 0, 0},
    {"softmax N=2 C=9 x=normal:8", run_softmax, 0, 0},
    {"softmax N=2 C=9 x=large:50", run_softmax, 0, 0},
    {"softmax N=2 C=9 x=normal:3", run_softmax, 0, 1},
    {"layernorm N=3 D=10", run_layernorm, 0, 0},
    {"layernorm N=3 D=10 x=normal:.01", run_layernorm, 1, 0},
    {"layernorm N=3 D=10 x=normal:.01", run_layernorm, 100, 0},
    {"layernorm N=3 D=10 x=const:0.7", run_layernorm, 1000, 0},
    {"layernorm N=3 D=10", run_layernorm, 0, 3},
    {"layernorm N=3 D=10 x=normal:.01", run_layernorm, 1, 3},
    {"gelu N=6 M=10 x=normal:3", run_gelu, 0, 0},
    {"gelu N=6 M=10 x=normal:3 approximate=tanh", run_gelu, 0, 0},
    {"softmax_cross_entropy N=4 C=7 x=normal:4", run_softmax_cross_entropy, 0, 0},
    {"softmax_cross_entropy N=4 C=7 x=large:50", run_softmax_cross_entropy, 0, 0},
    {"cross_entropy N=4 C=7", run_cross_entropy, 0, 0},
    {"attention B=1 H=1 T=3 S=7 D=5 E=4", run_attention, 0, 0},
    {"attention B=1 H=1 T=3 S=7 D=5 E=4 q=normal:6", run_attention, 0, 0},
};
#define SUBJECTS (int)(sizeof subjects / sizeof *subjects)

/* What was seen of the elements of one case. */
struct seen {
    double largest; /* the largest ratio to the bound of an element that is compared */
    int64_t compared, excused, unresolved, outside;
};

static void judge(const struct stage *s, enum vjp_dtype accumulate, int ulps, struct seen *seen)
{
    const struct vjp_model model = {
        .accumulate = accumulate, .ulps = ulps, .wants_saved = s->wants};
    const struct unit output = unit_of(s->c.dtype, false, NULL);
    for (int i = 0; i < s->c.spec->n_inputs; i++) {
        const int slot = vjp_slot_gradient(s->c.spec, i);
        for (int64_t e = 0; s->given[i] && e < s->data.slot[i].count; e++) {
            struct vjp_element element;
            const double got = unit_round(&output, s->out[i][e]);
            vjp_measure_element(s->reference, slot, &model, e,
                                vjp_bits_from_double(s->c.dtype, got), &element);
            seen->excused += element.standing == VJP_EXCUSED;
            seen->unresolved += element.standing == VJP_UNRESOLVED;
            if (element.standing == VJP_EXCUSED || element.standing == VJP_UNRESOLVED)
                continue;
            seen->compared++;
            seen->outside += element.standing == VJP_OUTSIDE;
            seen->largest = fmax(seen->largest, element.ratio);
        }
    }
}

static struct seen simulate(const struct subject *subject, enum vjp_dtype dtype,
                            enum vjp_dtype accumulate, const struct unit *narrow, int seed,
                            uint64_t *state)
{
    struct stage *s = malloc(sizeof *s);
    struct seen seen = {0};
    char line[300];
    const struct machine m = {.u = unit_of(accumulate, false, state),
                              .ulps = VJP_ULPS_DEFAULT,
                              .narrows = narrow != NULL,
                              .narrow = narrow ? *narrow : (struct unit){0}};
    snprintf(line, sizeof line, "%s dtype=%s seed=%d", subject->line, vjp_format(dtype)->name,
             seed);
    start(s, line, subject->offset);
    s->wants = subject->wants;
    subject->run(&m, s);
    judge(s, accumulate, m.ulps, &seen);
    end(s);
    free(s);
    return seen;
}

Test(bound_program, explore)
{
    uint64_t state = 1;
    static const enum vjp_dtype pairs[][2] = {{VJP_F32, VJP_F32},
                                              {VJP_F16, VJP_F16},
                                              {VJP_BF16, VJP_BF16},
                                              {VJP_F16, VJP_F32},
                                              {VJP_BF16, VJP_F32}};
    const int runs = getenv("RUNS") ? atoi(getenv("RUNS")) : 20;
    for (int i = 0; i < SUBJECTS; i++) {
        for (int p = 0; p < 5; p++) {
            struct seen all = {0};
            for (int run = 0; run < runs; run++) {
                const struct seen seen =
                    simulate(&subjects[i], pairs[p][0], pairs[p][1], NULL, run, &state);
                all.largest = fmax(all.largest, seen.largest);
                all.compared += seen.compared;
                all.excused += seen.excused;
                all.unresolved += seen.unresolved;
                all.outside += seen.outside;
            }
            fprintf(stderr, "%-50s +%g w%d %s/%s ratio %.3f compared %d exc %d unres %d OUT %d\n",
                    subjects[i].line, subjects[i].offset, (int)subjects[i].wants,
                    vjp_format(pairs[p][0])->name, vjp_format(pairs[p][1])->name, all.largest,
                    (int)all.compared, (int)all.excused, (int)all.unresolved, (int)all.outside);
        }
    }
}
