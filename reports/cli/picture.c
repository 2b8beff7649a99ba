/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/picture.h"

#include "cases/base/text.h"
#include "cases/line/parse.h"
#include "reports/render/heat.h"
#include "reports/render/heat_svg.h"
#include "reports/render/sink.h"

#include <stdlib.h>

uint8_t *vjp_picture_standing(const struct vjp_question *question, const struct vjp_model *model,
                              int slot, const struct vjp_tensor *got)
{
    if (!got->data || got->count < 1 || got->count > VJP_PICTURE_MAX)
        return NULL;
    uint8_t *standing = malloc((size_t)got->count);
    for (int64_t i = 0; i < got->count && standing; i++) {
        struct vjp_element e;
        vjp_measure_element(question->reference, slot, model, i, vjp_tensor_get(got, i), &e);
        standing[i] = (uint8_t)e.standing;
    }
    return standing;
}

static const struct vjp_tensor *answer(const struct vjp_finding *finding, int slot)
{
    return &finding->seen.answer[finding->judgement.placement[slot]][slot];
}

/* Of what has elements. */
static int64_t columns(const struct vjp_tensor *got)
{
    return got->shape.rank > 0 ? got->shape.dim[got->shape.rank - 1] : 1;
}

void vjp_picture_print(const struct vjp_question *question, const struct vjp_model *model,
                       const struct vjp_finding *finding, int slot, const char *indent, FILE *out)
{
    const struct vjp_tensor *got = answer(finding, slot);
    uint8_t *standing = vjp_picture_standing(question, model, slot, got);
    if (standing)
        vjp_heat_print(standing, got->count / columns(got), columns(got), indent, out);
    free(standing);
}

static enum vjp_status write_panels(const struct vjp_heat_panel *panels, int n, const char *title,
                                    const char *about, const char *path, struct vjp_error *error)
{
    struct vjp_sink sink = {0};
    enum vjp_status status = vjp_sink_open(path, &sink, error);
    if (status == VJP_OK) {
        vjp_heat_svg_print(panels, n, title, about, sink.file);
        status = vjp_sink_commit(&sink, error);
    }
    vjp_sink_clear(&sink);
    return status;
}

enum vjp_status vjp_picture_write(const struct vjp_question *question,
                                  const struct vjp_target *target, int kernel,
                                  const struct vjp_finding *finding, const char *path,
                                  struct vjp_error *error)
{
    const struct vjp_spec *spec = question->c->spec;
    const struct vjp_model *model = &target->info->kernel[kernel].model[question->c->dtype];
    struct vjp_heat_panel panel[VJP_MAX_INPUTS];
    uint8_t *standing[VJP_MAX_INPUTS];
    char name[VJP_MAX_INPUTS][VJP_SLOT_NAME_MAX];
    struct vjp_text title = {0}, about = {0};
    int n = 0;
    for (int slot = vjp_slot_cotangent(spec) + 1; slot < vjp_slot_count(spec); slot++) {
        const struct vjp_tensor *got = answer(finding, slot);
        if (!finding->judgement.measured[slot])
            continue;
        standing[n] = vjp_picture_standing(question, model, slot, got);
        if (!standing[n])
            continue;
        panel[n] =
            (struct vjp_heat_panel){.name = vjp_slot_name(spec, slot, name[n], sizeof name[n]),
                                    .standing = standing[n],
                                    .rows = got->count / columns(got),
                                    .cols = columns(got)};
        n++;
    }
    vjp_text_add(&title, "%s: %s", target->label[kernel],
                 vjp_verdict_name(finding->judgement.verdict));
    vjp_case_print(question->c, &about);
    enum vjp_status status =
        title.failed || about.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
        : n == 0                     ? vjp_fail(error, VJP_ERR_USAGE,
                                                "--svg %.300s: no gradient of 1 to %d elements to be shown", path,
                                                VJP_PICTURE_MAX)
                                     : write_panels(panel, n, title.data, about.data, path, error);
    while (n > 0)
        free(standing[--n]);
    vjp_text_clear(&title);
    vjp_text_clear(&about);
    return status;
}
