/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/inquiry.h"

#include "cases/gen/generate.h"

enum vjp_status vjp_inquiry_make(const struct vjp_case *c, enum vjp_oracle oracle,
                                 struct vjp_kinks kinks, struct vjp_inquiry *out,
                                 struct vjp_error *error)
{
    *out = (struct vjp_inquiry){0};
    enum vjp_status status = vjp_truth_check(c, oracle, error);
    if (status == VJP_OK)
        status = vjp_data_generate(c, &out->data, error);
    if (status == VJP_OK)
        status = vjp_truth_init(&out->truth, c, &out->data, oracle, 1, error);
    if (status == VJP_OK)
        status = vjp_question_ask(&out->truth, kinks, &out->question, error);
    return status;
}

void vjp_inquiry_clear(struct vjp_inquiry *inquiry)
{
    vjp_truth_clear(&inquiry->truth);
    vjp_data_clear(&inquiry->data);
    *inquiry = (struct vjp_inquiry){0};
}
