/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A case line: what parses is valid, prints, parses to an equal case and prints the same again; its values,
 * where there are few, are a pure function of the line. */
#include "cases/gen/generate.h"
#include "cases/line/parse.h"
#include "tests/fuzz/fuzz.h"

#define ELEMENTS_MAX 512 /* of all operands; more show nothing new and take time */

static char *print(const struct vjp_case *c)
{
    struct vjp_text text = {0};
    vjp_case_print(c, &text);
    FUZZ_EXPECT(!text.failed && text.data, "no memory");
    return text.data;
}

/* A file that a line names is none of the fuzzer's business. */
static bool is_small(const struct vjp_case *c)
{
    int64_t sum = 0;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        struct vjp_shape shape;
        int64_t count = 0;
        if (!vjp_case_has_values(c, slot))
            continue;
        if (c->slot[slot].generator == VJP_GEN_NPY)
            return false;
        vjp_case_slot_shape(c, slot, &shape);
        if (vjp_shape_count(&shape, &count, NULL) != VJP_OK || count > ELEMENTS_MAX)
            return false;
        sum += count;
    }
    return sum <= ELEMENTS_MAX;
}

static void expect_same_data(const struct vjp_case *c, const struct vjp_data *a,
                             const struct vjp_data *b)
{
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        const struct vjp_tensor *x = &a->slot[slot], *y = &b->slot[slot];
        const size_t bytes = (size_t)x->count * (size_t)vjp_format(x->dtype)->bytes;
        FUZZ_EXPECT(!x->data == !vjp_case_has_values(c, slot), "slot %d", slot);
        FUZZ_EXPECT(x->count == y->count && x->dtype == y->dtype, "slot %d", slot);
        FUZZ_EXPECT(!x->data || memcmp(x->data, y->data, bytes) == 0, "slot %d", slot);
    }
}

static void check_data(const struct vjp_case *c, const struct vjp_case *again)
{
    struct vjp_data a = {0}, b = {0};
    struct vjp_error error = {""};
    const enum vjp_status status = vjp_data_generate(c, &a, &error);
    FUZZ_EXPECT(vjp_data_generate(again, &b, NULL) == status, "%s", error.text);
    if (status == VJP_OK)
        expect_same_data(c, &a, &b);
    else
        fuzz_expect_refused(status, &error); /* a list outside of its operand's domain */
    vjp_data_clear(&a);
    vjp_data_clear(&b);
}

/* What the oracle, the host and the generators ask of any case that is valid. */
static void check_shapes(const struct vjp_case *c)
{
    struct vjp_shape shape;
    int64_t count;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        int64_t strides[VJP_RANK_MAX], extent = 0;
        if (!vjp_case_has_slot(c, slot))
            continue;
        FUZZ_EXPECT(vjp_case_slot_strides(c, slot, strides, &extent, NULL) == VJP_OK, "%d", slot);
        FUZZ_EXPECT(extent >= 0 && extent <= VJP_STORAGE_MAX, "slot %d: %jd", slot,
                    (intmax_t)extent);
    }
    for (int k = 0; k < c->spec->n_saved; k++) {
        vjp_case_saved_shape(c, k, &shape);
        FUZZ_EXPECT(vjp_shape_count(&shape, &count, NULL) == VJP_OK, "saved value %d", k);
        FUZZ_EXPECT(vjp_case_saved_dtype(c, k) <= VJP_I32, "saved value %d", k);
    }
    FUZZ_EXPECT(vjp_case_work(c) >= 0, "work %g", vjp_case_work(c));
    FUZZ_EXPECT(c->spec->reduction(c) >= 0, "%jd terms", (intmax_t)c->spec->reduction(c));
}

static void check_case(const struct vjp_case *c)
{
    struct vjp_case again = {0};
    struct vjp_error error = {""};
    char *line = print(c);
    FUZZ_EXPECT(vjp_case_validate(c, &error) == VJP_OK, "%s: %s", line, error.text);
    FUZZ_EXPECT(vjp_case_parse(line, &again, &error) == VJP_OK, "%s: %s", line, error.text);
    FUZZ_EXPECT(vjp_case_is_equal(c, &again), "%s", line);
    char *twice = print(&again);
    FUZZ_EXPECT(strcmp(line, twice) == 0, "%s, then %s", line, twice);
    check_shapes(c);
    if (is_small(c))
        check_data(c, &again);
    vjp_case_clear(&again);
    free(line);
    free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    char *line = fuzz_text(data, size);
    if (fuzz_may_read(line)) {
        const enum vjp_status status = vjp_case_parse(line, &c, &error);
        if (status == VJP_OK) {
            check_case(&c);
        } else {
            fuzz_expect_refused(status, &error);
            FUZZ_EXPECT(strncmp(error.text, "column ", 7) == 0, "%s", error.text);
        }
        vjp_case_clear(&c);
    }
    free(line);
    return 0;
}
