/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/html/parts.h"

#include "reports/render/stream.h"

#include <inttypes.h>

static void write_plugins(struct vjp_page *page, const struct vjp_run_info *run)
{
    if (run->n_plugins == 0)
        return;
    vjp_page_begin_table(page, "Plug-ins", "");
    vjp_page_markup(page, "<thead><tr><th scope=\"col\">plug-in</th><th scope=\"col\">name</th>"
                          "<th scope=\"col\">version</th><th scope=\"col\">SHA-256 of its file</th>"
                          "</tr></thead>\n<tbody>\n");
    for (int i = 0; i < run->n_plugins; i++) {
        const struct vjp_run_plugin *p = &run->plugin[i];
        vjp_page_markup(page, "<tr><th scope=\"row\">");
        vjp_page_text(page, p->target);
        vjp_page_markup(page, "</th><td>");
        vjp_page_text(page, p->name);
        vjp_page_markup(page, "</td><td>");
        vjp_page_text(page, p->version);
        vjp_page_markup(page, "</td><td><code>");
        vjp_page_text(page, *p->sha256 ? p->sha256 : "not known");
        vjp_page_markup(page, "</code></td></tr>\n");
    }
    vjp_page_markup(page, "</tbody>");
    vjp_page_end_table(page);
}

static void write_run(struct vjp_page *page, const struct vjp_run_info *run)
{
    char processors[32];
    snprintf(processors, sizeof processors, "%" PRId64, run->processors);
    if (*run->command)
        vjp_page_command(page, run->command);
    vjp_page_markup(page, "<dl>\n");
    vjp_page_term(page, "vjpcheck", run->version);
    vjp_page_term(page, "started", run->started);
    vjp_page_term(page, "CPU", run->cpu);
    vjp_page_term(page, "processors", processors);
    vjp_page_term(page, "system", run->system);
    vjp_page_term(page, "compiler of vjpcheck", run->compiler);
    vjp_page_term(page, "libraries", run->libraries);
    vjp_page_markup(page, "</dl>\n");
    write_plugins(page, run);
}

static void write_others(struct vjp_page *page, const struct vjp_dossier *dossier)
{
    if (dossier->n_others == 0)
        return;
    vjp_page_markup(page, "<p class=\"note\">Lines of the files that are not shown here: ");
    for (int i = 0; i < dossier->n_others; i++) {
        vjp_page_markup(page, "%s", i > 0 ? ", " : "");
        vjp_page_text(page, dossier->other[i].type);
        vjp_page_markup(page, " %" PRId64, dossier->other[i].count);
    }
    vjp_page_markup(page, ".</p>\n");
}

struct shown {
    struct vjp_page *page;
    int runs;
    int count; /* of them, that were shown */
};

/* env: struct shown. Of several runs each has its number. */
static enum vjp_status show_run(void *env, const struct vjp_stream_line *line,
                                struct vjp_error *error)
{
    struct shown *const shown = env;
    (void)error;
    shown->count++;
    if (shown->runs > 1)
        vjp_page_markup(shown->page, "<h3 id=\"run-%d\">Run %d</h3>\n", shown->count, shown->count);
    write_run(shown->page, &line->run);
    return VJP_OK;
}

enum vjp_status vjp_html_runs(struct vjp_page *page, const struct vjp_dossier *dossier,
                              struct vjp_error *error)
{
    vjp_page_markup(page, "<section id=\"runs\" aria-labelledby=\"runs-h\">\n"
                          "<h2 id=\"runs-h\">What ran where</h2>\n");
    struct shown shown = {.page = page, .runs = dossier->n_runs};
    const enum vjp_status status =
        vjp_stream_visit(dossier->run, dossier->n_runs, show_run, &shown, error);
    if (dossier->n_runs == 0)
        vjp_page_markup(page, "<p>The files do not say.</p>\n");
    write_others(page, dossier);
    vjp_page_markup(page, "</section>\n");
    return status;
}
