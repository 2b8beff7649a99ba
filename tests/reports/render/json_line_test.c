/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/json_line.h"

#include "tests/reports/render/fixture.h"

#include <math.h>

static enum vjp_status write_line(struct vjp_json_line *line, char **text)
{
    struct capture capture;
    struct vjp_error error;
    capture_begin(&capture);
    struct vjp_sink sink = {.file = capture.file, .path = (char *)"memory"};
    const enum vjp_status status = vjp_json_end(line, &sink, &error);
    capture_end(&capture);
    *text = capture.text;
    return status;
}

Test(json_line, is_one_object_with_its_type_and_no_number_that_json_has_not)
{
    char *text;
    struct vjp_json_line line = vjp_json_begin("kind");
    vjp_json_set(&line, "a", vjp_json_text("x\ny \xff"));
    vjp_json_set(&line, "b", vjp_json_text(NULL));
    vjp_json_set(&line, "c", vjp_json_number(0.5));
    vjp_json_set(&line, "d", vjp_json_number(NAN));
    vjp_json_set(&line, "e", vjp_json_number(-INFINITY));
    cr_expect_eq(write_line(&line, &text), VJP_OK);
    cr_expect_str_eq(text, "{\"type\":\"kind\",\"a\":\"x\\ny \xef\xbf\xbd\",\"b\":\"\",\"c\":0.5,"
                           "\"d\":\"nan\",\"e\":\"-inf\"}\n");
    free(text);
}

/* NULL is what jansson gives when memory has ended. */
Test(json_line, that_lacks_a_value_is_not_written)
{
    char *text;
    struct vjp_json_line line = vjp_json_begin("kind");
    vjp_json_set(&line, "a", NULL);
    vjp_json_set(&line, "b", vjp_json_number(1));
    cr_expect_eq(write_line(&line, &text), VJP_ERR_MEMORY);
    cr_expect_str_eq(text, "");
    free(text);
}
