/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a kernel gets of a case: laid out, then through a worker. */
#include "impls/host/tensors.h"

#include "tests/impls/host/plant.h"

#include <signal.h>

/* A layer that nobody else has: x: N x D, t: N (indices), w: D with scaled=1, y: N x D; a scalar L;
 * saved y and mean: N. */
enum { X, T, W, DL, DX, DT, DW, SLOTS };
enum { OUTPUT = 3, SAVED_Y, SAVED_MEAN };

static bool has_input(const struct vjp_case *c, int i)
{
    return i != W || c->attr[0] != 0;
}

static void shape(const struct vjp_case *c, int i, struct vjp_shape *out,
                  int axis_dim[VJP_RANK_MAX])
{
    static const int rank[] = {2, 1, 1, 0, 2, 1};
    out->rank = rank[i];
    axis_dim[0] = i == W;
    axis_dim[1] = 1;
    for (int d = 0; d < rank[i]; d++)
        out->dim[d] = c->dim[axis_dim[d]];
}

static int64_t reduction(const struct vjp_case *c)
{
    return c->dim[0];
}

static int64_t index_bound(const struct vjp_case *c, int i)
{
    return i == T ? c->dim[1] : 0;
}

static const char *const choices[] = {"none", "mean", "sum", NULL};

static const struct vjp_spec probe = {
    .name = "probe",
    .formula = "any",
    .n_dims = 2,
    .dim = {"N", "D"},
    .n_attrs = 3,
    .attr = {{.name = "scaled", .min = 0, .max = 1},
             {.name = "reduction", .kind = VJP_ATTR_CHOICE, .choices = choices},
             {.name = "eps", .kind = VJP_ATTR_REAL, .real_fallback = 0.1, .real_max = 1}},
    .n_inputs = 3,
    .input = {{.name = "x", .differentiable = true},
              {.name = "t", .domain = VJP_DOMAIN_INDEX},
              {.name = "w", .differentiable = true}},
    .output = "L",
    .n_saved = 2,
    .saved = {{.name = "y"}, {.name = "mean"}},
    .has_input = has_input,
    .shape = shape,
    .reduction = reduction,
    .index_bound = index_bound,
};

/* A case of 2 x 3, or 4 x 5, with its values. */
static void set_case(struct bed *bed, const struct vjp_spec *spec, int64_t n, int64_t d)
{
    vjp_case_clear(&bed->c);
    cr_assert_eq(vjp_case_init(&bed->c, spec, VJP_F32, &bed->error), VJP_OK, "%s", bed->error.text);
    bed->c.dim[0] = n;
    bed->c.dim[1] = d;
    bed->c.attr[0] = 1;
    cr_assert_eq(vjp_case_settle(&bed->c, &bed->error), VJP_OK, "%s", bed->error.text);
    bed_values(bed);
}

static struct vjp_kernel_info make_kernel(int n_wants, const char *const wants[])
{
    struct vjp_kernel_info kernel = {.name = "k", .layer = "probe", .alignment = 1};
    kernel.n_wants = n_wants;
    for (int i = 0; i < n_wants; i++)
        snprintf(kernel.wants[i], sizeof kernel.wants[i], "%s", wants[i]);
    return kernel;
}

/* The names of what the kernel gets, "x t | dx". */
static void expect_order(const struct bed *bed, const struct vjp_kernel_info *kernel,
                         const char *expected)
{
    struct vjp_tensors tensors;
    struct vjp_error error;
    char text[256] = "";
    char name[VJP_WIRE_NAME];
    cr_assert_eq(vjp_tensors_plan(&tensors, kernel, &bed->c, &bed->data, 4096, &error), VJP_OK,
                 "%s", error.text);
    for (int i = 0; i < tensors.n_inputs + tensors.n_outputs; i++) {
        vjp_slot_name(bed->c.spec, tensors.window[i].slot, name, sizeof name);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", name,
                 i + 1 == tensors.n_inputs ? "|" : " ");
        cr_expect_eq(i < tensors.n_inputs, tensors.window[i].index < VJP_INPUT_WINDOWS);
        cr_expect_eq(tensors.values[i] != NULL, i < tensors.n_inputs || bed->c.accumulate);
    }
    cr_expect_str_eq(text, expected);
    cr_expect_eq(tensors.bytes, 4096);
}

static void expect_failure(const struct bed *bed, const struct vjp_kernel_info *kernel,
                           const char *message)
{
    struct vjp_tensors tensors = {.n_inputs = 77};
    struct vjp_error error;
    cr_expect_eq(vjp_tensors_plan(&tensors, kernel, &bed->c, &bed->data, 4096, &error),
                 VJP_ERR_INTERNAL);
    cr_expect_str_eq(error.text, message);
    cr_expect_eq(tensors.n_inputs, 77, "nothing is written on failure");
}

Test(tensors, a_call_has_what_is_wanted_in_the_order_of_the_spec)
{
    static const char *const wants[] = {"mean", "w", "y", "x"};
    struct bed bed = {0};
    set_case(&bed, &probe, 2, 3);
    struct vjp_kernel_info kernel = make_kernel(0, NULL);
    expect_order(&bed, &kernel, "x t w dL|dx dw ");
    kernel = make_kernel(4, wants);
    expect_order(&bed, &kernel, "x w y mean dL|dx dw ");
    kernel = make_kernel(1, wants);
    expect_order(&bed, &kernel, "mean dL|dx dw ");
    kernel = make_kernel(2, wants);
    expect_order(&bed, &kernel, "w mean dL|dx dw ");
    bed.c.accumulate = true;
    bed_values(&bed);
    expect_order(&bed, &kernel, "w mean dL|dx dw ");
    bed.c.attr[0] = 0;
    cr_assert_eq(vjp_case_settle(&bed.c, &bed.error), VJP_OK);
    bed_values(&bed);
    expect_order(&bed, &kernel, "mean dL|dx ");
    vjp_data_clear(&bed.data);
    vjp_case_clear(&bed.c);
}

/* Labels that a layer calls y, and an output of that name. */
Test(tensors, an_input_goes_before_a_saved_value_of_its_name)
{
    static const char *const wants[] = {"x", "y"};
    struct vjp_spec twice = probe;
    struct bed bed = {0};
    twice.saved[0].name = "x";
    set_case(&bed, &twice, 2, 3);
    const struct vjp_kernel_info kernel = make_kernel(1, wants);
    expect_order(&bed, &kernel, "x dL|dx dw ");
    cr_expect_not(vjp_tensors_is_given(&kernel, &bed.c, vjp_slot_saved(&twice, 0)));
    cr_expect_not(vjp_tensors_is_given(&kernel, &bed.c, DT), "nothing to differentiate");
    vjp_data_clear(&bed.data);
    vjp_case_clear(&bed.c);
}

Test(tensors, values_that_are_missing_or_another_s_are_refused)
{
    static const char *const wants[] = {"mean", "t"};
    struct bed bed = {0};
    set_case(&bed, &probe, 2, 3);
    const struct vjp_kernel_info kernel = make_kernel(2, wants);
    const struct vjp_kernel_info all = make_kernel(0, NULL);
    vjp_tensor_clear(&bed.data.saved[1]);
    expect_failure(&bed, &kernel, "the oracle has not filled in mean, which the kernel wants");
    expect_order(&bed, &all, "x t w dL|dx dw ");
    bed_values(&bed);
    bed.data.saved[1].dtype = VJP_F64;
    expect_failure(&bed, &kernel, "the data of mean are not those of the case");
    bed.data.saved[1].dtype = VJP_F32;
    bed.data.saved[1].shape.dim[0]++;
    expect_failure(&bed, &kernel, "the data of mean are not those of the case");
    bed.data.saved[1].shape.dim[0]--;
    bed.data.slot[T].dtype = VJP_F32;
    expect_failure(&bed, &kernel, "the data of t are not those of the case");
    bed.data.slot[T].dtype = VJP_I32;
    vjp_tensor_clear(&bed.data.slot[DL]);
    expect_failure(&bed, &kernel, "the data of dL are not those of the case");
    vjp_data_clear(&bed.data);
    vjp_case_clear(&bed.c);
}

/* Through a worker: a kernel of "probe" that says what it was given. */

static const char tell[] =
    "static void tell(const struct vjp_abi_tensor *const *t, int n)\n"
    "{\n"
    "    for (int i = 0; i < n; i++) {\n"
    "        const DLTensor *d = t[i]->dl;\n"
    "        printf(\"%s%d.%d:\", t[i]->name, d->dtype.code, d->dtype.bits);\n"
    "        for (int k = 0; k < d->ndim; k++)\n"
    "            printf(\"%d/%d,\", (int)d->shape[k], (int)d->strides[k]);\n"
    "        if (!d->shape || !d->strides) abort();\n"
    "        putchar(' ');\n"
    "    }\n"
    "}\n"
    "static void zero(void)\n"
    "{\n"
    "    for (int i = 0; i < call->n_outputs; i++) {\n"
    "        const DLTensor *d = call->outputs[i]->dl;\n"
    "        int64_t count = 1;\n"
    "        for (int k = 0; k < d->ndim; k++) count *= d->shape[k];\n"
    "        memset(F(d), 0, count * 4);\n"
    "    }\n"
    "}\n";

static void open_probe(struct bed *bed, const char *act, const char *wants)
{
    char text[4096];
    char flags[256];
    snprintf(text, sizeof text, "%sstatic void act(void) { %s }\n", tell, act);
    snprintf(flags, sizeof flags, "'-DLAYER=\"probe\"' %s", wants);
    bed_open_with(bed, text, flags, (struct vjp_worker_options){0});
    set_case(bed, &probe, 2, 3);
}

/* Once, because the words of three calls would be too many. */
static const char tell_once[] = "static int n; zero(); if (n++) return;"
                                "tell(call->inputs, call->n_inputs); printf(\"| \");"
                                "tell(call->outputs, call->n_outputs);";

Test(tensors, saved_values_indices_and_scalars_arrive)
{
    struct bed bed;
    open_probe(&bed, tell_once, "'-DWANTS=\"t\",\"mean\",\"y\"'");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED, "%s", bed.seen.reason);
    cr_expect_str_eq(bed.seen.log, "t0.32:2/1, y2.32:2/3,3/1, mean2.32:2/1, dL2.32: | "
                                   "dx2.32:2/3,3/1, dw2.32:3/1,");
    bed_close(&bed);
    open_probe(&bed, tell_once, "");
    bed_run(&bed);
    cr_expect_str_eq(bed.seen.log, "x2.32:2/3,3/1, t0.32:2/1, w2.32:3/1, dL2.32: | "
                                   "dx2.32:2/3,3/1, dw2.32:3/1,");
    bed_close(&bed);
}

/* dx = L y + mean where the index of the row is the column's, minus t; both placements. */
Test(tensors, values_arrive_as_they_are)
{
    struct bed bed;
    open_probe(&bed,
               "const int32_t *t = vjp_abi_data(IN(\"t\"));"
               "const float *dL = F(IN(\"dL\")), *y = F(IN(\"y\")), *mean = F(IN(\"mean\"));"
               "zero();"
               "for (int n = 0; n < 4; n++)"
               "    for (int d = 0; d < 5; d++)"
               "        F(OUT(\"dx\"))[5 * n + d] = dL[0] * y[5 * n + d] + mean[n] - 100 * t[n];",
               "'-DWANTS=\"y\",\"mean\",\"t\"'");
    set_case(&bed, &probe, 4, 5);
    bed_run(&bed);
    cr_assert_eq(bed.seen.outcome, VJP_COMPLETED, "%s", bed.seen.reason);
    cr_expect_str_eq(bed.seen.reason, "");
    const double dL = bed_value(&bed.data.slot[DL], 0);
    cr_assert_neq(dL, 0);
    for (int i = 0; i < 20; i++) {
        const double wanted = dL * bed_value(&bed.data.saved[0], i) +
                              bed_value(&bed.data.saved[1], i / 5) -
                              100 * bed_value(&bed.data.slot[T], i / 5);
        for (int p = 0; p < 2; p++)
            cr_expect_eq(bed_value(&bed.seen.answer[p][DX], i), wanted, "element %d", i);
    }
    bed_close(&bed);
}

/* 0.1 is no float, and no integer's double. */
Test(tensors, real_attributes_arrive_whole)
{
    struct bed bed;
    open_probe(&bed,
               "static int n; zero(); if (n++) return;"
               "for (int a = 0; a < call->n_attrs; a++)"
               "    printf(\"%s %d %a;\", call->attrs[a]->name, (int)call->attrs[a]->i,"
               "           call->attrs[a]->f);",
               "");
    bed.c.attr[1] = 2;
    bed.c.real[2] = 0.1;
    bed_run(&bed);
    cr_expect_str_eq(bed.seen.log, "scaled 1 0x1p+0;reduction 2 0x1p+1;eps 0 0x1.999999999999ap-4;",
                     "%s", bed.seen.log);
    bed_close(&bed);
}

/* What the fields of 1.1 hold is not looked at: everything arrives, and nothing saved. */
Test(tensors, a_kernel_of_version_1_0_gets_every_input)
{
    struct bed bed;
    open_probe(&bed, tell_once, "'-DWANTS=\"y\"' -DKERNEL_SIZE=VJP_ABI_KERNEL_SIZE_1_0");
    cr_expect_eq(vjp_worker_info(bed.worker)->kernel[0].n_wants, 0);
    bed_run(&bed);
    cr_expect_str_eq(bed.seen.log, "x2.32:2/3,3/1, t0.32:2/1, w2.32:3/1, dL2.32: | "
                                   "dx2.32:2/3,3/1, dw2.32:3/1,");
    bed_close(&bed);
}

Test(tensors, saved_values_are_guarded_and_read_only)
{
    struct bed bed;
    open_probe(&bed, "zero(); sink = F(IN(\"mean\"))[2];", "'-DWANTS=\"y\",\"mean\"'");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect(bed.seen.out_of_bounds.found);
    cr_expect_eq(bed.seen.out_of_bounds.slot, vjp_slot_saved(&probe, 1));
    cr_expect_eq(bed.seen.out_of_bounds.bytes, 1);
    cr_expect_str_eq(bed.seen.reason,
                     "SIGSEGV in run: read 1 bytes after the last element of mean");
    bed_close(&bed);
    open_probe(&bed, "zero(); F(IN(\"y\"))[1] = 0;", "'-DWANTS=\"y\",\"mean\"'");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect(bed.seen.input_changed.found);
    cr_expect_eq(bed.seen.input_changed.slot, vjp_slot_saved(&probe, 0));
    cr_expect_str_eq(bed.seen.reason, "SIGSEGV in run: wrote to y, which is read-only");
    bed_close(&bed);
}

/* An index read from behind its tensor, on the left where there is memory, leads out of x. */
Test(tensors, an_index_from_outside_is_laid_to_the_table)
{
    struct bed bed;
    open_probe(&bed,
               "const int32_t *t = vjp_abi_data(IN(\"t\"));"
               "zero(); sink = F(IN(\"x\"))[3 * (int64_t)t[2]];",
               "");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect_eq(bed.seen.out_of_bounds.slot, X);
    cr_expect_eq(bed.seen.out_of_bounds.side, VJP_AFTER);
    bed_close(&bed);
}

/* The scalar ends with its page; a tensor's align binds only those who are given it. */
Test(tensors, a_scalar_has_an_end_and_alignment_is_for_those_who_read)
{
    struct bed bed;
    open_probe(&bed, "zero(); sink = F(IN(\"dL\"))[1];", "'-DWANTS=\"y\"'");
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect_eq(bed.seen.out_of_bounds.slot, DL);
    cr_expect_eq(bed.seen.out_of_bounds.bytes, 1);
    bed_close(&bed);
    open_probe(&bed, "zero();", "-DALIGNMENT=32 '-DWANTS=\"y\"'");
    bed.c.slot[X].layout.align = 4;
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_COMPLETED, "%s", bed.seen.reason);
    bed_close(&bed);
    open_probe(&bed, "zero();", "-DALIGNMENT=32 '-DWANTS=\"x\"'");
    bed.c.slot[X].layout.align = 4;
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_DECLINED);
    cr_expect_str_eq(bed.seen.reason, "the kernel declares alignment 32, the case has x.align=4");
    bed_close(&bed);
}

Test(tensors, a_run_without_the_saved_values_is_our_failure)
{
    struct bed bed;
    open_probe(&bed, "zero();", "'-DWANTS=\"y\"'");
    vjp_tensor_clear(&bed.data.saved[0]);
    cr_expect_eq(vjp_worker_run(bed.worker, 0, &bed.c, &bed.data, &bed.seen, &bed.error),
                 VJP_ERR_INTERNAL);
    cr_expect_str_eq(bed.error.text, "the oracle has not filled in y, which the kernel wants");
    bed_close(&bed);
}
