/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/base/text.h"
#include "cases/gen/generate.h"
#include "cases/line/parse.h"
#include "oracle/metric/reference.h"
#include "reports/cli/jacobian_npy.h"
#include "reports/render/jacobian.h"
#include "reports/verdict/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Bits of the enclosures. Fewer than a double has make no sense, more than the oracle ever takes
 * neither. */
#define PRECISION_DEFAULT 256
#define PRECISION_MIN     53
#define PRECISION_MAX     8192

/* Entries, structural zeros included, which are printed as well. One that is none takes 144 bytes at 256 bits,
 * so that 2^24 of them take 2.3 GiB, less than the formula may. */
#define ENTRIES_MAX (INT64_C(1) << 24)

enum { OF, WRT, FORMAT, PRECISION };

static const struct vjp_option options[] = {
    [OF] = {"of", "NAME", "what is differentiated: the layer's output (y)"},
    [WRT] = {"wrt", "NAME", "by which operand; without it, every one that can be"},
    [FORMAT] = {"format", "F", "text, json or npy (text)"},
    [PRECISION] = {"precision", "BITS", "of the enclosures (256)"},
    {0},
};

enum format { TEXT, JSON, NPY };

/* Checked settings: which operands, in which form. */
struct settings {
    bool wanted[VJP_MAX_INPUTS];
    enum format format;
    int precision;
};

static enum vjp_status choose_inputs(const struct vjp_case *c, const char *wrt, struct settings *s,
                                     struct vjp_error *error)
{
    struct vjp_text names = {0};
    int chosen = 0;
    for (int i = 0; i < c->spec->n_inputs; i++) {
        if (!vjp_case_has_gradient(c, i))
            continue;
        vjp_text_add(&names, "%s%s", names.length ? ", " : "", c->spec->input[i].name);
        s->wanted[i] = !wrt || strcmp(wrt, c->spec->input[i].name) == 0;
        chosen += s->wanted[i];
    }
    const enum vjp_status status =
        chosen > 0 ? VJP_OK
                   : vjp_fail(error, VJP_ERR_USAGE, "--wrt %s: expected one of %s", wrt ? wrt : "",
                              names.data ? names.data : "none");
    vjp_text_clear(&names);
    return status;
}

static enum vjp_status choose_format(const char *name, const char *wrt, struct settings *s,
                                     struct vjp_error *error)
{
    static const char *const names[] = {[TEXT] = "text", [JSON] = "json", [NPY] = "npy"};
    int chosen = -1;
    for (int i = 0; i < 3; i++) {
        if (!name || strcmp(name, names[i]) == 0) {
            chosen = i;
            break;
        }
    }
    if (chosen < 0)
        return vjp_fail(error, VJP_ERR_USAGE, "--format %s: expected text, json or npy", name);
    if (chosen == NPY && !wrt)
        return vjp_fail(error, VJP_ERR_USAGE, "--format npy holds one array: say which by --wrt");
    if (chosen == NPY && isatty(STDOUT_FILENO))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "--format npy is binary: send it to a file, not to a terminal");
    s->format = (enum format)chosen;
    return VJP_OK;
}

static enum vjp_status read_settings(const struct vjp_arguments *arguments,
                                     const struct vjp_case *c, struct settings *out,
                                     struct vjp_error *error)
{
    const char *const *value = arguments->value;
    struct settings s = {0};
    int64_t precision = PRECISION_DEFAULT;
    enum vjp_status status = VJP_OK;
    if (value[OF] && strcmp(value[OF], c->spec->output) != 0)
        status = vjp_fail(error, VJP_ERR_USAGE, "--of %s: expected %s, the output of %s", value[OF],
                          c->spec->output, c->spec->name);
    if (status == VJP_OK)
        status = choose_inputs(c, value[WRT], &s, error);
    if (status == VJP_OK)
        status = choose_format(value[FORMAT], value[WRT], &s, error);
    if (status == VJP_OK && value[PRECISION])
        status = vjp_option_integer("precision", value[PRECISION], PRECISION_MIN, PRECISION_MAX,
                                    &precision, error);
    s.precision = (int)precision;
    if (status == VJP_OK)
        *out = s;
    return status;
}

static bool view_entry(const void *context, int64_t i, int64_t j, double *low, double *high)
{
    return vjp_explicit_entry(context, i, j, low, high);
}

static bool view_is_known(const void *context, int64_t i, int64_t j)
{
    return vjp_explicit_is_known(context, i, j);
}

static bool view_is_set(const void *context, int64_t i, int64_t j)
{
    return vjp_explicit_is_set(context, i, j);
}

static void view_text(const void *context, int64_t i, int64_t j, char *text, int size)
{
    double low;
    double high;
    if (vjp_explicit_entry(context, i, j, &low, &high) && low == high)
        vjp_number_decimal(VJP_F64, vjp_bits_from_double(VJP_F64, low), text, size);
    else
        vjp_explicit_text(context, i, j, 17, text, size);
}

static struct vjp_jacobian_view make_view(const struct vjp_case *c, int input,
                                          const struct vjp_explicit *jacobian)
{
    struct vjp_jacobian_view view = {.of = c->spec->output,
                                     .wrt = c->spec->input[input].name,
                                     .nonzero = vjp_explicit_entries(jacobian),
                                     .context = jacobian,
                                     .entry = view_entry,
                                     .is_known = view_is_known,
                                     .is_set = view_is_set,
                                     .text = view_text};
    vjp_explicit_shape(jacobian, &view.of_shape, &view.wrt_shape);
    return view;
}

static enum vjp_status print_views(const struct vjp_case *c, const struct settings *s,
                                   const struct vjp_jacobian_view *views, int count,
                                   struct vjp_error *error)
{
    struct vjp_text line = {0};
    enum vjp_status status = VJP_OK;
    vjp_case_print(c, &line);
    if (line.failed) {
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    } else if (s->format == JSON) {
        status = vjp_jacobian_print_json(line.data, s->precision, views, count, stdout, error);
    } else if (s->format == NPY) {
        status = vjp_jacobian_npy_write(views[0].context, stdout, error);
    } else {
        puts(line.data);
        for (int i = 0; i < count; i++) {
            putchar('\n');
            vjp_jacobian_print_text(&views[i], stdout);
        }
    }
    vjp_text_clear(&line);
    return status;
}

static int64_t count_elements(const struct vjp_case *c, int slot)
{
    struct vjp_shape shape;
    int64_t count = 0;
    vjp_case_slot_shape(c, slot, &shape);
    (void)!vjp_shape_count(&shape, &count, NULL); /* vjp_reference_check has counted */
    return count;
}

/* VJP_ERR_LIMIT where all that is asked for together has more entries than ENTRIES_MAX. A case that
 * vjp_reference_check lets pass has no tensor of more than 2^22 elements: nothing overflows. */
static enum vjp_status check_entries(const struct vjp_case *c, const struct settings *s,
                                     struct vjp_error *error)
{
    const int64_t rows = count_elements(c, vjp_slot_cotangent(c->spec));
    int64_t columns = 0;
    for (int i = 0; i < c->spec->n_inputs; i++)
        columns += s->wanted[i] ? count_elements(c, i) : 0;
    if (rows * columns <= ENTRIES_MAX)
        return VJP_OK;
    return vjp_fail(error, VJP_ERR_LIMIT,
                    "the Jacobian of %" PRId64 " elements of %s by %" PRId64
                    " of operands has %" PRId64 " entries; expected at most %" PRId64
                    ": smaller sizes, one operand by --wrt, or \"vjpcheck oracle\" for the "
                    "gradient alone",
                    rows, c->spec->output, columns, rows * columns, ENTRIES_MAX);
}

static enum vjp_status show(const struct vjp_case *c, const struct settings *s,
                            struct vjp_error *error)
{
    struct vjp_data data = {0};
    struct vjp_explicit *jacobians[VJP_MAX_INPUTS] = {0};
    struct vjp_jacobian_view views[VJP_MAX_INPUTS];
    int count = 0;
    enum vjp_status status = vjp_reference_check(c, error);
    if (status == VJP_OK)
        status = check_entries(c, s, error);
    if (status == VJP_OK)
        status = vjp_data_generate(c, &data, error);
    for (int i = 0; i < c->spec->n_inputs && status == VJP_OK; i++) {
        if (!s->wanted[i])
            continue;
        status = vjp_explicit_create(c, &data, i, s->precision, &jacobians[count], error);
        if (status != VJP_OK)
            break;
        views[count] = make_view(c, i, jacobians[count]);
        count++;
    }
    if (status == VJP_OK)
        status = print_views(c, s, views, count, error);
    for (int i = 0; i < count; i++)
        vjp_explicit_destroy(jacobians[i]);
    vjp_data_clear(&data);
    return status;
}

static int run(const struct vjp_arguments *arguments)
{
    struct vjp_case c = {0};
    struct settings s;
    struct vjp_error error;
    enum vjp_status status = vjp_case_parse(arguments->operands[0], &c, &error);
    if (status == VJP_OK)
        status = read_settings(arguments, &c, &s, &error);
    if (status == VJP_OK)
        status = show(&c, &s, &error);
    vjp_case_clear(&c);
    return status == VJP_OK ? VJP_EXIT_SOUND : vjp_cli_fail(status, &error);
}

const struct vjp_command vjp_command_jacobian = {
    .name = "jacobian",
    .operands = "'CASE'",
    .summary = "print the explicit generalized Jacobian of the case's layer",
    .help =
        "It may have 2^24 entries, elements of y times those of the operands; for the gradient of\n"
        "larger cases there is \"vjpcheck oracle\".\n\n"
        "Text shows one block per element of the operand, dy/dx[i,j], which has the shape of y.\n"
        "Digits end in ... where more follow; [0, 1] is a set, of all derivatives at a kink.\n"
        "In json a number that is no double is an array of the doubles around it, and a set is\n"
        "an object {\"set\": [0, 1]}. What hangs on an infinite operand, or on a number beyond "
        "all\n"
        "exponents, may be \"not determined\"; npy holds neither that nor a set.\n"
        "npy holds the array with the shape of y followed by that of x, as doubles:\n"
        "  vjpcheck jacobian 'linear dtype=f64 N=2 D=2 M=3' --wrt x --format npy > j.npy",
    .min_operands = 1,
    .max_operands = 1,
    .options = options,
    .run = run,
};
