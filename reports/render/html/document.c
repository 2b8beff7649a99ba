/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/html/document.h"

#include "reports/render/html/parts.h"
#include "reports/render/sha256.h"

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
    vjp_page_markup(page, "%s: ",
                    vjp_summary_state_name(vjp_summary_state(digest->summary, digest->incomplete)));
    vjp_page_text(page, digest->title);
    vjp_page_markup(page, "</title>\n<style>\n");
    fputs(vjp_html_style, page->out);
    vjp_page_markup(page, "</style>\n</head>\n");
}

static void write_banner(struct vjp_page *page, const struct vjp_digest *digest)
{
    static const char *const classes[] = {[VJP_SUMMARY_SOUND] = "sound",
                                          [VJP_SUMMARY_FAILED] = "failed",
                                          [VJP_SUMMARY_NOTHING] = "silent",
                                          [VJP_SUMMARY_INCOMPLETE] = "silent"};
    const enum vjp_summary_state state = vjp_summary_state(digest->summary, digest->incomplete);
    struct vjp_text words = {0};
    vjp_summary_headline(digest->summary, digest->incomplete, &words);
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

static void write_contents(struct vjp_page *page, const struct vjp_digest *digest)
{
    vjp_page_markup(page, "<nav aria-label=\"Contents\"><ul>\n");
    if (digest->summary->n_rows > 0)
        vjp_page_markup(page, "<li><a href=\"#kernels\">Kernels</a></li>\n");
    if (digest->dossier->n_groups > 0)
        vjp_page_markup(page, "<li><a href=\"#failures\">Failures</a></li>\n");
    if (digest->campaigns->count > 0)
        vjp_page_markup(page, "<li><a href=\"#campaigns\">What was asked</a></li>\n");
    vjp_page_markup(page, "<li><a href=\"#runs\">What ran where</a></li>\n</ul></nav>\n");
}

enum vjp_status vjp_html_write(const struct vjp_digest *digest, struct vjp_sink *sink,
                               struct vjp_error *error)
{
    struct vjp_page page = {.out = sink->file};
    write_head(&page, digest);
    write_banner(&page, digest);
    write_contents(&page, digest);
    vjp_page_markup(&page, "<main id=\"main\" tabindex=\"-1\">\n");
    vjp_html_kernels(&page, digest);
    enum vjp_status status = vjp_html_failures(&page, digest->dossier, error);
    vjp_html_campaigns(&page, digest->campaigns);
    if (status == VJP_OK)
        status = vjp_html_runs(&page, digest->dossier, error);
    vjp_page_markup(&page, "</main>\n<footer><p>Written by vjpcheck ");
    vjp_page_text(&page, digest->version);
    vjp_page_markup(&page, "; the runs took %.1f s.</p></footer>\n<script>", digest->seconds);
    fputs(vjp_html_script, page.out);
    vjp_page_markup(&page, "</script>\n</body>\n</html>\n");
    if (status == VJP_OK && page.failed)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    return status;
}
