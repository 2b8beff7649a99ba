/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/order_output.h"

#include "cases/line/parse.h"
#include "reports/render/escape.h"
#include "reports/render/tree_svg.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum vjp_status vjp_order_output_open(struct vjp_order_output *out, const char *folder,
                                      const char *header, struct vjp_error *error)
{
    out->folder = folder;
    enum vjp_status status = vjp_study_stream_open(folder, header, &out->stream, error);
    for (size_t i = 0; i < out->stream.count && status == VJP_OK; i++)
        status = vjp_order_table_add(&out->known, out->stream.line[i], error);
    return status;
}

/* "linear N=257 D=4 M=4": what the line is about, without what every line has. */
static void print_shape(const struct vjp_case *c, struct vjp_text *out)
{
    vjp_text_add(out, "%s %s", c->spec->name, vjp_format(c->dtype)->name);
    for (int d = 0; d < c->spec->n_dims; d++) {
        if (vjp_case_has_dim(c, d))
            vjp_text_add(out, " %s=%" PRId64, c->spec->dim[d], c->dim[d]);
    }
    if (c->threads > 1)
        vjp_text_add(out, " threads=%d", c->threads);
    if (c->accumulate)
        vjp_text_add(out, " accumulate=1");
    if (c->in_place)
        vjp_text_add(out, " inplace=1");
}

/* A tree's file: DIR/KERNEL-LAYER-GRADIENT-NUMBER.svg, of letters that every system takes. */
static enum vjp_status draw(struct vjp_order_output *out, const struct vjp_order *order,
                            const struct vjp_order_tree *tree, const char *shape,
                            struct vjp_error *error)
{
    struct vjp_text path = {0};
    struct vjp_text title = {0};
    struct vjp_text about = {0};
    struct vjp_sink sink = {0};
    char text[VJP_ORDER_ARITHMETIC_MAX];
    char certificate[256];
    enum vjp_status status = VJP_OK;
    const char *const slash = strrchr(order->kernel, '/');
    vjp_text_add(&path, "%s-%s-%d.svg", slash ? slash + 1 : order->kernel, order->gradient,
                 ++out->drawings);
    for (char *p = path.data; p && *p; p++) {
        if (!isalnum((unsigned char)*p) && *p != '.' && *p != '-' && *p != '_')
            *p = '-';
    }
    vjp_text_add(&title, "%s/%s", out->folder, path.failed ? "" : path.data);
    if (title.failed || path.failed)
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    else
        status = vjp_sink_open(title.data, &sink, error);
    vjp_text_clear(&title);
    vjp_text_add(&title, "%s, %s of %s: %s", order->kernel, tree->element, shape, tree->name);
    vjp_text_add(
        &about, "%s%s%s", tree->replayed ? vjp_order_arithmetic_text(tree, text, sizeof text) : "",
        tree->replayed ? "; " : "", vjp_order_certificate(order, certificate, sizeof certificate));
    if (status == VJP_OK && (title.failed || about.failed))
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    if (status == VJP_OK)
        status =
            vjp_tree_svg_print(&tree->revelation.tree, title.data, about.data, sink.file, error);
    if (status == VJP_OK)
        status = vjp_sink_commit(&sink, error);
    vjp_sink_clear(&sink);
    vjp_text_clear(&path);
    vjp_text_clear(&title);
    vjp_text_clear(&about);
    return status;
}

static void print_tree(const struct vjp_order_tree *t)
{
    const struct vjp_revelation *const r = &t->revelation;
    char text[VJP_ORDER_ARITHMETIC_MAX];
    if (r->outcome == VJP_REVEAL_NO_SWAMPING) {
        printf("  %s: no swamping: a compensated or exact sum, or an accumulator wider than +-M "
               "reaches\n",
               t->element);
        return;
    }
    if (r->outcome == VJP_REVEAL_INCONSISTENT) {
        printf("  %s: not revealed: %s\n", t->element, r->reason);
        return;
    }
    printf("  %s: %s; %d terms, height %d, %" PRId64 " calls", t->element, t->name, r->tree.leaves,
           r->tree.node[r->tree.root].height, r->calls);
    if (t->replayed)
        printf("; %s", vjp_order_arithmetic_text(t, text, sizeof text));
    if (t->probe.precision > 0)
        printf("; sums of %s%d bits, rounded %s", t->probe.at_least ? "at least " : "",
               t->probe.precision, vjp_probed_rounding_name(t->probe.rounding));
    if (t->probe.subnormals == VJP_SUBNORMALS_FLUSHED ||
        t->probe.subnormals == VJP_SUBNORMALS_IGNORED)
        printf("; subnormals %s", vjp_probed_subnormals_name(t->probe.subnormals));
    putchar('\n');
    if (strlen(t->text) <= 200)
        printf("    %s\n", t->text);
    if (t->differs[0])
        printf("    replayed for %" PRId64 " of %" PRId64 " elements, of %d arithmetics the best: "
               "%s\n",
               t->equal, t->compared, t->tried, t->differs);
}

static void count(struct vjp_order_output *out, const struct vjp_order *order)
{
    bool revealed = false;
    for (int i = 0; i < order->n_trees; i++)
        revealed = revealed || order->tree[i].revelation.outcome == VJP_REVEALED;
    out->tally.gradients++;
    out->tally.revealed += revealed && !order->failure[0];
    out->tally.certified += order->certified > 0 && order->certified == order->elements;
    out->tally.failed += order->failure[0] != 0;
    out->tally.calls += order->calls;
}

enum vjp_status vjp_order_output_find(const struct vjp_order_output *out,
                                      const struct vjp_order_question *question, const char *kernel,
                                      const struct vjp_order_known **known, struct vjp_error *error)
{
    const struct vjp_spec *const spec = question->c->spec;
    char gradient[VJP_SLOT_NAME_MAX];
    struct vjp_text line = {0};
    vjp_case_print(question->c, &line);
    if (line.failed)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    vjp_slot_name(spec, vjp_slot_gradient(spec, question->input), gradient, sizeof gradient);
    *known = vjp_order_table_find(&out->known, kernel, line.data, gradient);
    vjp_text_clear(&line);
    return VJP_OK;
}

/* The headline of a gradient of a kernel. */
static void print_found(const char *kernel, const char *shape, const char *gradient,
                        const char *certificate)
{
    vjp_escape_print(kernel, stdout);
    printf("  %s  %s: ", shape, gradient);
    vjp_escape_print(certificate, stdout);
    putchar('\n');
}

void vjp_order_output_again(struct vjp_order_output *out, const struct vjp_order_question *question,
                            const struct vjp_order_known *known)
{
    struct vjp_text shape = {0};
    print_shape(question->c, &shape);
    print_found(known->kernel, shape.failed ? "" : shape.data, known->gradient, known->certificate);
    vjp_text_clear(&shape);
    out->tally.gradients++;
    out->tally.revealed += known->revealed;
    out->tally.certified += known->certified > 0 && known->certified == known->elements;
    out->tally.failed += known->failed;
    out->tally.calls += known->calls;
    out->drawings += known->drawings;
}

enum vjp_status vjp_order_output_add(struct vjp_order_output *out,
                                     const struct vjp_order_question *question, const char *kernel,
                                     struct vjp_order *order, struct vjp_error *error)
{
    const struct vjp_case *const c = question->c;
    struct vjp_text line = {0};
    struct vjp_text shape = {0};
    char gradient[VJP_SLOT_NAME_MAX];
    char text[320];
    vjp_case_print(c, &line);
    print_shape(c, &shape);
    if (line.failed || shape.failed) {
        vjp_text_clear(&line);
        vjp_text_clear(&shape);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    order->kernel = kernel;
    order->layer = c->spec->name;
    order->dtype = vjp_format(c->dtype)->name;
    order->line = line.data;
    order->gradient = vjp_slot_name(c->spec, vjp_slot_gradient(c->spec, question->input), gradient,
                                    sizeof gradient);
    count(out, order);
    print_found(kernel, shape.data, gradient, vjp_order_certificate(order, text, sizeof text));
    for (int i = 0; i < order->n_trees && !order->failure[0]; i++)
        print_tree(&order->tree[i]);
    if (c->accumulate && order->n_trees > 0 && !order->failure[0])
        puts("  the last term is what the output held");
    if (order->asymmetric > 0)
        printf("  in %" PRId64 " of %" PRId64 " calls the answer depended on the alignment of the "
               "tensors\n",
               order->asymmetric, order->calls);
    if (order->unsteady > 0)
        printf("  in %" PRId64 " of %" PRId64 " calls the same call gave other bits\n",
               order->unsteady, order->calls);
    enum vjp_status status = vjp_order_json_write(&out->stream.sink, order, error);
    for (int i = 0; i < order->n_trees && status == VJP_OK; i++) {
        if (order->tree[i].text && order->tree[i].revelation.outcome == VJP_REVEALED)
            status = draw(out, order, &order->tree[i], shape.data, error);
    }
    vjp_text_clear(&line);
    vjp_text_clear(&shape);
    return status;
}

enum vjp_status vjp_order_output_gap(struct vjp_order_output *out,
                                     const struct vjp_order_question *question, const char *why,
                                     struct vjp_error *error)
{
    const struct vjp_spec *const spec = question->c->spec;
    struct vjp_order_gap gap = {.count = 1};
    char name[VJP_SLOT_NAME_MAX];
    snprintf(gap.name, sizeof gap.name, "%.60s %s", spec->name,
             vjp_slot_name(spec, vjp_slot_gradient(spec, question->input), name, sizeof name));
    snprintf(gap.why, sizeof gap.why, "%s",
             *why ? why : "does not sum over the dimension that is large");
    for (size_t i = 0; i < out->n_gaps; i++) {
        if (strcmp(out->gap[i].name, gap.name) == 0 && strcmp(out->gap[i].why, gap.why) == 0) {
            out->gap[i].count++;
            return VJP_OK;
        }
    }
    struct vjp_order_gap *const more = realloc(out->gap, (out->n_gaps + 1) * sizeof *more);
    if (!more)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    out->gap = more;
    out->gap[out->n_gaps++] = gap;
    return VJP_OK;
}

static void print_gaps(struct vjp_order_output *out)
{
    if (out->n_gaps > 0)
        puts("\nLeft out:");
    for (size_t i = 0; i < out->n_gaps; i++) {
        const struct vjp_order_gap *const g = &out->gap[i];
        printf("  %s: %s (%" PRId64 " shape%s)\n", g->name, g->why, g->count,
               g->count == 1 ? "" : "s");
        out->tally.gaps += g->count;
    }
    if (out->too_large > 0)
        printf("  %" PRId64 " shape%s that the explicit oracle cannot do\n", out->too_large,
               out->too_large == 1 ? "" : "s");
}

static enum vjp_status end_stream(struct vjp_order_output *out, struct vjp_error *error)
{
    struct vjp_sink *const sink = &out->stream.sink;
    enum vjp_status status = VJP_OK;
    for (size_t i = 0; i < out->n_gaps && status == VJP_OK; i++)
        status =
            vjp_order_json_gap(sink, out->gap[i].name, out->gap[i].why, out->gap[i].count, error);
    if (status == VJP_OK)
        status = vjp_order_json_summary(sink, &out->tally, error);
    return status == VJP_OK ? vjp_study_stream_commit(&out->stream, error) : status;
}

/* Of what stands in the stream, which is under its own name or not yet. */
static enum vjp_status write_csv(const struct vjp_order_output *out, bool complete,
                                 struct vjp_error *error)
{
    struct vjp_order_table table = {0};
    struct vjp_sink sink = {0};
    struct vjp_text path = {0}, from = {0};
    vjp_text_add(&path, "%s/study.csv", out->folder);
    vjp_text_add(&from, "%s/study.jsonl%s", out->folder, complete ? "" : ".partial");
    enum vjp_status status = path.failed || from.failed
                                 ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                                 : vjp_order_table_read(&table, from.data, error);
    if (status == VJP_OK)
        status = vjp_sink_open(path.data, &sink, error);
    if (status == VJP_OK) {
        vjp_order_csv_print(&table, sink.file);
        status = vjp_sink_commit(&sink, error);
    }
    vjp_sink_clear(&sink);
    vjp_order_table_clear(&table);
    vjp_text_clear(&path);
    vjp_text_clear(&from);
    return status;
}

enum vjp_status vjp_order_output_close(struct vjp_order_output *out, int signal,
                                       struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    print_gaps(out);
    printf("\n%s: %" PRId64 " gradients asked, %" PRId64 " revealed, %" PRId64
           " certified bit for bit, %" PRId64 " without an answer; %" PRId64 " calls\n",
           out->folder, out->tally.gradients, out->tally.revealed, out->tally.certified,
           out->tally.failed, out->tally.calls);
    if (signal)
        printf("interrupted by %s: the same command goes on from here\n", strsignal(signal));
    else if (!out->stream.complete)
        status = end_stream(out, error);
    return status == VJP_OK ? write_csv(out, !signal || out->stream.complete, error) : status;
}

void vjp_order_output_clear(struct vjp_order_output *out)
{
    vjp_study_stream_clear(&out->stream);
    vjp_order_table_clear(&out->known);
    free(out->gap);
    *out = (struct vjp_order_output){0};
}
