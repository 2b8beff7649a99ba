/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_IMPLS_HOST_PLANT_H
#define VJP_TESTS_IMPLS_HOST_PLANT_H

/* Plug-ins made of C text while a test runs, and a worker and a case to try them with. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cases/spec/case.h"
#include "cases/spec/data.h"
#include "impls/host/worker_handle.h"

#define PLANT_WORKER TEST_BINARY_DIR "/vjpcheck-worker"

/* What every plant can use: the tensors by name, and answer(), a correct linear backward for
 * operands of any layout. */
static const char plant_prelude[] =
    "#include \"vjp_plugin.h\"\n"
    "#include <fenv.h>\n#include <math.h>\n#include <pthread.h>\n#include <signal.h>\n"
    "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <sys/mman.h>\n"
    "#include <unistd.h>\n#include <fcntl.h>\n#include <xmmintrin.h>\n"
    "static const struct vjp_abi_call *call;\n"
    "#define IN(name) vjp_abi_input(call, name)\n"
    "#define OUT(name) vjp_abi_output(call, name)\n"
    "#define F(t) ((float *)vjp_abi_data(t))\n"
    "static volatile float sink;\n"
    "static double get(const DLTensor *t, int64_t i, int64_t j)\n"
    "{\n"
    "    const int64_t at = i * t->strides[0] + (t->ndim > 1 ? j * t->strides[1] : 0);\n"
    "    return t->dtype.bits == 32 ? F(t)[at] : ((double *)vjp_abi_data(t))[at];\n"
    "}\n"
    "static void put(const DLTensor *t, int64_t i, int64_t j, double value)\n"
    "{\n"
    "    const int64_t at = i * t->strides[0] + (t->ndim > 1 ? j * t->strides[1] : 0);\n"
    "    if (call->accumulate)\n"
    "        value += get(t, i, j);\n"
    "    if (t->dtype.bits == 32)\n"
    "        F(t)[at] = (float)value;\n"
    "    else\n"
    "        ((double *)vjp_abi_data(t))[at] = value;\n"
    "}\n"
    "static void answer(void)\n"
    "{\n"
    "    const DLTensor *x = IN(\"x\"), *w = IN(\"w\"), *dy = IN(\"dy\");\n"
    "    const int64_t N = x->shape[0], D = x->shape[1], M = w->shape[1];\n"
    "    for (int64_t n = 0; n < N; n++)\n"
    "        for (int64_t d = 0; d < D; d++) {\n"
    "            double sum = 0;\n"
    "            for (int64_t m = 0; m < M; m++)\n"
    "                sum += get(dy, n, m) * get(w, d, m);\n"
    "            put(OUT(\"dx\"), n, d, sum);\n"
    "        }\n"
    "    for (int64_t d = 0; d < D; d++)\n"
    "        for (int64_t m = 0; m < M; m++) {\n"
    "            double sum = 0;\n"
    "            for (int64_t n = 0; n < N; n++)\n"
    "                sum += get(x, n, d) * get(dy, n, m);\n"
    "            put(OUT(\"dw\"), d, m, sum);\n"
    "        }\n"
    "    for (int64_t m = 0; OUT(\"db\") && m < M; m++) {\n"
    "        double sum = 0;\n"
    "        for (int64_t n = 0; n < N; n++)\n"
    "            sum += get(dy, n, m);\n"
    "        put(OUT(\"db\"), m, 0, sum);\n"
    "    }\n"
    "}\n"
    "static void act(void);\n"
    "static const char *ask(void);\n"
    "static int32_t result;\n"
    "static int32_t run(const struct vjp_abi_call *c)\n"
    "{\n"
    "    call = c;\n"
    "    act();\n"
    "    return result;\n"
    "}\n"
    "static int32_t supports(const struct vjp_abi_call *c, const char **reason)\n"
    "{\n"
    "    call = c;\n"
    "    *reason = ask();\n"
    "    return *reason == 0;\n"
    "}\n"
    "#ifndef ALIGNMENT\n#define ALIGNMENT 0\n#endif\n"
    "#ifndef CAPABILITIES\n#define CAPABILITIES VJP_ABI_DETERMINISTIC\n#endif\n"
    "#ifndef LAYER\n#define LAYER \"linear\"\n#endif\n"
    "#ifdef WANTS\n"
    "static const char *const wants[] = {WANTS};\n"
    "#define TAIL , sizeof wants / sizeof *wants, 0, 0, 0, wants\n"
    "#else\n#define TAIL\n#endif\n"
    "static const struct vjp_abi_model f32 = {sizeof f32, 0, {kDLFloat, 32, 1}, {kDLFloat, 64, "
    "1}};\n"
    "static const struct vjp_abi_model f64 = {sizeof f64, 0, {kDLFloat, 64, 1}, {kDLFloat, 64, "
    "1}};\n"
    "static const struct vjp_abi_model *const models[] = {&f32, &f64};\n"
    "#ifndef MINOR\n#define MINOR 1\n#endif\n"
    "#ifndef KERNEL_SIZE\n#define KERNEL_SIZE sizeof kernel\n#endif\n"
    "static const struct vjp_abi_kernel kernel = {KERNEL_SIZE, CAPABILITIES, "
    "\"plant\",\n"
    "    LAYER, \"a plant\", ALIGNMENT, 2, models, supports, run TAIL};\n"
    "static const struct vjp_abi_kernel *const kernels[] = {&kernel};\n"
    "const struct vjp_abi_plugin vjp_abi_descriptor = {sizeof vjp_abi_descriptor, 1, MINOR, "
    "1,\n"
    "    \"plant\", \"0\", kernels};\n";

struct plant {
    char folder[64];
    char path[96];
};

/* Compiles text to a shared library. */
static inline void plant_text(struct plant *plant, const char *text, const char *flags)
{
    char source[96];
    char command[1024];
    snprintf(plant->folder, sizeof plant->folder, "/tmp/vjpcheck-plant-XXXXXX");
    cr_assert_not_null(mkdtemp(plant->folder));
    snprintf(plant->path, sizeof plant->path, "%s/plant.so", plant->folder);
    snprintf(source, sizeof source, "%s/plant.c", plant->folder);
    FILE *file = fopen(source, "w");
    cr_assert_not_null(file);
    cr_assert_geq(fputs(text, file), 0);
    cr_assert_eq(fclose(file), 0);
    snprintf(
        command, sizeof command,
        "cc -std=gnu11 -O1 -w -fno-strict-aliasing -shared -fPIC %s -I%s/impls/abi %s -o %s -lm",
        flags, TEST_SOURCE_DIR, source, plant->path);
    cr_assert_eq(system(command), 0, "%s", command);
}

/* A plug-in with a kernel whose run does act, and that supports everything. The flags may define
 * its LAYER ("linear"), WANTS, ALIGNMENT, CAPABILITIES and MINOR (1). */
static inline void plant_kernel(struct plant *plant, const char *act, const char *flags)
{
    static const char ask[] = "static const char *ask(void) { return 0; }\n";
    const size_t size = sizeof plant_prelude + sizeof ask + strlen(act) + 64;
    char *text = malloc(size);
    cr_assert_not_null(text);
    const char *own_ask = strstr(act, "*ask(void)") ? "" : ask;
    if (strstr(act, "void act(void)"))
        snprintf(text, size, "%s%s%s", plant_prelude, own_ask, act);
    else
        snprintf(text, size, "%s%sstatic void act(void) { %s }\n", plant_prelude, own_ask, act);
    plant_text(plant, text, flags);
    free(text);
}

static inline void plant_remove(const struct plant *plant)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", plant->folder);
    cr_assert_eq(system(command), 0);
}

/* A plant in a worker, a case, and what was seen. */
struct bed {
    struct plant plant;
    struct vjp_worker *worker;
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_observation seen;
    struct vjp_error error;
};

enum { BED_X, BED_W, BED_B, BED_DY, BED_DX, BED_DW, BED_DB };

static inline void bed_open_with(struct bed *bed, const char *act, const char *flags,
                                 struct vjp_worker_options options)
{
    *bed = (struct bed){0};
    options.executable = PLANT_WORKER;
    plant_kernel(&bed->plant, act, flags);
    cr_assert_eq(vjp_worker_create(bed->plant.path, &options, &bed->worker, &bed->error), VJP_OK,
                 "%s", bed->error.text);
    cr_assert_eq(vjp_case_init(&bed->c, vjp_spec_find("linear"), VJP_F32, &bed->error), VJP_OK);
    bed->c.dim[0] = 2;
    bed->c.dim[1] = 3;
    bed->c.dim[2] = 4;
}

static inline void bed_open(struct bed *bed, const char *act)
{
    bed_open_with(bed, act, "", (struct vjp_worker_options){0});
}

static inline void bed_close(struct bed *bed)
{
    vjp_observation_clear(&bed->seen);
    vjp_data_clear(&bed->data);
    vjp_case_clear(&bed->c);
    vjp_worker_destroy(bed->worker);
    plant_remove(&bed->plant);
}

static inline void bed_fill(struct bed *bed, struct vjp_tensor *t, enum vjp_dtype dtype,
                            const struct vjp_shape *shape, int slot)
{
    cr_assert_eq(vjp_tensor_init(t, dtype, shape, &bed->error), VJP_OK);
    for (int64_t i = 0; i < t->count; i++)
        vjp_tensor_set(t, i, vjp_bits_from_double(dtype, (double)((7 * i + 3 * slot) % 11 - 5)));
}

/* Small integers, so that every sum is exact; for saved values, too, whatever the formula is. */
static inline void bed_values(struct bed *bed)
{
    const struct vjp_spec *spec = bed->c.spec;
    struct vjp_shape shape;
    vjp_data_clear(&bed->data);
    for (int k = 0; k < spec->n_saved; k++) {
        vjp_case_saved_shape(&bed->c, k, &shape);
        bed_fill(bed, &bed->data.saved[k], vjp_case_saved_dtype(&bed->c, k), &shape,
                 vjp_slot_saved(spec, k));
    }
    for (int slot = 0; slot < vjp_slot_count(bed->c.spec); slot++) {
        if (!vjp_case_has_slot(&bed->c, slot) ||
            (vjp_slot_is_gradient(bed->c.spec, slot) && !bed->c.accumulate))
            continue;
        vjp_case_slot_shape(&bed->c, slot, &shape);
        bed_fill(bed, &bed->data.slot[slot], vjp_case_slot_dtype(&bed->c, slot), &shape, slot);
    }
}

static inline void bed_run(struct bed *bed)
{
    vjp_observation_clear(&bed->seen);
    bed_values(bed);
    cr_assert_eq(vjp_worker_run(bed->worker, 0, &bed->c, &bed->data, &bed->seen, &bed->error),
                 VJP_OK, "%s", bed->error.text);
}

static inline double bed_value(const struct vjp_tensor *t, int64_t i)
{
    return vjp_bits_to_double(t->dtype, vjp_tensor_get(t, i));
}

/* What element (i, j) of a gradient must be, from the definition y = x w + b. */
static inline double bed_wanted(const struct bed *bed, int slot, int64_t i, int64_t j)
{
    const int64_t N = bed->c.dim[0], D = bed->c.dim[1], M = bed->c.dim[2];
    const struct vjp_tensor *x = &bed->data.slot[BED_X];
    const struct vjp_tensor *w = &bed->data.slot[BED_W];
    const struct vjp_tensor *dy = &bed->data.slot[BED_DY];
    double sum = 0;
    if (bed->c.accumulate)
        sum = bed_value(&bed->data.slot[slot], slot == BED_DX   ? i * D + j
                                               : slot == BED_DW ? i * M + j
                                                                : i);
    for (int64_t m = 0; slot == BED_DX && m < M; m++)
        sum += bed_value(dy, i * M + m) * bed_value(w, j * M + m);
    for (int64_t n = 0; slot != BED_DX && n < N; n++)
        sum += slot == BED_DW ? bed_value(x, n * D + i) * bed_value(dy, n * M + j)
                              : bed_value(dy, n * M + i);
    return sum;
}

/* Nothing was seen but the right answers. */
static inline void bed_expect_right(struct bed *bed)
{
    const struct vjp_observation *seen = &bed->seen;
    cr_assert_eq(seen->outcome, VJP_COMPLETED, "%s", seen->reason);
    cr_expect_str_eq(seen->reason, "");
    cr_expect_str_eq(seen->conduct, "");
    cr_expect_str_eq(seen->log, "");
    cr_expect_str_eq(seen->fp_environment, "");
    cr_expect_not(seen->out_of_bounds.found);
    cr_expect_not(seen->input_changed.found);
    cr_expect_eq(seen->unwritten_slot, -1);
    cr_expect_eq(seen->repeat_slot, -1);
    cr_expect_not(seen->reads_old_output);
    for (int slot = BED_DX; slot <= BED_DB; slot++) {
        for (int p = 0; p < 2; p++) {
            const struct vjp_tensor *got = &seen->answer[p][slot];
            if (!vjp_case_has_slot(&bed->c, slot)) {
                cr_expect_null(got->data);
                continue;
            }
            cr_assert_not_null(got->data);
            const int64_t columns = got->shape.rank > 1 ? got->shape.dim[1] : 1;
            for (int64_t i = 0; i < got->count; i++) {
                const double wanted = bed_wanted(bed, slot, i / columns, i % columns);
                if (!(bed_value(got, i) == wanted)) /* cr_assert costs a microsecond */
                    cr_assert(false, "slot %d element %d placement %d: %g instead of %g", slot,
                              (int)i, p, bed_value(got, i), wanted);
            }
        }
    }
}

#endif
