/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/reproduce_data.h"

#include "tests/reports/render/fixture.h"
#include "tests/reports/render/reproduction.h"

#include <math.h>

static void write_data(struct reproduction *m, struct capture *capture)
{
    capture_begin(capture);
    vjp_reproduce_write_data(&m->r, capture->file);
    capture_end(capture);
}

static void put(struct reproduction *m, int slot, int64_t i, uint64_t bits)
{
    vjp_tensor_set(&m->data.slot[slot], i, bits);
}

enum { X, W, B, DY, DX, DW, DB };

/* Strides of padded rows: D + 3 and M. The canaries are those that the host lays. */
Test(reproduce_data, the_tensors_of_a_call)
{
    struct reproduction m;
    struct capture text;
    make_reproduction(&m, "linear dtype=f32 N=2 D=2 M=3 x=[1,0.1,-0x1p-149,1e30] "
                          "w=[0,0,0,0,0,0] dy=[0,0,0,0,0,0] x.ld=+3 dx.align=4 threads=2");
    const struct vjp_allowed allowed[] = {
        {1.5, 1, 2, false, false, false},
        {0x1.99999ap-4, INFINITY, -INFINITY, true, false, false},
        {NAN, INFINITY, -INFINITY, false, false, true},
        {-3, -INFINITY, 4, false, true, true},
    };
    m.r.allowed[DX] = allowed;
    write_data(&m, &text);
    expect_in(text.text, "static const float values_x[] = {\n"
                         "    1.0f, 0x1.99999ap-4f, -0x1p-149f, 0x1.93e594p+99f,\n};\n");
    expect_in(text.text, "static const struct expected expected_dx[] = {\n"
                         "    {0x1.8p+0, 1.0, 2.0, 0}, /* [0,0] */\n"
                         "    {0x1.99999ap-4, INFINITY, -INFINITY, 1}, /* [0,1] */\n"
                         "    {NAN, INFINITY, -INFINITY, 4}, /* [1,0] */\n"
                         "    {-3.0, -INFINITY, 4.0, 6}, /* [1,1] */\n};\n");
    expect_in(text.text, "    {.name = \"x\", .role = OPERAND, .dtype = F32, .rank = 2, "
                         ".shape = {2, 2}, .strides = {5, 1}, .align = -1,\n"
                         "     .canary = 0x7fe5a5a5, .finite = 0x41cdb6e5, .values = values_x},\n");
    expect_in(text.text,
              "    {.name = \"dx\", .role = GRADIENT, .dtype = F32, .rank = 2, "
              ".shape = {2, 2}, .strides = {2, 1}, .align = 4,\n"
              "     .canary = 0x7fa6a5a5, .finite = 0x41cdb6e5, .expected = expected_dx},\n");
    expect_in(text.text, ".role = COTANGENT,");
    expect_not_in(text.text, "\"db\""); /* bias=0 */
    expect_not_in(text.text, "values_dx");
    /* The order of a call. */
    cr_expect_lt(strstr(text.text, "{.name = \"w\""), strstr(text.text, "{.name = \"dy\""));
    cr_expect_lt(strstr(text.text, "{.name = \"dy\""), strstr(text.text, "{.name = \"dx\""));
    free(text.text);
    clear_reproduction(&m);
}

/* f16 has no literals in C, and of all NaN only one has. */
Test(reproduce_data, what_has_no_literal_is_bits)
{
    struct reproduction m;
    struct capture text;
    make_reproduction(&m, "linear dtype=f16 N=1 D=1 M=2 x=[1] w=[-2,nan] dy=[1,1] accumulate=1 "
                          "dx=[0.5] dw=[0,0]");
    write_data(&m, &text);
    expect_in(text.text, "/* The bits of f16. */\nstatic const uint16_t values_w[] = {\n"
                         "    0xc000, 0x7e00,\n};\n");
    expect_in(text.text, "values_dx[] = {\n    0x3800,\n};\n");
    expect_in(text.text, ".values = values_dx},");
    free(text.text);
    clear_reproduction(&m);

    make_reproduction(&m, "linear dtype=f64 N=1 D=1 M=2 x=[inf] w=[nan,3] dy=[0.1,-inf]");
    write_data(&m, &text);
    expect_in(text.text, "static const double values_x[] = {\n    INFINITY,\n};\n");
    expect_in(text.text, "static const double values_w[] = {\n    NAN, 3.0,\n};\n");
    expect_in(text.text, "values_dy[] = {\n    0x1.999999999999ap-4, -INFINITY,\n};\n");
    free(text.text);
    put(&m, W, 0, UINT64_C(0x7ff8000000000001));
    write_data(&m, &text);
    expect_in(text.text, "/* The bits of f64. */\nstatic const uint64_t values_w[] = {\n"
                         "    0x7ff8000000000001, 0x4008000000000000,\n};\n");
    free(text.text);
    clear_reproduction(&m);
}

/* Attributes as a kernel gets them, those that the line leaves out with them; indices; stages; empty tensors. */
Test(reproduce_data, attributes_and_names)
{
    struct reproduction m;
    struct capture text;
    make_reproduction(&m, "softmax_cross_entropy dtype=f32 reduction=sum N=2 C=3 x=normal t=[2,0] "
                          "dy=[1]");
    write_data(&m, &text);
    expect_in(text.text, "static const int32_t values_t[] = {\n    2, 0,\n};\n");
    expect_in(text.text, "{\"ignore_index\", -100, -100.0},\n");
    expect_in(text.text, "    {NULL, 0, 0},\n};\n");
    expect_in(text.text, ".dtype = I32, .rank = 1, .shape = {2}, .strides = {1},");
    expect_in(text.text,
              ".name = \"dy\", .role = COTANGENT, .dtype = F32, .rank = 0, .shape = {0},");
    free(text.text);
    clear_reproduction(&m);
    make_reproduction(&m, "linear | relu dtype=f32 1.N=0 1.D=1 1.M=1");
    write_data(&m, &text);
    expect_in(text.text, "values_1_w[] = {");
    expect_in(text.text, ".name = \"1.w\"");
    expect_not_in(text.text, "values_1_x");
    free(text.text);
    clear_reproduction(&m);
}

/* What a forward pass saved is contiguous: 2 rows of 3. */
Test(reproduce_data, saved_values)
{
    struct reproduction m;
    struct capture text;
    struct vjp_error error;
    make_reproduction(&m, "softmax dtype=f32 N=2 C=3 x=zeros");
    write_data(&m, &text);
    expect_not_in(text.text, "SAVED"); /* the oracle has not given any */
    free(text.text);
    struct vjp_shape shape;
    vjp_case_saved_shape(&m.c, 0, &shape);
    cr_assert_eq(vjp_tensor_init(&m.data.saved[0], VJP_F32, &shape, &error), VJP_OK);
    write_data(&m, &text);
    expect_in(text.text, "values_y[] = {\n    0.0f, 0.0f, 0.0f, 0.0f,");
    expect_in(text.text, ".name = \"y\", .role = SAVED, .dtype = F32, .rank = 2, .shape = {2, 3}, "
                         ".strides = {3, 1}, .align = -1,");
    free(text.text);
    clear_reproduction(&m);
}

Test(reproduce_data, the_size_is_known_before)
{
    static const char *const lines[] = {
        "linear dtype=f32 N=7 D=9 M=5 x=normal:1e-30 w=normal dy=normal",
        "linear dtype=f64 N=1 D=1 M=1 accumulate=1",
        "linear dtype=bf16 N=31 D=2 M=20",
        "softmax_cross_entropy dtype=f64 N=9 C=13",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct reproduction m;
        struct capture text;
        struct vjp_allowed *widest = calloc(1000, sizeof *widest);
        make_reproduction(&m, lines[i]);
        for (int k = 0; k < 1000; k++)
            widest[k] = (struct vjp_allowed){-0x1.fffffffffffffp-1000,
                                             -0x1.fffffffffffffp-1000,
                                             -0x1.fffffffffffffp-1000,
                                             true,
                                             true,
                                             true};
        for (int slot = 0; slot < vjp_slot_count(m.c.spec); slot++) {
            if (vjp_slot_is_gradient(m.c.spec, slot) && vjp_case_has_slot(&m.c, slot))
                m.r.allowed[slot] = widest;
        }
        write_data(&m, &text);
        const int64_t bytes = vjp_reproduce_data_bytes(&m.c);
        cr_expect_leq((int64_t)text.length, bytes, "%s: %zu, not %ld", lines[i], text.length,
                      (long)bytes);
        free(text.text);
        free(widest);
        clear_reproduction(&m);
    }
}
