/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/line/parse.h"

#include "tests/cases/line/random_case.h"
#include "tests/cases/lines.h"

Test(parse, fields_may_come_in_any_order)
{
    struct vjp_case a = parse_case("linear dtype=f32 N=7 D=33 M=65 x=pow2 dy=exact w.ld=+3 "
                                   "seed=0x1f bias=1 b=zeros");
    struct vjp_case b = parse_case("linear b=zeros seed=31 w.ld=3 dy=exact bias=1 x=pow2 M=65 "
                                   "D=33 N=7 dtype=f32");
    cr_expect(vjp_case_is_equal(&a, &b));
    cr_expect_eq(a.dim[0], 7);
    cr_expect_eq(a.dim[1], 33);
    cr_expect_eq(a.dim[2], 65);
    cr_expect_eq(a.dtype, VJP_F32);
    cr_expect_eq(a.seed, 31);
    cr_expect_eq(a.slot[W].layout.ld_pad, 3);
    cr_expect_eq(a.slot[X].generator, VJP_GEN_POW2);
    cr_expect_eq(a.slot[W].generator, VJP_GEN_NORMAL);
    cr_expect_eq(a.slot[DY].generator, VJP_GEN_EXACT);
    vjp_case_clear(&a);
    vjp_case_clear(&b);
}

Test(parse, attributes_of_every_kind)
{
    struct vjp_case a = parse_case("cross_entropy reduction=sum N=2 C=3 dtype=f32");
    struct vjp_case b = parse_case("layernorm eps=0x1p-10 N=2 D=3 dtype=f32");
    cr_expect_eq(vjp_case_attr(&a, "reduction"), 1);
    cr_expect_eq(vjp_case_real(&b, "eps"), 0x1p-10);
    vjp_case_clear(&a);
    vjp_case_clear(&b);
}

/* Which dimensions there are depends on an attribute that may come behind them. */
Test(parse, attributes_are_read_first)
{
    struct vjp_case c = parse_case("relu Q=5 P=4 M=3 N=2 dtype=f32 rank=4");
    cr_expect_eq(c.dim[0], 2);
    cr_expect_eq(c.dim[3], 5);
    vjp_case_clear(&c);
    c = parse_case("relu N=2 dtype=f32 rank=1");
    cr_expect_eq(c.dim[0], 2);
    cr_expect_eq(c.dim[1], 1);
    vjp_case_clear(&c);
}

Test(parse, lists_of_integer_operands_are_integers)
{
    struct vjp_case c = parse_case("embedding dtype=f32 N=3 V=4 D=2 t=[3,0,3]");
    cr_expect_str_eq(c.slot[vjp_slot_find(c.spec, "t")].text, "[3,0,3]");
    vjp_case_clear(&c);
}

Test(parse, fields_of_a_pipeline)
{
    struct vjp_case c = parse_case("linear | relu | linear dtype=f32 1.N=4 1.D=2 1.M=8 3.M=3 "
                                   "1.bias=1 3.w=exact 3.w.ld=+2 accumulate=1 3.dw=zeros");
    const int w = vjp_slot_find(c.spec, "3.w");
    const int dw = vjp_slot_find(c.spec, "3.dw");
    struct vjp_shape shape;
    char text[32];
    cr_expect_str_eq(c.spec->name, "linear | relu | linear");
    cr_expect_eq(c.slot[w].generator, VJP_GEN_EXACT);
    cr_expect_eq(c.slot[w].layout.ld_pad, 2);
    cr_expect_eq(c.slot[dw].generator, VJP_GEN_ZEROS);
    vjp_case_slot_shape(&c, w, &shape);
    cr_expect_str_eq(vjp_shape_text(&shape, text, sizeof text), "8x3");
    vjp_case_slot_shape(&c, dw, &shape);
    cr_expect_str_eq(vjp_shape_text(&shape, text, sizeof text), "8x3");
    cr_expect(vjp_case_has_slot(&c, vjp_slot_find(c.spec, "1.b")));
    cr_expect_not(vjp_case_has_slot(&c, vjp_slot_find(c.spec, "3.b")));
    vjp_case_clear(&c);
}

Test(parse, seeds_have_64_bits_in_decimal_or_hexadecimal)
{
    static const struct {
        const char *line;
        uint64_t seed;
    } known[] = {
        {"linear dtype=f32 N=1 D=1 M=1 seed=18446744073709551615", UINT64_MAX},
        {"linear dtype=f32 N=1 D=1 M=1 seed=0xffffffffffffffff", UINT64_MAX},
        {"linear dtype=f32 N=1 D=1 M=1 seed=0XAb", 0xab},
        {"linear dtype=f32 N=1 D=1 M=1 seed=010", 10},
        {"linear dtype=f32 N=1 D=1 M=1", 0},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct vjp_case c = parse_case(known[i].line);
        cr_expect_eq(c.seed, known[i].seed, "%s", known[i].line);
        vjp_case_clear(&c);
    }
}

static const struct {
    const char *line, *error;
} refused[] = {
    {"", "column 1: found nothing; expected a layer: abs "},
    {"  \t", "column 4: found nothing; expected a layer: abs "},
    {" linaer dtype=f32", "column 2: unknown layer 'linaer'; expected one of: abs "},
    {"linear relu dtype=f32 N=1 D=1 M=1", "column 8: found 'relu'; expected FIELD=VALUE"},
    {"linear dtyp=f32 N=1 D=1 M=1",
     "column 8: unknown field 'dtyp'; linear has dtype N D M bias x w b dy dx dw db accumulate "
     "inplace grads threads seed and .ld .align .trans .expand"},
    {"linear dtype=f32 N=1 D=1 M=1 y=normal", "column 30: unknown field 'y'; linear has"},
    {"linear dtype=f32 N=1 D=1 M=1 x.stride=2", "column 30: unknown field 'x.stride'"},
    {"linear dtype=f32 N=1 D=1 M=1 N.ld=2", "column 30: unknown field 'N.ld'"},
    {"linear dtype=f32 N=1 D=1 M=1 =2", "column 30: unknown field ''"},
    {"linear dtype=f32 N=1 D=1 M=1 accumulate",
     "column 30: found 'accumulate'; expected FIELD=VALUE"},
    {"linear dtype=f32 N=1 D=1 M=1 # note", "column 30: found '#'; expected FIELD=VALUE"},
    {"linear dtype=f32 N=1 D=1 M=1 N=1",
     "column 30: found N a second time; expected it once, as in column 18"},
    {"linear dtype=f32 N=1 D=1 M=1 x=exact x=exact",
     "column 38: found x a second time; expected it once, as in column 30"},
    {"linear N=1 D=1 M=1", "column 19: dtype is missing; expected dtype=f16, bf16, f32 or f64"},
    {"linear dtype=f8 N=1 D=1 M=1", "column 8: dtype=f8: expected f16, bf16, f32 or f64"},
    {"linear dtype= N=1 D=1 M=1", "column 8: dtype=: expected f16, bf16, f32 or f64"},
    {"linear dtype=f32 N=1 M=1", "column 25: D is missing; expected D=SIZE"},
    {"linear dtype=bf16 N=abc D=1 M=1", "column 19: N=abc: expected a whole number"},
    {"linear dtype=f32 N= D=1 M=1", "column 18: N=: expected a whole number"},
    {"linear dtype=f32 N=1.0 D=1 M=1", "column 18: N=1.0: expected a whole number"},
    {"linear dtype=f32 N=0x10 D=1 M=1", "column 18: N=0x10: expected a whole number"},
    {"linear dtype=f32 N=+1 D=1 M=1", "column 18: N=+1: expected a whole number"},
    {"linear dtype=f32 N=1e3 D=1 M=1", "column 18: N=1e3: expected a whole number"},
    {"linear dtype=f32 N=-3 D=1 M=1", "column 18: N=-3: expected 0 to 4294967296"},
    {"linear dtype=f32 N=4294967297 D=1 M=1", "column 18: N=4294967297: expected 0 to 4294967296"},
    {"linear dtype=f32 N=9223372036854775808 D=1 M=1",
     "column 18: N=9223372036854775808: expected a smaller whole number"},
    {"linear dtype=f32 N=4294967296 D=4294967296 M=1",
     "column 1: x: 4294967296x4294967296 elements of f32"},
    {"linear dtype=f32 N=4294967296 D=4294967296 M=1 x=exact",
     "column 48: x: 4294967296x4294967296 elements of f32"},
    {"linear dtype=f32 N=1000000 D=1 M=1 x.ld=+2147483648",
     "column 36: x: 1000000x1 elements of f32, 2147483648 more after each row, exceed"},
    {"linear dtype=f32 N=1 D=1 M=1 bias=2", "column 30: bias=2: expected 0 to 1"},
    {"linear dtype=f32 N=1 D=1 M=1 bias=yes", "column 30: bias=yes: expected a whole number"},
    {"linear dtype=f32 N=1 D=1 M=1 threads=0", "column 30: threads=0: expected 1 to 64"},
    {"linear dtype=f32 N=1 D=1 M=1 threads=4294967297",
     "column 30: threads=4294967297: expected 1 to 64"},
    {"linear dtype=f32 N=1 D=1 M=1 grads=",
     "column 30: grads=: expected some of dx, dw, each once, with commas "
     "between them"},
    {"linear dtype=f32 N=1 D=1 M=1 grads=dx,db",
     "column 30: grads=dx,db: expected some of dx, dw, each"},
    {"linear dtype=f32 N=1 D=1 M=1 grads=dx,",
     "column 30: grads=dx,: expected some of dx, dw, each"},
    {"linear dtype=f32 N=1 D=1 M=1 grads=dw,dw",
     "column 30: grads=dw,dw: expected some of dx, dw, each"},
    {"linear dtype=f32 N=1 D=1 M=1 grads=x", "column 30: grads=x: expected some of dx, dw, each"},
    {"linear dtype=f32 N=1 D=1 M=1 grads=dx dw.ld=+1",
     "column 39: found dw.ld; expected no such field: grads does not ask for it"},
    {"embedding dtype=f32 N=1 V=1 D=1 grads=dt", "column 33: grads=dt: expected some of dw, each"},
    {"linear dtype=f32 N=1 D=1 M=1 accumulate=2", "column 30: accumulate=2: expected 0 or 1"},
    {"linear dtype=f32 N=1 D=1 M=1 x.trans=true", "column 30: x.trans=true: expected 0 or 1"},
    {"linear dtype=f32 N=1 D=1 M=1 x.expand=", "column 30: x.expand=: expected dimensions from 0"},
    {"linear dtype=f32 N=1 D=1 M=1 x.expand=1,0",
     "column 30: x.expand=1,0: expected dimensions from 0, in their order, as 0,2"},
    {"linear dtype=f32 N=1 D=1 M=1 x.expand=0,0", "column 30: x.expand=0,0: expected dimensions"},
    {"linear dtype=f32 N=1 D=1 M=1 x.expand=0,", "column 30: x.expand=0,: expected dimensions"},
    {"linear dtype=f32 N=1 D=1 M=1 x.expand=2",
     "column 30: x.expand: expected dimensions below the rank, 2"},
    {"linear dtype=f32 N=1 D=1 M=1 dx.expand=0",
     "column 30: dx.expand: expected an operand that is read, not an output"},
    {"linear dtype=f32 N=1 D=1 M=1 b.expand=0",
     "column 30: found b.expand; expected no such field"},
    {"cross_entropy dtype=f32 N=2 C=3 t.expand=0",
     "column 33: t.expand: expected an operand of numbers"},
    {"relu dtype=f32 N=1 M=1 inplace=2", "column 24: inplace=2: expected 0 or 1"},
    {"linear dtype=f32 N=2 D=2 M=3 inplace=1",
     "column 30: inplace=1: expected the gradient of x, with the shape of dy"},
    {"linear dtype=f32 N=2 D=2 M=2 grads=dw inplace=1",
     "column 39: inplace=1: expected the gradient of x, with the shape of dy"},
    {"relu dtype=f32 N=1 M=1 accumulate=1 inplace=1",
     "column 37: inplace=1: expected accumulate=0"},
    {"relu dtype=f32 N=1 M=1 dy.ld=+1 inplace=1",
     "column 33: inplace=1: expected no layout of dy, which lies as the gradient does"},
    {"linear dtype=f32 N=1 D=1 M=1 seed=-1",
     "column 30: seed=-1: expected 0 to 0xffffffffffffffff, decimal or 0x hexadecimal"},
    {"linear dtype=f32 N=1 D=1 M=1 seed=0x", "column 30: seed=0x: expected 0 to"},
    {"linear dtype=f32 N=1 D=1 M=1 seed=1f", "column 30: seed=1f: expected 0 to"},
    {"linear dtype=f32 N=1 D=1 M=1 seed=0x10000000000000000",
     "column 30: seed=0x10000000000000000: expected 0 to"},
    {"linear dtype=f32 N=1 D=1 M=1 x.ld=++3", "column 30: x.ld=++3: expected a whole number"},
    {"linear dtype=f32 N=1 D=1 M=1 x.ld=-3", "column 30: x.ld=-3: expected 0 to 2147483648"},
    {"linear dtype=f32 bias=1 N=1 D=1 M=1 b.ld=+3",
     "column 37: b.ld=+3: expected rank 2 or more, b has 1"},
    {"linear dtype=f32 bias=1 N=1 D=1 M=1 db.trans=1",
     "column 37: db.trans=1: expected rank 2, db has 1"},
    {"linear dtype=f64 N=1 D=1 M=1 x.align=4",
     "column 30: x.align=4: expected 0 to 63, a multiple of the 8 bytes of f64"},
    {"linear dtype=f64 N=1 D=1 M=1 x.align=-1", "column 30: x.align=-1: expected 0 or more"},
    {"linear dtype=f32 N=1 D=1 M=1 b=normal",
     "column 30: found b; expected no such field: it takes no part with bias=0"},
    {"linear dtype=f32 N=1 D=1 M=1 db.align=4",
     "column 30: found db.align; expected no such field: it takes no part with bias=0"},
    {"linear dtype=f32 N=1 D=1 M=1 dw=normal",
     "column 30: dw=normal: expected accumulate=1 with the values of a gradient"},
    {"linear dtype=f32 N=1 D=2 M=1 x=[1,2,3]", "column 30: x has 2 elements, the list has 3"},
    {"linear dtype=f32 N=1 D=2 M=1 x=[1,two]",
     "column 35: x: element [1] of the list: 'two' is no number"},
    {"linear dtype=f32 N=1 D=2 M=1 x=[1,",
     "column 35: x: element [1] of the list: '' is no number"},
    {"linear dtype=f32 N=1 D=2 M=1 x=[1, 2]", "column 36: found '2]'; expected FIELD=VALUE"},
    {"linear dtype=f32 N=1 D=2 M=1 x=[1,2]3",
     "column 37: x: found '3' after the list; expected its end"},
    {"linear dtype=f16 N=1 D=2 M=1 x=[1,2049]",
     "column 35: x: element [1] of the list: '2049' is not exact in f16"},
    {"linear dtype=f32 N=1 D=1 M=1 x=norm",
     "column 30: x=norm: unknown generator 'norm'; expected one of uniform normal exact integers "
     "pow2 onehot cancel wide subnormal zeros special const large"},
    {"linear dtype=f32 N=1 D=1 M=1 x=", "column 30: x=: unknown generator ''"},
    {"linear dtype=f32 N=1 D=1 M=1 x=@", "column 30: x=@: found '@' alone; expected @file.npy"},
    {"linear dtype=f32 N=1 D=1 M=1 x=zeros:2",
     "column 30: x=zeros:2: parameter '2' of zeros: expected 0 to 1"},
    {"linear dtype=f32 N=1 D=1 M=1 x=exact:1",
     "column 30: x=exact:1: found '1' after exact, which takes no parameter"},
    {"linear dtype=f32 N=1 D=1 M=1 x=onehot:1",
     "column 30: x=onehot:1: expected an index below 1, the elements of x"},
    {"linear dtype=f16 N=1 D=1 M=1 x=wide:15", "column 30: x=wide:15: expected at most 14 for f16"},
    {"linear dtype=f32 bias=1 N=1 D=1 M=1 b=cancel", "column 37: b=cancel: expected another"},
    {"relu dtype=f32 N=1", "column 19: M is missing; expected M=SIZE"},
    {"relu dtype=f32 rank=1 N=1 M=1",
     "column 27: found M; expected no such field: it takes no part with rank=1"},
    {"relu dtype=f32 rank=7 N=1 M=1", "column 16: rank=7: expected 1 to 4"},
    {"relu dtype=f32 rank=0 N=1 M=1", "column 16: rank=0: expected 1 to 4"},
    {"relu dtype=f32 N=1 rank=two M=1", "column 20: rank=two: expected a whole number"},
    {"cross_entropy dtype=f32 reduction=avg N=1 C=1",
     "column 25: reduction=avg: expected mean or sum"},
    {"cross_entropy dtype=f32 reduction= N=1 C=1", "column 25: reduction=: expected mean or sum"},
    {"cross_entropy dtype=f32 reduction=1 N=1 C=1", "column 25: reduction=1: expected mean or sum"},
    {"layernorm dtype=f32 eps=tiny N=1 D=1", "column 21: eps=tiny: expected a finite number"},
    {"layernorm dtype=f32 eps= N=1 D=1", "column 21: eps=: expected a finite number"},
    {"layernorm dtype=f32 eps=1e-5x N=1 D=1", "column 21: eps=1e-5x: expected a finite number"},
    {"layernorm dtype=f32 eps=nan N=1 D=1", "column 21: eps=nan: expected a finite number"},
    {"layernorm dtype=f32 eps=1e999 N=1 D=1", "column 21: eps=1e999: expected a finite number"},
    {"layernorm dtype=f32 eps=-1 N=1 D=1", "column 21: eps=-1: expected 1e-12 to 1"},
    {"embedding dtype=f32 N=2 V=3 D=1 t=[1,0.5]", "column 38: t: element [1] of the list: "},
    {"linear | rleu | linear dtype=f32", "column 10: unknown layer 'rleu'; expected one of: abs "},
    {"linear |", "column 1: stage 2 is empty; expected a layer"},
    {"linear | dtype=f32", "column 1: stage 2 is empty; expected a layer"},
    {" | linear dtype=f32", "column 2: stage 1 is empty; expected a layer"},
    {"linear || relu dtype=f32", "column 1: stage 2 is empty; expected a layer"},
    {"linear | relu relu dtype=f32", "column 15: found 'relu'; expected FIELD=VALUE"},
    {"linear | relu dtype=f32 1.N=1 1.D=1", "column 36: 1.M is missing; expected 1.M=SIZE"},
    {"linear | relu dtype=f32 1.N=1 1.D=1 1.M=1 2.N=1",
     "column 43: found 2.N; expected no such field: it follows from the output of stage 1"},
    {"relu | linear dtype=f32 1.N=1 1.M=3 2.M=1 2.x=normal",
     "column 43: found 2.x; expected no such field: it follows from the output of stage 1"},
    {"relu | linear dtype=f32 1.N=1 1.M=3 2.M=1 2.dx=normal",
     "column 43: found 2.dx; expected no such field: it follows"},
    {"relu | linear dtype=f32 1.N=1 1.M=3 2.M=1 2.x.ld=+1",
     "column 43: found 2.x.ld; expected no such field: it follows from the output of stage 1"},
    {"relu | linear dtype=f32 1.N=1 1.M=3 2.M=1 2.dx.trans=1",
     "column 43: found 2.dx.trans; expected no such field: it follows from the output of stage 1"},
    /* A field after a relu of one dimension. */
    {"relu | linear dtype=f32 1.N=1 1.M=3 2.M=1 2.D=3",
     "column 43: found 2.D; expected no such field: it follows from the output of stage 1"},
    {"relu | linear dtype=f32 1.rank=1 1.N=3 2.N=1 2.D=3 2.M=1 1.M=3",
     "column 58: found 1.M; expected no such field: it takes no part with 1.rank=1"},
    {"relu | linear | log dtype=f32 1.N=1 1.M=3 2.M=1 3.rank=2",
     "column 49: found 3.rank; expected no such field: it follows from the output of stage 2"},
    {"relu | linear dtype=f32 1.N=1 1.M=3 2.M=1 1.D=1", "column 43: unknown field '1.D'; relu"},
    {"relu | linear dtype=f32 1.N=1 1.M=3 2.M=1 3.N=1", "column 43: unknown field '3.N'; relu"},
    {"relu | linear dtype=f32 1.N=1 1.M=3 2.M=1 2.K=1",
     "column 43: unknown field '2.K'; relu | linear has dtype "},
    {"linear | relu dtype=f32 1.N=1 1.D=1 1.M=1 1.b=normal",
     "column 43: found 1.b; expected no such field: it takes no part with 1.bias=0"},
    {"linear | relu dtype=f32 1.N=1 1.D=1 1.M=1 1.w.ld=x",
     "column 43: 1.w.ld=x: expected a whole number"},
    {"linear | relu dtype=f64 1.N=1 1.D=1 1.M=1 1.w.align=4",
     "column 43: 1.w.align=4: expected 0 to 63, a multiple of the 8 bytes of f64"},
    {"linear | relu dtype=f32 1.bias=1 1.N=1 1.D=1 1.M=1 1.b=cancel",
     "column 52: 1.b=cancel: expected another generator"},
    {"relu | linear dtype=f32 1.N=1 1.M=3 2.M=1 2.w=cancel",
     "column 43: 2.w=cancel: expected another generator"},
    {"linear | attention dtype=f32 1.N=4 1.D=1 1.M=5 2.B=2 2.H=1 2.T=5 2.D=3 2.S=1 2.E=1",
     "column 48: stage 2 (attention): q is 2x1x5x3, 30 elements; the output before is 4x5, 20 "
     "elements"},
    {"linear dtype=f32\n N=1 D=1 M=1", "column 17: found control character 0x0a; expected text"},
    {"linear dtype=f32 N=1 D=1 M=1\r", "column 29: found control character 0x0d; expected text"},
    {"linear dtype=f32 N=1 D=1 M=1 x=@\x7f", "column 33: found control character 0x7f"},
};

Test(parse, what_is_wrong_is_named_with_its_column)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct vjp_case c = {.threads = 42};
        struct vjp_error error = {""};
        cr_expect_neq(vjp_case_parse(refused[i].line, &c, &error), VJP_OK, "%s", refused[i].line);
        cr_expect_eq(strncmp(error.text, refused[i].error, strlen(refused[i].error)), 0,
                     "%s\n  says %s", refused[i].line, error.text);
        cr_expect_eq(c.threads, 42, "the output is untouched");
    }
}

Test(parse, a_message_repeats_no_more_than_the_start_of_a_long_value)
{
    char line[4096] = "linear dtype=f32 N=1 D=1 M=1 x=";
    struct vjp_case c;
    struct vjp_error error = {""};
    memset(line + strlen(line), 'q', 3000);
    cr_expect_eq(vjp_case_parse(line, &c, &error), VJP_ERR_USAGE);
    cr_expect_lt(strlen(error.text), 400);
    cr_expect_not_null(strstr(error.text, "expected one of uniform"));
}

/* Changes, removes, inserts or swaps a few bytes. */
static void mutate(struct source *source, char *line, size_t size)
{
    static const char likely[] = "=.:,[]+-0189xNDMdwybea@| \t#\x01\xff";
    for (uint64_t edits = 1 + draw(source, 4); edits > 0; edits--) {
        const size_t length = strlen(line);
        const size_t at = (size_t)draw(source, length + 1);
        const char byte = draw(source, 8) ? likely[draw(source, sizeof likely - 1)]
                                          : (char)(1 + draw(source, 255));
        switch (draw(source, 3)) {
        case 0:
            if (at < length)
                line[at] = byte;
            break;
        case 1:
            memmove(line + at, line + at + (at < length), length - at + (at == length));
            break;
        default:
            if (length + 2 < size) {
                memmove(line + at + 1, line + at, length - at + 1);
                line[at] = byte;
            }
        }
    }
}

/* A line with a few bytes changed is refused with its column, or is a case that round-trips. */
static int parse_mutant(const char *line)
{
    struct vjp_case c = {0};
    struct vjp_case again = {0};
    struct vjp_error error = {""};
    struct vjp_text text = {0};
    if (vjp_case_parse(line, &c, &error) != VJP_OK) {
        cr_assert_eq(strncmp(error.text, "column ", 7), 0, "%s: %s", line, error.text);
        return 0;
    }
    vjp_case_print(&c, &text);
    cr_assert_eq(vjp_case_parse(text.data, &again, &error), VJP_OK, "%s: %s", text.data,
                 error.text);
    cr_assert(vjp_case_is_equal(&c, &again), "%s", line);
    vjp_text_clear(&text);
    vjp_case_clear(&c);
    vjp_case_clear(&again);
    return 1;
}

Test(parse, mutated_lines_are_refused_or_round_trip)
{
    struct source source = {7};
    int accepted = 0;
    for (int i = 0; i < 5000; i++) {
        char line[8192];
        struct vjp_case c = random_case(&source, spec_of((uint64_t)i));
        struct vjp_text text = {0};
        vjp_case_print(&c, &text);
        snprintf(line, sizeof line, "%s", text.data);
        mutate(&source, line, sizeof line);
        accepted += parse_mutant(line);
        vjp_text_clear(&text);
        vjp_case_clear(&c);
    }
    cr_expect_gt(accepted, 100, "too few of them are lines: %d", accepted);
    cr_expect_lt(accepted, 4500, "too few of them are wrong: %d", accepted);
}
