/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/case.h"

#include "cases/spec/literal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum vjp_status fail_unknown(const char *text, int length, struct vjp_error *error)
{
    char known[512] = "";
    size_t used = 0;
    for (int g = 0; g < VJP_GEN_NAMED && used < sizeof known; g++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s ",
                                 vjp_generator_info((enum vjp_generator)g)->name);
    return vjp_fail(error, VJP_ERR_USAGE,
                    "unknown generator '%.*s'; expected one of %sor a list [...] or @file.npy",
                    length < 40 ? length : 40, text, known);
}

/* Reads the parameter after the colon. Range by range of the dtype is left to validation. */
static enum vjp_status read_parameter(const struct vjp_generator_info *info, const char *text,
                                      double *parameter, struct vjp_error *error)
{
    const char *end;
    uint64_t bits;
    if (!info->parameter)
        return vjp_fail(error, VJP_ERR_USAGE, "found '%.40s' after %s, which takes no parameter",
                        text, info->name);
    if (!vjp_bits_from_text(VJP_F64, text, &end, &bits) || *end != '\0')
        return vjp_fail(error, VJP_ERR_USAGE, "parameter '%.40s' of %s: expected a number, the %s",
                        text, info->name, info->parameter);
    const double value = vjp_bits_to_double(VJP_F64, bits);
    if (!(value >= info->min && value <= info->max))
        return vjp_fail(error, VJP_ERR_USAGE, "parameter '%.40s' of %s: expected %g to %g, the %s",
                        text, info->name, info->min, info->max, info->parameter);
    if (info->integer && value != floor(value))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "parameter '%.40s' of %s: expected a whole number, the %s", text,
                        info->name, info->parameter);
    *parameter = value;
    return VJP_OK;
}

enum vjp_status vjp_case_set_values(struct vjp_case *c, int slot, const char *text,
                                    struct vjp_error *error)
{
    struct vjp_field field = {.layout = c->slot[slot].layout};
    enum vjp_status status = VJP_OK;
    for (const char *p = text; *p; p++) {
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            return vjp_fail(error, VJP_ERR_USAGE,
                            "found a blank or control character; expected one word");
    }
    if (*text == '[') {
        int64_t count;
        field.generator = VJP_GEN_LITERAL;
        status = vjp_literal_list(vjp_case_slot_dtype(c, slot), text, NULL, &count, NULL, error);
    } else if (*text == '@') {
        field.generator = VJP_GEN_NPY;
        if (text[1] == '\0')
            status = vjp_fail(error, VJP_ERR_USAGE, "found '@' alone; expected @file.npy");
    } else {
        const int length = (int)strcspn(text, ":");
        const int found = vjp_generator_find(text, length);
        if (found < 0)
            return fail_unknown(text, length, error);
        field.generator = (enum vjp_generator)found;
        const struct vjp_generator_info *info = vjp_generator_info(field.generator);
        field.parameter = info->fallback;
        if (text[length] == ':')
            status = read_parameter(info, text + length + 1, &field.parameter, error);
    }
    if (status != VJP_OK)
        return status;
    field.text = strdup(text);
    if (!field.text)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for the values of a slot");
    free(c->slot[slot].text);
    c->slot[slot] = field;
    return VJP_OK;
}
