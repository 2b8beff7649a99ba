/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/html/document.h"

#include "reports/render/html/parts.h"
#include "reports/render/plot_svg.h"
#include "reports/render/sha256.h"
#include "reports/render/tree_svg.h"

#include <string.h>

/* Base64 (RFC 4648) of a hash: 43 characters and a '='. */
static void encode(const unsigned char bytes[VJP_SHA256_BYTES], char out[45])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    int at = 0;
    for (int i = 0; i < VJP_SHA256_BYTES; i += 3) {
        const uint32_t b1 = i + 1 < VJP_SHA256_BYTES ? bytes[i + 1] : 0;
        const uint32_t b2 = i + 2 < VJP_SHA256_BYTES ? bytes[i + 2] : 0;
        const uint32_t word = (uint32_t)bytes[i] << 16 | b1 << 8 | b2;
        for (int k = 0; k < 4; k++)
            out[at++] = digits[word >> (18 - 6 * k) & 63];
    }
    out[43] = '='; /* 32 = 3 x 10 + 2 */
    out[44] = '\0';
}

/* Nothing is fetched, and no script runs but the one that is below. Pictures bring their own styles. */
static void write_policy(struct vjp_page *page)
{
    struct vjp_sha256 hash;
    unsigned char bytes[VJP_SHA256_BYTES];
    char text[45];
    vjp_sha256_init(&hash);
    vjp_sha256_add(&hash, vjp_html_script, strlen(vjp_html_script));
    vjp_sha256_end(&hash, bytes);
    encode(bytes, text);
    vjp_page_markup(page,
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; "
                    "form-action 'none'\">\n",
                    text);
}

static void write_head(struct vjp_page *page, const struct vjp_digest *digest)
{
    vjp_page_markup(page,
                    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    write_policy(page);
    vjp_page_markup(page, "<meta name=\"viewport\" content=\"width=device-width, "
                          "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light "
                          "dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    vjp_page_markup(page, "%s: ", vjp_summary_state_name(vjp_digest_state(digest)));
    vjp_page_text(page, digest->title);
    vjp_page_markup(page, "</title>\n<style>\n");
    fputs(vjp_html_style, page->out);
    vjp_plot_svg_style(page->out);
    vjp_tree_svg_style(page->out);
    vjp_page_markup(page, "</style>\n</head>\n");
}

static void write_banner(struct vjp_page *page, const struct vjp_digest *digest)
{
    static const char *const classes[] = {[VJP_SUMMARY_SOUND] = "sound",
                                          [VJP_SUMMARY_FAILED] = "failed",
                                          [VJP_SUMMARY_NOTHING] = "silent",
                                          [VJP_SUMMARY_INCOMPLETE] = "silent"};
    const enum vjp_summary_state state = vjp_digest_state(digest);
    struct vjp_text words = {0};
    vjp_digest_headline(digest, &words);
    page->failed |= words.failed;
    vjp_page_markup(page,
                    "<body>\n<a class=\"skip\" href=\"#main\">Skip to the results</a>\n"
                    "<header class=\"banner %s\">\n<p class=\"tool\">",
                    classes[state]);
    vjp_page_text(page, digest->title);
    vjp_page_markup(page, "</p>\n<h1><span class=\"mark\" aria-hidden=\"true\"></span>%s</h1>\n<p>",
                    vjp_summary_state_name(state));
    vjp_page_text(page, words.data);
    vjp_page_markup(page, "</p>\n</header>\n");
    vjp_text_clear(&words);
}

static bool has_study(const struct vjp_annex *annex)
{
    bool any = false;
    for (int i = 0; i < VJP_ANNEX_STUDIES; i++)
        any |= annex->study[i].table.count > 0;
    return any;
}

static void write_contents(struct vjp_page *page, const struct vjp_digest *digest)
{
    const struct vjp_annex *annex = digest->annex;
    const struct {
        bool there;
        const char *id, *title;
    } parts[] = {{digest->summary->n_rows > 0, "kernels", "Kernels"},
                 {digest->dossier->n_groups > 0, "failures", "Failures"},
                 {has_study(annex), "studies", "Studies"},
                 {annex->n_orders + annex->n_order_gaps > 0, "orders", "Orders of summation"},
                 {annex->n_selftests > 0, "selftest", "Self-test"},
                 {digest->campaigns->count > 0, "campaigns", "What was asked"},
                 {annex->coverage.count > 0, "coverage", "Code coverage"},
                 {true, "runs", "What ran where"}};
    vjp_page_markup(page, "<nav aria-label=\"Contents\"><ul>\n");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].there)
            vjp_page_markup(page, "<li><a href=\"#%s\">%s</a></li>\n", parts[i].id, parts[i].title);
    }
    vjp_page_markup(page, "</ul></nav>\n");
}

static enum vjp_status write_main(struct vjp_page *page, const struct vjp_digest *digest,
                                  struct vjp_error *error)
{
    vjp_page_markup(page, "<main id=\"main\" tabindex=\"-1\">\n");
    vjp_html_kernels(page, digest);
    enum vjp_status status = vjp_html_failures(page, digest->dossier, error);
    if (status == VJP_OK)
        status = vjp_html_studies(page, digest->annex, error);
    if (status == VJP_OK)
        status = vjp_html_orders(page, digest->annex, error);
    if (status == VJP_OK)
        status = vjp_html_selftests(page, digest->annex, error);
    vjp_html_campaigns(page, digest->campaigns);
    vjp_html_coverage(page, digest->annex);
    if (status == VJP_OK)
        status = vjp_html_runs(page, digest->dossier, error);
    vjp_page_markup(page, "</main>\n");
    return status;
}

enum vjp_status vjp_html_write(const struct vjp_digest *digest, struct vjp_sink *sink,
                               struct vjp_error *error)
{
    struct vjp_page page = {.out = sink->file};
    write_head(&page, digest);
    write_banner(&page, digest);
    write_contents(&page, digest);
    const enum vjp_status status = write_main(&page, digest, error);
    vjp_page_markup(&page, "<footer><p>Written by vjpcheck ");
    vjp_page_text(&page, digest->version);
    vjp_page_markup(&page, "; the runs took %.1f s.</p></footer>\n<script>", digest->seconds);
    fputs(vjp_html_script, page.out);
    vjp_page_markup(&page, "</script>\n</body>\n</html>\n");
    if (status == VJP_OK && page.failed)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    return status;
}
