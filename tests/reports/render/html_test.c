/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page as a text; tests/e2e/page_test.c opens it in a browser. */
#include "reports/render/html/document.h"

#include "tests/reports/render/annex_scene.h"
#include "tests/reports/render/outputs.h"

static const struct vjp_find_record find = {.target = "./a b.so:" HOSTILE,
                                            .layer = "linear",
                                            .dtype = "f32",
                                            .verdict = VJP_VERDICT_WRONG,
                                            .line = "l",
                                            .cases = 7,
                                            .small = "s",
                                            .reason = "small " HOSTILE,
                                            .replay = "vjpcheck run 's'",
                                            .runs = 3,
                                            .program = "vjpcheck reproduce 's'",
                                            .n_near = 1,
                                            .near = {"fails iff <M>"},
                                            .jacobian_of = "j",
                                            .n_jacobian = 1,
                                            .jacobian = {"dy[0] has <no> effect"}};

Test(html, shows_what_the_stream_has)
{
    char *text = render(VJP_RENDER_HTML, &find);
    cr_assert_not_null(text);
    expect_in(text, "<h1><span class=\"mark\" aria-hidden=\"true\"></span>failed</h1>");
    expect_in(text, "1 of 2 kernels failed, in 1 of 3 checks.");
    expect_in(text, "<a href=\"#g0\">wrong</a> 1");
    expect_in(text, "<section class=\"group\" id=\"g0\"");
    expect_in(text, "<article id=\"g0-0\"");
    expect_in(text, "wrong: dx[0,1] is off by 4e+05 times its bound");
    expect_in(text, "0x1.99999ap-4");
    /* 4 x 2^-24 x 2 = 4.77e-7 */
    expect_in(text, "k u S = 4 &times; 2<sup>&minus;24</sup> &times; 2 = 4.8e-07");
    expect_in(text, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"heat\"");
    expect_in(text, "dx: 1 x 2, 1 outside the bound");
    expect_in(text, "First seen in case 7");
    expect_in(text, "fails iff &#60;M&#62;");
    expect_in(text, "dy[0] has &#60;no&#62; effect");
    expect_in(text, "unsupported in 1: does not # take &#60;it&#62;");
    expect_in(text, "<dt>CPU</dt><dd>a CPU &#60;x&#62;</dd>");
    expect_in(text, "2026-01-02T03:04:05Z");
    expect_in(text, "<code>00ff</code>");
    free(text);
}

/* Names of kernels, reasons and the like come from others; the page has one script, the one whose hash it allows, and
 * fetches nothing. */
Test(html, nothing_breaks_out)
{
    char *text = render(VJP_RENDER_HTML, &find);
    cr_assert_not_null(text);
    expect_not_in(text, "alert(1)</script>");
    expect_not_in(text, "<script>alert");
    int scripts = 0;
    for (const char *at = text; (at = strstr(at, "<script")); at++)
        scripts++;
    cr_expect_eq(scripts, 1);
    expect_not_in(text, "src=");
    expect_not_in(text, "url(");
    expect_not_in(text, "@import");
    expect_in(text, "default-src 'none'");
    expect_in(text, "script-src 'sha256-");
    expect_not_in(text, " onclick");
    for (const char *at = text; (at = strstr(at, "href=\"")); at++)
        cr_expect_eq(at[6], '#', "%.40s", at);
    free(text);
}

/* The hash, by others. */
Test(html, the_script_is_the_one_that_is_allowed)
{
    char *text = render(VJP_RENDER_HTML, NULL);
    const char *script = strstr(text, "<script>") + strlen("<script>");
    char path[] = "/tmp/vjpcheck-html-XXXXXX", command[512], hash[64] = "", expected[160];
    cr_assert_neq(mkstemp(path), -1);
    FILE *file = fopen(path, "w");
    fwrite(script, 1, (size_t)(strstr(script, "</script>") - script), file);
    fclose(file);
    snprintf(command, sizeof command,
             "python3 -c 'import base64,hashlib,sys;print(base64.b64encode(hashlib.sha256("
             "open(sys.argv[1],\"rb\").read()).digest()).decode())' %s",
             path);
    FILE *pipe = popen(command, "r");
    cr_assert_not_null(fgets(hash, sizeof hash, pipe));
    pclose(pipe);
    snprintf(expected, sizeof expected, "script-src 'sha256-%.*s'", (int)strcspn(hash, "\n"), hash);
    expect_in(text, expected);
    remove(path);
    free(text);
}

/* A page of what other commands wrote, alone. */
static char *render_annex(void)
{
    static const struct vjp_summary summary;
    static const struct vjp_dossier dossier;
    static const struct vjp_campaigns campaigns;
    struct vjp_annex annex = {.open = false};
    const struct vjp_digest digest = {.version = "9.9",
                                      .title = "title",
                                      .summary = &summary,
                                      .dossier = &dossier,
                                      .campaigns = &campaigns,
                                      .annex = &annex};
    struct vjp_error error = {""};
    char *text = NULL;
    size_t size = 0;
    struct vjp_sink sink = {.file = open_memstream(&text, &size)};
    annex_fill(&annex);
    cr_assert_eq(vjp_html_write(&digest, &sink, &error), VJP_OK, "%s", error.text);
    vjp_sink_clear(&sink);
    vjp_annex_clear(&annex);
    return text;
}

static int count_of(const char *text, const char *part)
{
    int count = 0;
    for (; (text = strstr(text, part)); text++)
        count++;
    return count;
}

Test(html, shows_studies_orders_self_tests_and_coverage)
{
    char *text = render_annex();
    cr_assert_not_null(text);
    expect_in(text, "</span>failed</h1>");
    expect_in(text, "<th scope=\"row\">one:&#60;k&#62;</th>");
    expect_in(text, "<a href=\"#growth-0\">dx</a>");
    expect_in(text, "<article id=\"growth-0\"");
    cr_expect_eq(count_of(text, "class=\"vjp-plot\""), 3, "omega, ulp, correct");
    expect_in(text, "outside the bound</td>");
    expect_in(text, "<dt>two:k</dt>"); /* of which the header names no plug-in */
    expect_in(text, "<dd>seed 0x1</dd>");
    expect_in(text, "<a href=\"#order-0\">pairwise</a>");
    expect_in(text, "<td>N=1 D=2 M=4 threads=2</td>");
    cr_expect_eq(count_of(text, "<circle class=\"vjp-tree-join\""), 3);
    expect_in(text, "dx[0,0]: pairwise; f32, fma; sums of 24 bits, rounded to nearest");
    expect_in(text, "Did not pass</h3>");
    expect_in(text, "three: <span class=\"verdict\">missed</span>, must be wrong</h4>");
    expect_in(text, "aria-label=\"5 defects let through, 1234 refused, 2 no opinion\"");
    expect_in(text, "1,500 verdicts, <b>1 false alarm</b>");
    expect_in(text, "if (N &#62; &#60;9&#62;)</code>");
    expect_in(text, "N was 1</td>");
    expect_in(text, "<span class=\"no\">    2 &minus;   tail();</span>");
    expect_in(text, "<span class=\"part\">    1 ~ if (N ");
    free(text);
}

/* In the order of the contents, no id twice, and every link leads to one. */
Test(html, sections_have_their_order_and_ids_are_unique)
{
    static const char *const ids[] = {"studies", "orders", "selftest", "coverage", "runs"};
    char *text = render_annex();
    const char *before = strstr(text, "<main");
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        char section[64], link[64];
        snprintf(section, sizeof section, "<section id=\"%s\"", ids[i]);
        snprintf(link, sizeof link, "<a href=\"#%s\">", ids[i]);
        const char *at = strstr(text, section);
        cr_assert(at && at > before, "%s", section);
        expect_in(text, link);
        before = at;
    }
    for (const char *at = text; (at = strstr(at, " id=\"")); at++) {
        char id[96];
        snprintf(id, sizeof id, "%.*s\"", (int)strcspn(at + 5, "\"") + 5, at);
        cr_expect_eq(count_of(text, id), 1, "%s", id);
    }
    for (const char *at = text; (at = strstr(at, "href=\"#")); at++) {
        char id[96];
        snprintf(id, sizeof id, " id=\"%.*s\"", (int)strcspn(at + 7, "\""), at + 7);
        expect_in(text, id);
    }
    free(text);
}
