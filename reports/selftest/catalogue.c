/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/selftest/catalogue.h"

#include "cases/base/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const class_names[VJP_FAULT_CLASSES] = {
#define VJP_FAULT_CLASS(number, name) [number] = (name),
#include "impls/faulty/classes.inc"
#undef VJP_FAULT_CLASS
};

const char *vjp_fault_class_name(int number)
{
    return number > 0 && number < VJP_FAULT_CLASSES ? class_names[number] : NULL;
}

void vjp_catalogue_clear(struct vjp_catalogue *catalogue)
{
    for (int i = 0; i < catalogue->count; i++) {
        free(catalogue->plant[i].name);
        free(catalogue->plant[i].cases);
    }
    free(catalogue->plant);
    *catalogue = (struct vjp_catalogue){0};
}

static enum vjp_status add_plant(struct vjp_catalogue *catalogue, const char *name,
                                 struct vjp_error *error)
{
    struct vjp_plant *grown =
        realloc(catalogue->plant, ((size_t)catalogue->count + 1) * sizeof *grown);
    if (grown)
        catalogue->plant = grown;
    char *copy = strdup(name);
    if (!grown || !copy) {
        free(copy);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    grown[catalogue->count++] = (struct vjp_plant){.name = copy};
    return VJP_OK;
}

/* "32, 36" */
static enum vjp_status set_classes(struct vjp_plant *plant, const char *value,
                                   struct vjp_error *error)
{
    const char *at = value;
    do {
        char *end;
        const long number = strtol(at, &end, 10);
        if (end == at || number < 0 || number >= VJP_FAULT_CLASSES || (*end && *end != ',') ||
            !vjp_fault_class_name((int)number))
            return vjp_fail(error, VJP_ERR_USAGE, "%s: \"%.100s\": expected numbers of classes.inc",
                            plant->name, value);
        plant->classes |= UINT64_C(1) << number;
        at = *end ? end + 1 : end;
    } while (*at);
    return VJP_OK;
}

static enum vjp_status set_verdict(struct vjp_plant *plant, const char *value,
                                   struct vjp_error *error)
{
    for (int v = 0; v < VJP_VERDICT_COUNT; v++) {
        if (strcmp(value, vjp_verdict_name((enum vjp_verdict)v)) == 0)
            plant->verdict = (enum vjp_verdict)v;
    }
    return vjp_verdict_is_failure(plant->verdict)
               ? VJP_OK
               : vjp_fail(error, VJP_ERR_USAGE, "%s: \"%.100s\": expected the verdict of a failure",
                          plant->name, value);
}

static enum vjp_status add_case(struct vjp_plant *plant, const char *value, struct vjp_error *error)
{
    struct vjp_text lines = {0};
    vjp_text_add(&lines, "%s%s\n", plant->cases ? plant->cases : "", value);
    if (lines.failed) {
        vjp_text_clear(&lines);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    free(plant->cases);
    plant->cases = lines.data;
    return VJP_OK;
}

static enum vjp_status read_line(struct vjp_catalogue *catalogue, char *line,
                                 struct vjp_error *error)
{
    static const struct {
        const char *key;
        enum vjp_status (*set)(struct vjp_plant *plant, const char *value, struct vjp_error *error);
    } fields[] = {{"Class: ", set_classes}, {"Verdict: ", set_verdict}, {"Case: ", add_case}};
    const size_t length = strlen("Plant: ");
    if (strncmp(line, "Plant: ", length) == 0)
        return add_plant(catalogue, line + length, error);
    for (size_t i = 0; i < sizeof fields / sizeof *fields && catalogue->count > 0; i++) {
        const size_t key = strlen(fields[i].key);
        if (strncmp(line, fields[i].key, key) == 0)
            return fields[i].set(&catalogue->plant[catalogue->count - 1], line + key, error);
    }
    return vjp_fail(error, VJP_ERR_USAGE, "\"%.100s\": expected %sClass, Verdict or Case", line,
                    catalogue->count > 0 ? "Plant, " : "Plant, and then ");
}

static enum vjp_status check(const struct vjp_catalogue *catalogue, const char *name,
                             struct vjp_error *error)
{
    for (int i = 0; i < catalogue->count; i++) {
        const struct vjp_plant *plant = &catalogue->plant[i];
        if (plant->classes == 0 || !vjp_verdict_is_failure(plant->verdict))
            return vjp_fail(error, VJP_ERR_USAGE, "%.200s: %s names no %s", name, plant->name,
                            plant->classes == 0 ? "class" : "verdict");
    }
    return VJP_OK;
}

enum vjp_status vjp_catalogue_read(const char *name, const char *text, struct vjp_catalogue *out,
                                   struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    int number = 0;
    *out = (struct vjp_catalogue){0};
    for (const char *p = text; *p && status == VJP_OK;) {
        const size_t length = strcspn(p, "\n");
        char *line = strndup(p, length);
        number++;
        status =
            line ? read_line(out, line, error) : vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
        if (status != VJP_OK)
            vjp_error_prefix(error, "%.200s:%d: ", name, number);
        free(line);
        p += length + (p[length] == '\n');
    }
    return status == VJP_OK ? check(out, name, error) : status;
}
