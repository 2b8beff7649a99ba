/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/study_output.h"

#include "reports/render/table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void print_field(const char *text, FILE *out)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (const char *p = text; *p; p++)
        fprintf(out, "%s%c", *p == '"' ? "\"" : "", *p);
    fputc('"', out);
}

/* With enough digits to come back as the same double; what does not exist is empty. */
static void print_number(double value, FILE *out)
{
    if (isnan(value))
        fputc(',', out);
    else
        fprintf(out, ",%.17g", value);
}

static void print_quantiles(const struct vjp_quantiles *q, FILE *out)
{
    print_number(q->p50, out);
    print_number(q->p99, out);
    print_number(q->p999, out);
    print_number(q->max, out);
}

static void print_bias(const struct vjp_bias *bias, FILE *out)
{
    print_number(bias->mean, out);
    print_number(bias->share, out);
    print_number(bias->t, out);
    print_number(bias->p, out);
}

static void print_figures(const struct vjp_study_point *p, FILE *out)
{
    const struct vjp_figures *f = &p->figures;
    fprintf(out, ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64, p->cases,
            f->elements, f->lost, f->open, p->outside, f->terms_min);
    print_number(f->terms_mean, out);
    fprintf(out, ",%" PRId64, f->terms_max);
    print_number(p->u, out);
    print_number(p->u_out, out);
    print_quantiles(&f->ulp, out);
    print_number(f->omega_rms, out);
    print_quantiles(&f->omega, out);
    print_quantiles(&f->relative, out);
    print_quantiles(&f->condition, out);
    print_number(f->correct, out);
    print_number(f->faithful, out);
    print_bias(&f->up, out);
    print_bias(&f->toward_zero, out);
    fputc(',', out);
    print_field(p->model, out);
    print_number(*p->model ? p->ratio : (double)NAN, out);
    const bool has_parts = p->parts.elements > 0;
    const double parts[] = {
        vjp_part_rms(&p->parts.operands), p->parts.operands.max, vjp_part_rms(&p->parts.kernel),
        vjp_part_rms(&p->parts.all),      p->parts.all.max,      p->parts.spread};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        print_number(has_parts ? parts[i] : (double)NAN, out);
}

/* That a gap leaves empty, from dim on. */
#define POINT_COLUMNS 47

void vjp_study_csv_print(const struct vjp_study_table *table, FILE *out)
{
    fputs("kernel,layer,dtype,accumulate,gradient,values,axis,size,why,dim,case,cases,elements,"
          "lost,open,outside,terms_min,terms_mean,terms_max,u,u_out,ulp_p50,ulp_p99,ulp_p999,"
          "ulp_max,omega_rms,omega_p50,omega_p99,omega_p999,omega_max,relative_p50,relative_p99,"
          "relative_p999,relative_max,condition_p50,condition_p99,condition_p999,condition_max,"
          "correct,faithful,bias_mean,bias_share,bias_t,bias_p,toward_zero_mean,"
          "toward_zero_share,toward_zero_t,toward_zero_p,model,ratio,"
          "operands_rms,operands_max,kernel_rms,all_rms,all_max,spread\r\n",
          out);
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_study_point *p = &table->point[i];
        const char *const names[] = {p->kernel,   p->layer,  p->dtype, p->accumulate,
                                     p->gradient, p->values, p->axis};
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            print_field(names[k], out);
            fputc(',', out);
        }
        fprintf(out, "%.17g,", p->size);
        print_field(p->why ? p->why : "", out);
        if (p->why) {
            for (int k = 0; k < POINT_COLUMNS; k++)
                fputc(',', out);
        } else {
            fputc(',', out);
            print_field(p->dim, out);
            fputc(',', out);
            print_field(p->example, out);
            print_figures(p, out);
        }
        fputs("\r\n", out);
    }
}

enum vjp_status vjp_study_output_write(const struct vjp_study_output *output,
                                       struct vjp_error *error)
{
    struct vjp_text path = {0};
    struct vjp_sink sink = {0};
    vjp_text_add(&path, "%s/study.csv", output->folder);
    enum vjp_status status = path.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                                         : vjp_sink_open(path.data, &sink, error);
    if (status == VJP_OK) {
        vjp_study_csv_print(output->table, sink.file);
        status = vjp_sink_commit(&sink, error);
    }
    vjp_sink_clear(&sink);
    vjp_text_clear(&path);
    return status == VJP_OK ? vjp_study_plots_write(output, error) : status;
}

const struct vjp_study_point *vjp_study_last(const struct vjp_study_table *table,
                                             const struct vjp_study_point *like)
{
    const struct vjp_study_point *last = like;
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_study_point *p = &table->point[i];
        if (!p->why && vjp_study_is_alike(p, like) && p->size > last->size)
            last = p;
    }
    return last;
}

#define CELL 32

static void number(char text[CELL], double value)
{
    if (isnan(value))
        snprintf(text, CELL, "-");
    else
        snprintf(text, CELL, value >= 0.01 && value < 1000 ? "%.3g" : "%.2g", value);
}

const char *vjp_study_conclusion(const char *study, const struct vjp_study_point *last,
                                 const struct vjp_study_verdict *verdict)
{
    if (last->outside > 0)
        return "outside the bound";
    return strcmp(study, "growth") == 0  ? vjp_grade_name(verdict->grade)
           : strcmp(study, "dtype") == 0 ? last->model
                                         : "within the bound";
}

static void add_row(struct vjp_table *rows, const struct vjp_study_output *o,
                    const struct vjp_study_verdict *v)
{
    const struct vjp_study_table *table = o->table;
    const struct vjp_study_point *p = vjp_study_last(table, v->like);
    const struct vjp_figures *f = &p->figures;
    const double k = (double)f->terms_max;
    char terms[CELL], elements[CELL], p50[CELL], p999[CELL], max[CELL], omega[CELL], ku[CELL];
    char correct[CELL], faithful[CELL], slope[CELL];
    snprintf(terms, CELL, "%" PRId64, f->terms_max);
    snprintf(elements, CELL, "%" PRId64, f->elements);
    number(p50, f->ulp.p50);
    number(p999, f->ulp.p999);
    number(max, f->ulp.max);
    number(omega, f->omega.max / p->u);
    number(ku, f->omega.max / (k * p->u));
    snprintf(correct, CELL, "%.1f %%", 100 * f->correct);
    snprintf(faithful, CELL, "%.1f %%", 100 * f->faithful);
    if (v->evidence.fit.known)
        snprintf(slope, CELL, "%.2f +- %.2f", v->evidence.fit.slope,
                 v->evidence.fit.high - v->evidence.fit.slope);
    else
        snprintf(slope, CELL, "-");
    const char *const cells[] = {
        p->kernel, p->dtype, p->accumulate, p->gradient,
        p->values, terms,    elements,      p50,
        p999,      max,      omega,         ku,
        correct,   faithful, slope,         vjp_study_conclusion(o->study, p, v)};
    vjp_table_add(rows, cells, p->outside > 0 ? "31" : NULL);
}

/* Of the study dtype: where the error comes from. */
static void add_dtype_row(struct vjp_table *rows, const struct vjp_study_output *o,
                          const struct vjp_study_verdict *v)
{
    const struct vjp_study_point *p = vjp_study_last(o->table, v->like);
    const struct vjp_figures *f = &p->figures;
    const struct vjp_parts *parts = &p->parts;
    const bool known = parts->elements > 0;
    char terms[CELL], elements[CELL], max[CELL], ku[CELL], correct[CELL];
    char operands[CELL], kernel[CELL], all[CELL], model[2 * CELL];
    snprintf(terms, CELL, "%" PRId64, f->terms_max);
    snprintf(elements, CELL, "%" PRId64, f->elements);
    number(max, f->ulp.max);
    number(ku, f->omega.max / ((double)f->terms_max * p->u));
    snprintf(correct, CELL, "%.1f %%", 100 * f->correct);
    number(operands, known ? vjp_part_rms(&parts->operands) : (double)NAN);
    number(kernel, f->omega_rms);
    number(all, known ? vjp_part_rms(&parts->all) : (double)NAN);
    snprintf(model, sizeof model, "%s%s", p->model, p->outside > 0 ? ", outside the bound" : "");
    const char *const cells[] = {p->kernel,
                                 p->dtype,
                                 p->accumulate,
                                 p->gradient,
                                 p->values,
                                 terms,
                                 elements,
                                 max,
                                 ku,
                                 correct,
                                 operands,
                                 kernel,
                                 all,
                                 known ? vjp_parts_largest(parts, f->correct) : "-",
                                 model};
    vjp_table_add(rows, cells, p->outside > 0 ? "31" : NULL);
}

static void print_dtypes(const struct vjp_study_output *output, bool colour, FILE *out)
{
    static const struct vjp_column columns[] = {{{"", "kernel"}, true},
                                                {{"", "dtype"}, true},
                                                {{"sums", "in"}, true},
                                                {{"gra-", "dient"}, true},
                                                {{"", "values"}, true},
                                                {{"", "k"}, false},
                                                {{"ele-", "ments"}, false},
                                                {{"worst", "ulp"}, false},
                                                {{"omega", "/ k u"}, false},
                                                {{"correctly", "rounded"}, false},
                                                {{"error of", "operands"}, false},
                                                {{"of the", "kernel"}, false},
                                                {{"", "together"}, false},
                                                {{"most of it", "from"}, true},
                                                {{"explained by", "sums in"}, true}};
    struct vjp_table rows = {.columns = columns, .n_columns = sizeof columns / sizeof *columns};
    for (int i = 0; i < output->verdicts->count; i++)
        add_dtype_row(&rows, output, &output->verdicts->verdict[i]);
    fputs(
        "at the largest size; errors: root mean squares in parts of S. That of the operands comes "
        "from rounding\nthem from f64 to the dtype, before any kernel sees them; together: against "
        "the gradient of those in f64\n\n",
        out);
    vjp_table_print(&rows, "", colour, out);
    fputc('\n', out);
    vjp_table_clear(&rows);
}

static void print_gaps(const struct vjp_study_table *table, FILE *out)
{
    for (int64_t i = 0; i < table->count; i++) {
        if (table->point[i].why)
            fprintf(out, "left out: %s: %s\n", table->point[i].key, table->point[i].why);
    }
}

static void print_rows(const struct vjp_study_output *output, bool colour, FILE *out)
{
    static const struct vjp_column usual[] = {{{"", "kernel"}, true},
                                              {{"", "dtype"}, true},
                                              {{"sums", "in"}, true},
                                              {{"gra-", "dient"}, true},
                                              {{"", "values"}, true},
                                              {{"", "k"}, false},
                                              {{"ele-", "ments"}, false},
                                              {{"ulp", "50 %"}, false},
                                              {{"ulp", "99.9 %"}, false},
                                              {{"worst", "ulp"}, false},
                                              {{"omega", "/ u"}, false},
                                              {{"omega", "/ k u"}, false},
                                              {{"correctly", "rounded"}, false},
                                              {{"", "faithful"}, false},
                                              {{"", "slope"}, false},
                                              {{"", ""}, true}};
    enum { N_COLUMNS = sizeof usual / sizeof *usual };
    struct vjp_column columns[N_COLUMNS];
    struct vjp_table rows = {.columns = columns, .n_columns = N_COLUMNS};
    memcpy(columns, usual, sizeof columns);
    if (strcmp(output->study, "growth") == 0)
        columns[N_COLUMNS - 1].head[1] = "grade";
    for (int i = 0; i < output->verdicts->count; i++)
        add_row(&rows, output, &output->verdicts->verdict[i]);
    fputs(
        "at the largest size; slope: of the root mean square of omega = |error| / S against k, all "
        "sizes\n\n",
        out);
    vjp_table_print(&rows, "", colour, out);
    fputc('\n', out);
    vjp_table_clear(&rows);
}

void vjp_study_output_print(const struct vjp_study_output *output, bool colour, FILE *out)
{
    if (output->verdicts->count > 0 && strcmp(output->study, "dtype") == 0)
        print_dtypes(output, colour, out);
    else if (output->verdicts->count > 0)
        print_rows(output, colour, out);
    print_gaps(output->table, out);
    fprintf(out,
            "%" PRId64 " points, %" PRId64 " left out, %" PRId64
            " elements outside the bound that their kernel declares; %s\n",
            output->totals->points, output->totals->gaps, output->totals->outside, output->folder);
}
