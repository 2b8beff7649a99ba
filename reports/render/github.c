/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/github.h"

#include "cases/base/text.h"
#include "reports/render/escape.h"
#include "reports/render/markdown.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* In a command's data '%' and the ends of lines are in percent, in its properties ':' and ',' as well. Control characters
 * become '?'. */
static void print_escaped(const char *text, bool property, FILE *out)
{
    struct vjp_text clean = {0};
    vjp_escape_terminal(&clean, text);
    for (const char *at = clean.failed ? "(out of memory)" : clean.data; *at; at++) {
        if (*at == '%' || (property && (*at == ':' || *at == ',')))
            fprintf(out, "%%%02X", (unsigned char)*at);
        else
            fputc(*at, out);
    }
    vjp_text_clear(&clean);
}

static void print_annotation(const struct vjp_summary_group *group,
                             const struct vjp_summary_failure *failure, FILE *out)
{
    fputs("::error title=", out);
    print_escaped(group->target, true, out);
    fprintf(out, " is %s::", vjp_verdict_name(group->verdict));
    print_escaped(failure->reason, false, out);
    fputs("%0A", out);
    print_escaped(failure->replay, false, out);
    fputc('\n', out);
}

/* The smallest of each group first, so that each group has one as long as there is room. */
static void print_annotations(const struct vjp_summary *summary, FILE *out)
{
    int shown = 0;
    for (int i = 0; i < VJP_SUMMARY_SHOWN; i++) {
        for (int g = 0; g < summary->n_groups && shown < VJP_GITHUB_ANNOTATIONS; g++) {
            const struct vjp_summary_group *group = &summary->groups[g];
            if (i >= group->n_shown)
                continue;
            print_annotation(group, &group->shown[i], out);
            shown++;
        }
    }
}

/* The file grows from step to step. */
static enum vjp_status add_summary(const char *path, const struct vjp_digest *digest,
                                   struct vjp_error *error)
{
    struct vjp_text text = {0};
    enum vjp_status status = vjp_markdown_text(digest, &text, error);
    FILE *file = status == VJP_OK ? fopen(path, "ae") : NULL;
    if (status == VJP_OK && !file)
        status = vjp_fail(error, VJP_ERR_IO, "$GITHUB_STEP_SUMMARY: %s: cannot be written: %s",
                          path, strerror(errno));
    if (file) {
        const bool written = fputs(text.data, file) >= 0;
        if (fclose(file) != 0 || !written)
            status = vjp_fail(error, VJP_ERR_IO, "$GITHUB_STEP_SUMMARY: %s: writing failed: %s",
                              path, strerror(errno));
    }
    vjp_text_clear(&text);
    return status;
}

enum vjp_status vjp_github_tell(const struct vjp_digest *digest, FILE *out, struct vjp_error *error)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    print_annotations(digest->summary, out);
    return path && *path ? add_summary(path, digest, error) : VJP_OK;
}
