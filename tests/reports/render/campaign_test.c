/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/campaign.h"

#include "tests/cases/lines.h"

#include <jansson.h>
#include <unistd.h>

static void add(struct vjp_census *census, const char *line)
{
    struct vjp_case c = parse_case(line);
    struct vjp_error error = {""};
    cr_assert_eq(vjp_census_add(census, &c, &error), VJP_OK, "%s", error.text);
    vjp_case_clear(&c);
}

static char *print(const struct vjp_campaign_record *record)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    vjp_campaign_print(record, false, out);
    fclose(out);
    return text;
}

static void expect_in(const char *text, const char *part)
{
    cr_expect(strstr(text, part), "no \"%s\" in\n%s", part, text);
}

Test(campaign_text, tells_how_fast_and_what)
{
    struct vjp_census census = {0};
    for (int i = 0; i < 150; i++)
        add(&census, "linear dtype=f32 N=1 D=9 M=33 x=exact w=exact dy=exact");
    add(&census, "linear dtype=f32 N=1 D=9 M=300 x=uniform w=exact dy=exact threads=2");
    const struct vjp_campaign_record record = {.seed = 0x1f,
                                               .shard = 1,
                                               .shards = 4,
                                               .census = &census,
                                               .replayed = 3,
                                               .discarded = 2,
                                               .seconds = 2};
    char *text = print(&record);
    expect_in(text,
              "campaign 0x1f, shard 2 of 4: 151 cases in 2.0 s, 77 per second; before them 3 of "
              "the corpus; 2 draws were discarded, whose sizes did not fit\n");
    /* N and D have 3 cells each, M those of 33 and of 300, which is 4 modulo 8 and 12 modulo 16 and 32. */
    expect_in(text, "linear    151  12 of 168");
    expect_in(text, "  33%");
    expect_in(text, "<1%");
    expect_in(text, "layouts: contiguous 100%, padded -, unaligned -, transposed -, expanded -, "
                    "accumulate -, in place -, threads <1%, some gradients -\n");
    expect_in(text, "generators: exact 100%, uniform <1%\n");
    free(text);
    vjp_census_clear(&census);
}

Test(campaign_text, nothing_asked_is_no_table)
{
    const struct vjp_census census = {0};
    const struct vjp_campaign_record record = {.seed = 1, .shards = 1, .census = &census};
    char *text = print(&record);
    cr_expect_str_eq(text, "campaign 0x1: 0 cases in 0.0 s\n\n");
    free(text);
}

Test(campaign_text, json_has_the_counts)
{
    struct vjp_census census = {0};
    struct vjp_error error = {""};
    struct vjp_sink sink;
    char path[] = "/tmp/vjpcheck-campaign-XXXXXX";
    cr_assert_neq(mkstemp(path), -1);
    add(&census,
        "linear dtype=f32 N=1 D=9 M=33 x=exact w=exact dy=exact accumulate=1 dx=zeros dw=zeros");
    const struct vjp_campaign_record record = {
        .seed = UINT64_C(0xffffffffffffffff), .shards = 1, .census = &census, .seconds = 0.5};
    cr_assert_eq(vjp_sink_open(path, &sink, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_campaign_write(&sink, &record, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_sink_commit(&sink, &error), VJP_OK, "%s", error.text);
    vjp_sink_clear(&sink);
    json_t *json = json_load_file(path, 0, NULL);
    cr_assert_not_null(json);
    cr_expect_str_eq(json_string_value(json_object_get(json, "type")), "campaign");
    cr_expect_str_eq(json_string_value(json_object_get(json, "seed")), "0xffffffffffffffff");
    cr_expect_eq(json_integer_value(json_object_get(json, "cases")), 1);
    cr_expect_eq(
        json_integer_value(json_object_get(json_object_get(json, "layouts"), "accumulate")), 1);
    cr_expect_eq(json_integer_value(json_object_get(json_object_get(json, "generators"), "exact")),
                 3);
    const json_t *layer = json_array_get(json_object_get(json, "layers"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(layer, "layer")), "linear");
    const json_t *D = json_object_get(json_object_get(layer, "dims"), "D");
    cr_expect_str_eq(json_string_value(json_object_get(D, "visited")), "0x200020002");
    cr_expect_eq(json_integer_value(json_array_get(json_object_get(D, "sizes"), 3)), 1);
    json_decref(json);
    unlink(path);
    vjp_census_clear(&census);
}
