/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/conclude.h"

#include "cases/base/text.h"
#include "cases/spec/pipeline.h"
#include "reports/cli/cli.h"
#include "reports/render/escape.h"

#include <stdio.h>
#include <string.h>

/* Sets the message where a kernel that the request asks for, or any selected one where request is
 * NULL, serves a layer that is not known: the first such kernel. Returns whether there is one. */
static bool tell_unknown_layer(const struct vjp_targets *targets, const struct vjp_request *request,
                               struct vjp_error *out)
{
    for (int t = 0; t < targets->count; t++) {
        const struct vjp_target *target = &targets->target[t];
        for (int k = 0; k < target->info->n_kernels; k++) {
            const struct vjp_kernel_info *kernel = &target->info->kernel[k];
            const bool asked =
                request ? request->target == t && (request->kernel < 0 || request->kernel == k)
                        : target->selected[k];
            if (!asked || vjp_spec_find(kernel->layer))
                continue;
            struct vjp_error why;
            const struct vjp_spec *none;
            if (strchr(kernel->layer, '|') &&
                vjp_pipeline_find(kernel->layer, &none, &why) != VJP_OK) {
                vjp_error_set(out, "kernel %s of %.200s serves pipeline \"%.200s\": %s",
                              kernel->name, target->name, kernel->layer, why.text);
                return true;
            }
            struct vjp_text known = {0};
            for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++)
                vjp_text_add(&known, "%s%s", spec == vjp_specs ? "" : ", ", (*spec)->name);
            vjp_error_set(out,
                          "kernel %s of %.200s serves layer \"%s\", which is not known; known: %s",
                          kernel->name, target->name, kernel->layer,
                          known.failed ? "(out of memory)" : known.data);
            vjp_text_clear(&known);
            return true;
        }
    }
    return false;
}

static int64_t count_conclusive(const struct vjp_targets *targets,
                                const struct vjp_request *request)
{
    const struct vjp_target *target = &targets->target[request->target];
    int64_t conclusive = 0;
    for (int k = 0; k < target->info->n_kernels; k++) {
        if (request->kernel < 0 || request->kernel == k)
            conclusive += target->conclusive[k];
    }
    return conclusive;
}

/* What the library printed while it was loaded may be in the reason. */
static void tell_lost(const char *name, const char *reason)
{
    fprintf(stderr, "vjpcheck: %s was not tested: ", name);
    vjp_escape_print(reason, stderr);
    fputc('\n', stderr);
}

int vjp_conclude(const struct vjp_targets *targets, const struct vjp_totals *totals)
{
    int code = VJP_EXIT_SOUND;
    for (int i = 0; i < targets->n_requests; i++) {
        const struct vjp_request *request = &targets->request[i];
        struct vjp_error why = {"no case gave a conclusive verdict"};
        if (request->target < 0) {
            tell_lost(request->text, targets->lost[request->lost].reason);
            code = VJP_EXIT_USAGE;
            continue;
        }
        if (count_conclusive(targets, request) > 0)
            continue;
        tell_unknown_layer(targets, request, &why);
        fprintf(stderr, "vjpcheck: %s was not tested: %s\n", request->text, why.text);
        code = VJP_EXIT_USAGE;
    }
    struct vjp_error unknown;
    if (code == VJP_EXIT_SOUND && tell_unknown_layer(targets, NULL, &unknown))
        fprintf(stderr, "vjpcheck: not checked: %s\n", unknown.text);
    if (vjp_totals_conclusive(totals) == 0 && code == VJP_EXIT_SOUND) {
        fputs("vjpcheck: nothing was tested: no case gave a conclusive verdict\n", stderr);
        code = VJP_EXIT_USAGE;
    }
    return vjp_totals_failed(totals) > 0 ? VJP_EXIT_FAILED : code;
}

bool vjp_conclude_unknown(const struct vjp_targets *targets, struct vjp_error *out)
{
    return tell_unknown_layer(targets, NULL, out);
}
