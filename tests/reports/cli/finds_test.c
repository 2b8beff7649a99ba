/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/finds.h"

#include "cases/line/parse.h"
#include "tests/reports/cli/planted.h"

#include <stdlib.h>
#include <unistd.h>

/* What is told of one failure of a kernel; the caller frees it. */
static char *tell(const char *act, const char *line, enum vjp_verdict verdict)
{
    struct planted planted;
    struct vjp_hunt_find find = {
        .verdict = verdict, .reason = (char *)"", .ratio = 1e6, .cases = 7};
    struct vjp_hunt hunt = {.find = &find, .n_finds = 1};
    const struct vjp_hunt_plan plan = {.jobs = 1};
    struct vjp_corpus_folder corpus = {.running = -1};
    struct vjp_case_list replays = {0};
    struct vjp_error error = {""};
    char folder[] = "/tmp/vjp_finds_XXXXXX", path[64], command[96];
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/corpus", folder);
    planted_open(&planted, act, "", 0);
    cr_assert_eq(vjp_case_parse(line, &find.c, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_corpus_open(path, &corpus, &replays, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_finds_tell(&plan, &planted.targets, &hunt, &corpus, folder, out, NULL, &error),
                 VJP_OK, "%s", error.text);
    fclose(out);
    vjp_corpus_close(&corpus);
    vjp_case_list_clear(&replays);
    vjp_case_clear(&find.c);
    planted_close(&planted);
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
    return text;
}

static void expect(const char *text, const char *part)
{
    cr_expect_not_null(strstr(text, part), "no \"%s\" in\n%s", part, text);
}

/* The last columns of dw are lost. */
Test(finds, a_wrong_number_is_drawn_made_small_and_recognised)
{
    char *text = tell("answer(); const DLTensor *dw = OUT(\"dw\"); for (int64_t d = 0; d < "
                      "dw->shape[0]; d++) for (int64_t m = dw->shape[1] / 8 * 8; m < dw->shape[1];"
                      " m++) put(dw, d, m, 0);",
                      "linear dtype=f32 N=5 D=4 M=18 x=exact w=exact dy=exact", VJP_VERDICT_WRONG);
    expect(text, "plant:plant: f32 wrong first seen in case 7, after 0.00 s\n");
    expect(text, "  dw:\n    # outside, . correctly rounded\n    ................##\n");
    expect(text, "/plant-plant-f32-wrong.svg\n");
    expect(text, "  smallest case, after ");
    expect(text, "  near it: ");
    expect(text,
           "  its Jacobian, of linear N=10 D=11 M=13:\n      dw[:,8:13] is 0 whatever dy is\n");
    expect(text, "  as one C file: vjpcheck reproduce 'linear dtype=f32 N=1 D=1 M=1 ");
    expect(text, "/corpus, and will be asked first the next time\n");
    free(text);
}

/* Where there is no answer there is neither a picture nor a Jacobian. */
Test(finds, a_crash_is_made_small)
{
    char *text = tell("if (IN(\"dy\")->shape[0] > 2) abort(); answer();",
                      "linear dtype=f32 N=5 D=4 M=18", VJP_VERDICT_CRASHED);
    expect(text, "  smallest case, after ");
    expect(text, "vjpcheck run 'linear dtype=f32 N=3 D=0 M=0 ");
    cr_expect_null(strstr(text, "Jacobian"));
    cr_expect_null(strstr(text, ".svg"));
    free(text);
}

Test(finds, the_largest_errors_come_first)
{
    struct vjp_pool pool = {0};
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    char *text = NULL;
    size_t size = 0;
    cr_assert_eq(vjp_case_parse("linear dtype=f32 N=1 D=1 M=1", &c, &error), VJP_OK);
    cr_assert_eq(vjp_pool_add(&pool, "p:a", &c, 0.25, &error), VJP_OK);
    cr_assert_eq(vjp_pool_add(&pool, "p:b", &c, 0.75, &error), VJP_OK);
    FILE *out = open_memstream(&text, &size);
    vjp_finds_print_worst(&pool, out);
    fclose(out);
    const char *a = strstr(text, "p:a f32 0.25: linear dtype=f32 "),
               *b = strstr(text, "p:b f32 0.75: linear dtype=f32 ");
    cr_expect(a && b && b < a, "%s", text);
    free(text);
    vjp_pool_clear(&pool);
    vjp_case_clear(&c);
}
