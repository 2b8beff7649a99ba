/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/reproduce_data.h"

#include "impls/host/pattern.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>

/* The longest literals: "-0x1.fffffffffffffp+1023, ", "-0x1.fffffep+127f, ", "0x7c00, ", "-2147483648, ". */
static const int literal_bytes[] = {
    [VJP_BF16] = 8, [VJP_F16] = 8, [VJP_F32] = 19, [VJP_F64] = 26, [VJP_I32] = 13};

/* Of a row of what is expected: three doubles, and the index. */
#define EXPECTED_BYTES 128

/* Of a tensor besides: its row in the table, with up to 2 VJP_RANK_MAX sizes. */
#define TENSOR_BYTES 2048

/* A whole number up to here is written as such. */
#define WHOLE_MAX 1e6

/* The tensor of a slot, which may be that of a saved value, as a kernel is given it. */
struct given {
    int slot;
    char name[VJP_SLOT_NAME_MAX];
    bool output;
    const char *role;
    enum vjp_dtype dtype;
    struct vjp_shape shape;
    int64_t strides[VJP_RANK_MAX];
    int64_t align;
    int64_t count;
    const struct vjp_tensor *values;   /* data NULL: none */
    const struct vjp_allowed *allowed; /* NULL: no gradient */
};

/* The shape and dtype of the slot; the number of its elements, 0 where the case does not have it. */
static int64_t describe(const struct vjp_case *c, int slot, enum vjp_dtype *dtype,
                        struct vjp_shape *shape)
{
    const int saved = slot - vjp_slot_count(c->spec);
    int64_t count;
    if (saved >= 0) {
        *dtype = vjp_case_saved_dtype(c, saved);
        vjp_case_saved_shape(c, saved, shape);
    } else {
        *dtype = vjp_case_slot_dtype(c, slot);
        vjp_case_slot_shape(c, slot, shape);
    }
    if (saved < 0 && !vjp_case_has_slot(c, slot))
        return 0;
    return vjp_shape_count(shape, &count, NULL) == VJP_OK ? count : 0;
}

int64_t vjp_reproduce_data_bytes(const struct vjp_case *c)
{
    double bytes = c->spec->n_attrs * 128 + TENSOR_BYTES;
    for (int slot = 0; slot < vjp_slot_count(c->spec) + c->spec->n_saved; slot++) {
        enum vjp_dtype dtype;
        struct vjp_shape shape;
        const bool gradient = vjp_slot_is_gradient(c->spec, slot);
        const double count = (double)describe(c, slot, &dtype, &shape);
        bytes += TENSOR_BYTES;
        bytes += gradient ? count * EXPECTED_BYTES : 0;
        bytes += !gradient || c->accumulate ? count * literal_bytes[dtype] : 0;
    }
    return bytes < 0x1p62 ? (int64_t)bytes : INT64_C(1) << 62;
}

/* The name as part of an identifier: "1.x" is 1_x. */
static void write_id(const char *kind, const char *name, FILE *out)
{
    fprintf(out, "%s_", kind);
    for (; *name; name++)
        fputc(*name == '.' ? '_' : *name, out);
}

/* suffix: "f" for a float. */
static void write_double(double x, const char *suffix, FILE *out)
{
    if (isnan(x))
        fputs("NAN", out);
    else if (isinf(x))
        fputs(x < 0 ? "-INFINITY" : "INFINITY", out);
    else if (fabs(x) <= WHOLE_MAX && x == floor(x))
        fprintf(out, "%.1f%s", x, suffix);
    else
        fprintf(out, "%a%s", x, suffix);
}

/* Whether every element has a literal in C: f16 and bf16 have none, and of NaN there is one. */
static bool has_literals(const struct vjp_tensor *t)
{
    if (t->dtype == VJP_BF16 || t->dtype == VJP_F16)
        return false;
    for (int64_t i = 0; t->dtype != VJP_I32 && i < t->count; i++) {
        const uint64_t bits = vjp_tensor_get(t, i);
        if (vjp_bits_is_nan(t->dtype, bits) && bits != vjp_bits_quiet_nan(t->dtype))
            return false;
    }
    return true;
}

static void write_values(const struct given *g, FILE *out)
{
    static const char *const types[] = {
        [VJP_F32] = "float", [VJP_F64] = "double", [VJP_I32] = "int32_t"};
    const struct vjp_tensor *t = g->values;
    const int bytes = vjp_format(t->dtype)->bytes;
    const bool literals = has_literals(t);
    const int per_line = 96 / literal_bytes[t->dtype];
    if (literals)
        fprintf(out, "static const %s ", types[t->dtype]);
    else
        fprintf(out, "/* The bits of %s. */\nstatic const uint%d_t ", vjp_format(t->dtype)->name,
                8 * bytes);
    write_id("values", g->name, out);
    fputs("[] = {", out);
    for (int64_t i = 0; i < t->count; i++) {
        const uint64_t bits = vjp_tensor_get(t, i);
        const double x = vjp_bits_to_double(t->dtype, bits);
        fputs(i % per_line == 0 ? "\n    " : " ", out);
        if (!literals)
            fprintf(out, "0x%0*" PRIx64, 2 * bytes, bits);
        else if (t->dtype == VJP_I32)
            fprintf(out, "%.0f", x);
        else
            write_double(x, t->dtype == VJP_F32 ? "f" : "", out);
        fputc(',', out);
    }
    fputs("\n};\n\n", out);
}

static void write_expected(const struct given *g, FILE *out)
{
    fputs("static const struct expected ", out);
    write_id("expected", g->name, out);
    fputs("[] = {\n", out);
    for (int64_t i = 0; i < g->count; i++) {
        const struct vjp_allowed *a = &g->allowed[i];
        const double numbers[] = {a->value, a->low, a->high};
        char index[16 * VJP_RANK_MAX];
        fputs("    {", out);
        for (int k = 0; k < 3; k++) {
            write_double(numbers[k], "", out);
            fputs(", ", out);
        }
        fprintf(out, "%d}, /* %s */\n", a->minus_infinity + 2 * a->infinity + 4 * a->nan,
                vjp_shape_index_text(&g->shape, i, index, sizeof index));
    }
    fputs("};\n\n", out);
}

static void write_sizes(const char *field, const int64_t *sizes, int rank, FILE *out)
{
    fprintf(out, " .%s = {", field);
    for (int d = 0; d < rank || d == 0; d++)
        fprintf(out, "%s%" PRId64, d > 0 ? ", " : "", rank > 0 ? sizes[d] : 0);
    fputs("},", out);
}

static void write_tensor(const struct given *g, FILE *out)
{
    static const char *const dtypes[] = {[VJP_BF16] = "BF16",
                                         [VJP_F16] = "F16",
                                         [VJP_F32] = "F32",
                                         [VJP_F64] = "F64",
                                         [VJP_I32] = "I32"};
    fprintf(out, "    {.name = \"%s\", .role = %s, .dtype = %s, .rank = %d,", g->name, g->role,
            dtypes[g->dtype], g->shape.rank);
    write_sizes("shape", g->shape.dim, g->shape.rank, out);
    write_sizes("strides", g->strides, g->shape.rank, out);
    fprintf(out, " .align = %" PRId64 ",\n     .canary = 0x%" PRIx64 ", .finite = 0x%" PRIx64,
            g->align, vjp_pattern_canary(g->dtype, g->output), vjp_pattern_finite(g->dtype));
    if (g->values->count > 0) {
        fputs(", .values = ", out);
        write_id("values", g->name, out);
    }
    if (g->allowed && g->count > 0) {
        fputs(", .expected = ", out);
        write_id("expected", g->name, out);
    }
    fputs("},\n", out);
}

/* False where the case does not have the slot, or the oracle not the saved value. */
static bool find_given(const struct vjp_reproduction *r, int slot, struct given *g)
{
    const struct vjp_case *c = r->c;
    const struct vjp_spec *spec = c->spec;
    const int saved = slot - vjp_slot_count(spec);
    int64_t extent = 1;
    *g = (struct given){.slot = slot, .align = -1};
    if (saved < 0 ? !vjp_case_has_slot(c, slot) : !r->data->saved[saved].data)
        return false;
    g->count = describe(c, slot, &g->dtype, &g->shape);
    g->allowed = saved < 0 ? r->allowed[slot] : NULL;
    vjp_slot_name(spec, slot, g->name, sizeof g->name);
    g->output = vjp_slot_is_gradient(spec, slot);
    g->role = saved >= 0                         ? "SAVED"
              : g->output                        ? "GRADIENT"
              : slot == vjp_slot_cotangent(spec) ? "COTANGENT"
                                                 : "OPERAND";
    g->values = saved >= 0 ? &r->data->saved[saved] : &r->data->slot[slot];
    if (saved < 0) {
        g->align = c->slot[slot].layout.align;
        /* The host has laid out the same case. */
        return vjp_case_slot_strides(c, slot, g->strides, &extent, NULL) == VJP_OK;
    }
    for (int d = g->shape.rank - 1; d >= 0; d--) {
        g->strides[d] = extent;
        extent *= g->shape.dim[d] > 1 ? g->shape.dim[d] : 1;
    }
    return true;
}

static void write_attributes(const struct vjp_case *c, FILE *out)
{
    fputs("static const struct attribute attributes[] = {\n", out);
    for (int a = 0; a < c->spec->n_attrs; a++) {
        const bool real = c->spec->attr[a].kind == VJP_ATTR_REAL;
        fprintf(out, "    {\"%s\", %" PRId64 ", ", c->spec->attr[a].name, real ? 0 : c->attr[a]);
        write_double(real ? c->real[a] : (double)c->attr[a], "", out);
        fputs("},\n", out);
    }
    fputs("    {NULL, 0, 0},\n};\n", out);
}

/* The slot that comes at place i of a call: operands, saved values, the cotangent, gradients. */
static int slot_in_order(const struct vjp_spec *spec, int i)
{
    if (i < spec->n_inputs)
        return i;
    if (i < spec->n_inputs + spec->n_saved)
        return vjp_slot_saved(spec, i - spec->n_inputs);
    return i - spec->n_saved;
}

void vjp_reproduce_write_data(const struct vjp_reproduction *r, FILE *out)
{
    const struct vjp_spec *spec = r->c->spec;
    const int n = vjp_slot_count(spec) + spec->n_saved;
    struct given g;
    for (int i = 0; i < n; i++) {
        if (!find_given(r, slot_in_order(spec, i), &g))
            continue;
        if (g.values->count > 0)
            write_values(&g, out);
        if (g.allowed && g.count > 0)
            write_expected(&g, out);
    }
    fputs("/* In the order of a call. */\nstatic const struct tensor tensors[] = {\n", out);
    for (int i = 0; i < n; i++) {
        if (find_given(r, slot_in_order(spec, i), &g))
            write_tensor(&g, out);
    }
    fputs("};\n\n", out);
    write_attributes(r->c, out);
}
