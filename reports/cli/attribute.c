/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/attribute.h"

#include "cases/line/attribute.h"
#include "reports/verdict/number.h"

#include <inttypes.h>

static void add_real(double value, struct vjp_text *out)
{
    char text[40];
    vjp_text_add(
        out, "%s",
        vjp_number_decimal(VJP_F64, vjp_bits_from_double(VJP_F64, value), text, sizeof text));
}

void vjp_attribute_add_range(const struct vjp_attr_spec *attr, struct vjp_text *out)
{
    switch (attr->kind) {
    case VJP_ATTR_INTEGER:
        vjp_text_add(out, "%" PRId64 " to %" PRId64, attr->min, attr->max);
        break;
    case VJP_ATTR_CHOICE:
        for (int i = 0; attr->choices[i]; i++)
            vjp_text_add(out, "%s%s", i > 0 ? ", " : "", attr->choices[i]);
        break;
    case VJP_ATTR_REAL:
        add_real(attr->real_min, out);
        vjp_text_add(out, attr->below_max ? " to below " : " to ");
        add_real(attr->real_max, out);
        break;
    }
}

void vjp_attribute_add_fallback(const struct vjp_attr_spec *attr, struct vjp_text *out)
{
    if (attr->kind == VJP_ATTR_INTEGER)
        vjp_text_add(out, "%" PRId64, attr->fallback);
    else if (attr->kind == VJP_ATTR_CHOICE)
        vjp_text_add(out, "%s", attr->choices[attr->fallback]);
    else
        add_real(attr->real_fallback, out);
}

enum vjp_status vjp_attribute_set(struct vjp_case *c, int a, const char *text,
                                  struct vjp_error *error)
{
    const struct vjp_attr_spec *attr = &c->spec->attr[a];
    struct vjp_text expected = {0};
    int64_t whole = c->attr[a];
    double real = c->real[a];
    if (vjp_attribute_read(attr, text, &whole, &real) == VJP_READING_DONE) {
        c->attr[a] = whole;
        c->real[a] = real;
        return VJP_OK;
    }
    vjp_attribute_add_range(attr, &expected);
    const enum vjp_status status =
        vjp_fail(error, VJP_ERR_USAGE, "%s=%.60s: expected %s%s", attr->name, text,
                 attr->kind == VJP_ATTR_CHOICE ? "one of " : "",
                 expected.data ? expected.data : "another value");
    vjp_text_clear(&expected);
    return status;
}
