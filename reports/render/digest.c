/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/digest.h"

#include "reports/verdict/number.h"

#include <inttypes.h>

enum vjp_summary_state vjp_digest_state(const struct vjp_digest *digest)
{
    const struct vjp_annex_totals totals = vjp_annex_count(digest->annex);
    const enum vjp_summary_state state = vjp_summary_state(digest->summary, digest->incomplete);
    if (state == VJP_SUMMARY_FAILED || vjp_annex_failed(&totals))
        return VJP_SUMMARY_FAILED;
    if (state == VJP_SUMMARY_NOTHING && vjp_annex_is_conclusive(&totals))
        return digest->incomplete > 0 ? VJP_SUMMARY_INCOMPLETE : VJP_SUMMARY_SOUND;
    return state;
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static void tell_points(const struct vjp_study_totals *t, struct vjp_text *out)
{
    char points[32], outside[32];
    vjp_number_count(t->points, points, sizeof points);
    vjp_number_count(t->outside, outside, sizeof outside);
    vjp_text_add(out,
                 " Studies have %s point%s, with %s element%s outside the bound of their kernel",
                 points, plural(t->points), t->outside == 0 ? "no" : outside, plural(t->outside));
    if (t->gaps > 0)
        vjp_text_add(out, "; %" PRId64 " point%s left out", t->gaps,
                     t->gaps == 1 ? " was" : "s were");
    if (t->failed > 0)
        vjp_text_add(out, ", %" PRId64 " of them for want of an answer", t->failed);
    vjp_text_add(out, ".");
}

/* Each sentence with a blank before it. */
static void tell_annex(const struct vjp_annex *annex, const struct vjp_annex_totals *t,
                       struct vjp_text *out)
{
    if (t->points.points + t->points.gaps > 0)
        tell_points(&t->points, out);
    if (annex->n_orders > 0)
        vjp_text_add(out,
                     " Of %d gradient%s, %" PRId64
                     " showed in which order they are summed, %" PRId64 " of them bit for bit.",
                     annex->n_orders, plural(annex->n_orders), t->revealed, t->certified);
    if (t->selftests == 1)
        vjp_text_add(out, " The self-test %s.", t->refused > 0 ? "did not pass" : "passed");
    else if (t->selftests > 1)
        vjp_text_add(out, " Of %" PRId64 " self-tests %" PRId64 " passed.", t->selftests,
                     t->selftests - t->refused);
    if (t->covered_files > 0)
        vjp_text_add(out,
                     " The coverage of %" PRId64 " source file%s is shown, which judges nothing.",
                     t->covered_files, plural(t->covered_files));
}

void vjp_digest_headline(const struct vjp_digest *digest, struct vjp_text *out)
{
    const struct vjp_annex_totals totals = vjp_annex_count(digest->annex);
    struct vjp_text words = {0};
    tell_annex(digest->annex, &totals, &words);
    if (digest->summary->n_rows > 0 || !words.data)
        vjp_summary_headline(digest->summary, digest->incomplete, out);
    else if (digest->incomplete > 0)
        vjp_text_add(out, "%d run%s did not come to the end.", digest->incomplete,
                     plural(digest->incomplete));
    if (words.data && !words.failed)
        vjp_text_add(out, "%s", out->length > 0 ? words.data : words.data + 1);
    out->failed |= words.failed;
    vjp_text_clear(&words);
}
