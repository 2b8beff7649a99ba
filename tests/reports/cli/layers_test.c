/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/layers.h"

#include "tests/reports/render/fixture.h"

Test(layers, every_layer_has_its_line)
{
    struct capture capture;
    capture_begin(&capture);
    vjp_layers_print(capture.file);
    const char *text = capture_end(&capture);
    int lines = 0;
    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++, lines--) {
        expect_in(text, (*spec)->name);
        expect_in(text, (*spec)->formula);
    }
    cr_expect_eq(lines, 0);
    free(capture.text);
}

Test(layers, one_is_shown_with_all_that_a_line_needs)
{
    struct capture capture;
    capture_begin(&capture);
    vjp_layers_print_one(vjp_spec_find("linear"), capture.file);
    cr_expect_str_eq(capture_end(&capture),
                     "linear: y = x w, with bias=1: y = x w + b\n"
                     "  operands\n"
                     "    x  numbers  N x D\n"
                     "    w  numbers  D x M\n"
                     "    b  numbers  M, with bias=1\n"
                     "  dimensions\n"
                     "    N D M\n"
                     "  gradients, given dy\n"
                     "    dx dw db\n"
                     "  attributes (in brackets: where a line does not say)\n"
                     "    bias: 0 to 1  (0)  1: add b to each row\n"
                     "  a line\n"
                     "    linear dtype=f32 N=1 D=1 M=1 x=normal w=normal dy=normal\n");
    free(capture.text);
}

static const char *const kinds[] = {"one", "two", NULL};

/* What linear has nothing of. */
Test(layers, domains_choices_and_saved_values_are_shown)
{
    struct vjp_spec spec = *vjp_spec_find("linear");
    struct capture capture;
    spec.name = "stranger"; /* without a formula, which would be of other operands */
    spec.n_attrs = 2;
    spec.attr[1] = (struct vjp_attr_spec){
        .name = "kind", .kind = VJP_ATTR_CHOICE, .fallback = 1, .choices = kinds, .help = "which"};
    spec.input[0].domain = VJP_DOMAIN_POSITIVE;
    spec.input[1].domain = VJP_DOMAIN_MASK;
    spec.input[1].differentiable = false;
    spec.n_saved = 1;
    spec.saved[0] = (struct vjp_saved_spec){.name = "y", .help = "of each row"};
    capture_begin(&capture);
    vjp_layers_print_one(&spec, capture.file);
    const char *text = capture_end(&capture);
    expect_in(text, "    kind: one, two  (two)  which\n");
    expect_in(text, "    x  numbers above 0           N x D\n");
    expect_in(text, "    w  i32: 0 or 1, no gradient  D x M\n");
    expect_in(text, "    dx db\n");
    expect_in(text, "  saved by the forward pass, for kernels that want it\n"
                    "    y  of each row\n");
    free(capture.text);
}

/* Smallest by the rules of each: a window of 2, pairs of features, what a log takes. */
Test(layers, each_shows_its_smallest_line)
{
    static const struct {
        const char *layer, *line;
    } table[] = {
        {"avgpool2d", "avgpool2d dtype=f32 N=1 C=1 H=2 W=2 x=normal dy=normal\n"},
        {"maxpool2d", "maxpool2d dtype=f32 N=1 C=1 H=2 W=2 x=normal dy=normal\n"},
        {"rope", "rope dtype=f32 N=1 H=1 D=2 x=normal cos=normal sin=normal dy=normal\n"},
        {"linear | log",
         "linear | log dtype=f32 1.N=1 1.D=1 1.M=1 1.x=positive 1.w=positive dy=normal\n"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct capture capture;
        capture_begin(&capture);
        vjp_layers_print_one(vjp_spec_find(table[i].layer), capture.file);
        expect_in(capture_end(&capture), table[i].line);
        free(capture.text);
    }
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        struct capture capture;
        capture_begin(&capture);
        vjp_layers_print_one(*spec, capture.file);
        expect_in(capture_end(&capture), "\n  a line\n    ");
        free(capture.text);
    }
}

Test(layers, a_pipeline_without_a_line_says_why)
{
    struct capture capture;
    capture_begin(&capture);
    vjp_layers_print_one(vjp_spec_find("mse | rope"), capture.file);
    expect_in(capture_end(&capture), "\n  no line was found: stage 2 (rope): ");
    free(capture.text);
}
