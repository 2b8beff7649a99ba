/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/sweep.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* Where the reader is. */
struct reader {
    const char *text, *at;
    struct vjp_error *error;
};

static enum vjp_status expected(const struct reader *r, const char *what)
{
    const int column = (int)(r->at - r->text) + 1;
    if (*r->at == '\0')
        return vjp_fail(r->error, VJP_ERR_USAGE,
                        "--sweep %s: column %d: expected %s, found the end", r->text, column, what);
    return vjp_fail(r->error, VJP_ERR_USAGE, "--sweep %s: column %d: expected %s, found \"%.12s\"",
                    r->text, column, what, r->at);
}

static enum vjp_status read_name(struct reader *r, char name[VJP_SWEEP_NAME_MAX])
{
    size_t n = 0;
    while (isalnum((unsigned char)r->at[n]) || r->at[n] == '.' || r->at[n] == '_')
        n++;
    if (n == 0 || n >= VJP_SWEEP_NAME_MAX)
        return expected(r, "K or the name of a dimension");
    memcpy(name, r->at, n);
    name[n] = '\0';
    r->at += n;
    if (*r->at != '=')
        return expected(r, "'='");
    r->at++;
    return VJP_OK;
}

/* Digits, at most VJP_SWEEP_SIZE_MAX. */
static enum vjp_status read_number(struct reader *r, const char *what, int64_t *out)
{
    const char *p = r->at;
    int64_t value = 0;
    for (; isdigit((unsigned char)*p) && value <= VJP_SWEEP_SIZE_MAX; p++)
        value = 10 * value + (*p - '0');
    if (p == r->at || value > VJP_SWEEP_SIZE_MAX || value == 0)
        return expected(r, what);
    r->at = p;
    *out = value;
    return VJP_OK;
}

/* "256" or "2^8". */
static enum vjp_status read_size(struct reader *r, int64_t *out)
{
    static const char what[] = "a size from 1 to 2^30, as 256 or 2^8";
    const char *const start = r->at;
    int64_t base = 0, exponent = 0, value = 1;
    enum vjp_status status = read_number(r, what, &base);
    if (status != VJP_OK || *r->at != '^') {
        if (status == VJP_OK)
            *out = base;
        return status;
    }
    r->at++;
    if (*r->at == '0') {
        exponent = 0;
        r->at++;
    } else {
        status = read_number(r, "an exponent", &exponent);
    }
    for (int64_t i = 0; i < exponent && status == VJP_OK && base > 1; i++) {
        value *= base;
        if (value > VJP_SWEEP_SIZE_MAX) {
            r->at = start;
            return expected(r, what);
        }
    }
    if (status == VJP_OK)
        *out = value;
    return status;
}

static enum vjp_status add(struct reader *r, struct vjp_sweep *sweep, int64_t size)
{
    if (sweep->count == VJP_SWEEP_MAX)
        return expected(r, "at most 64 sizes");
    if (sweep->count > 0 && size <= sweep->size[sweep->count - 1])
        return expected(r, "sizes in ascending order");
    sweep->size[sweep->count++] = size;
    return VJP_OK;
}

static enum vjp_status read_range(struct reader *r, struct vjp_sweep *sweep)
{
    int64_t end;
    r->at += 2;
    const char *const start = r->at;
    enum vjp_status status = read_size(r, &end);
    if (status == VJP_OK && end < sweep->size[0]) {
        r->at = start;
        return expected(r, "an end that is not below the start");
    }
    for (int64_t size = 2 * sweep->size[0]; status == VJP_OK && size <= end; size *= 2)
        status = add(r, sweep, size);
    return status;
}

enum vjp_status vjp_sweep_parse(const char *text, struct vjp_sweep *out, struct vjp_error *error)
{
    struct reader r = {.text = text, .at = text, .error = error};
    struct vjp_sweep sweep = {0};
    int64_t size;
    enum vjp_status status = read_name(&r, sweep.name);
    if (status == VJP_OK)
        status = read_size(&r, &size);
    if (status == VJP_OK)
        status = add(&r, &sweep, size);
    if (status == VJP_OK && strncmp(r.at, "..", 2) == 0)
        status = read_range(&r, &sweep);
    while (status == VJP_OK && sweep.count > 0 && *r.at == ',') {
        const char *const start = ++r.at;
        status = read_size(&r, &size);
        const char *const end = r.at;
        r.at = start;
        if (status == VJP_OK)
            status = add(&r, &sweep, size);
        if (status == VJP_OK)
            r.at = end;
    }
    if (status == VJP_OK && *r.at != '\0')
        status = expected(&r, sweep.count > 1 ? "',' or the end" : "'..', ',' or the end");
    if (status == VJP_OK)
        *out = sweep;
    return status;
}

void vjp_sweep_print(const struct vjp_sweep *sweep, struct vjp_text *out)
{
    vjp_text_add(out, "%s=", sweep->name);
    for (int i = 0; i < sweep->count; i++)
        vjp_text_add(out, "%s%" PRId64, i > 0 ? "," : "", sweep->size[i]);
}
