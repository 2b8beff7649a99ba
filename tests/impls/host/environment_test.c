/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/environment.h"

#include <criterion/criterion.h>
#include <fenv.h>

static const struct vjp_wire_fp normal = {.mxcsr = 0x1f80, .x87 = 0x37f, .rounding = FE_TONEAREST};

static void expect(struct vjp_wire_fp after, const char *want)
{
    char out[256];
    cr_expect_eq(vjp_environment_explain("it", &normal, &after, out, sizeof out), want[0] != '\0');
    cr_expect_str_eq(out, want);
}

Test(environment, nothing_is_said_of_no_change_and_of_sticky_flags)
{
    expect(normal, "");
    expect((struct vjp_wire_fp){0x1fbf, 0x37f, FE_TONEAREST}, "");
}

Test(environment, each_change_has_its_words)
{
    expect((struct vjp_wire_fp){0x9f80, 0x37f, FE_TONEAREST},
           "it left flush-to-zero (FTZ) set in MXCSR");
    expect((struct vjp_wire_fp){0x1fc0, 0x37f, FE_TONEAREST},
           "it left denormals-are-zero (DAZ) set in MXCSR");
    expect((struct vjp_wire_fp){0x9fc0, 0x37f, FE_TONEAREST},
           "it left flush-to-zero and denormals-are-zero (FTZ, DAZ) set in MXCSR");
    expect((struct vjp_wire_fp){0x3f80, 0x37f, FE_TONEAREST},
           "it left the rounding of SSE and AVX downward instead of to nearest");
    expect((struct vjp_wire_fp){0x7f80, 0xf7f, FE_TOWARDZERO},
           "it left the rounding of SSE and AVX toward zero instead of to nearest; left the "
           "rounding of the x87 unit toward zero instead of to nearest");
    expect((struct vjp_wire_fp){0x1d80, 0x37f, FE_TONEAREST},
           "it left floating-point exceptions unmasked in MXCSR");
    expect((struct vjp_wire_fp){0x1f80, 0x37b, FE_TONEAREST},
           "it left floating-point exceptions unmasked in the x87 control word");
    expect((struct vjp_wire_fp){0x1f80, 0x7f, FE_TONEAREST},
           "it left the precision of the x87 unit changed (control word 0x7f instead of 0x37f)");
}

Test(environment, a_reverse_change_has_its_words)
{
    char out[256];
    const struct vjp_wire_fp before = {0x9e80, 0x37e, FE_TONEAREST};
    cr_expect(vjp_environment_explain("it", &before, &normal, out, sizeof out));
    cr_expect_str_eq(out, "it left flush-to-zero (FTZ) cleared in MXCSR; left floating-point "
                          "exceptions masked in MXCSR; left floating-point exceptions masked in "
                          "the x87 control word");
}

Test(environment, a_machine_without_these_registers_has_a_direction)
{
    char out[256];
    const struct vjp_wire_fp before = {0, 0, 0};
    const struct vjp_wire_fp after = {0, 0, 2};
    cr_expect(vjp_environment_explain("it", &before, &after, out, sizeof out));
    cr_expect_str_eq(out, "it left another rounding direction: fegetround() 2 instead of 0");
}

Test(environment, words_are_cut_at_the_size)
{
    char out[16] = "###############";
    const struct vjp_wire_fp after = {0x9fc0, 0x7f, 0};
    cr_expect(vjp_environment_explain("it", &normal, &after, out, 10));
    cr_expect_str_eq(out, "it left f");
    cr_expect_eq(out[10], '#');
}
