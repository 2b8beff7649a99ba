/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run sees of the floating-point environment. */
#include "tests/impls/host/plant.h"

#if defined(__x86_64__)

struct environment_case {
    const char *act;
    const char *words;
};

Test(run_environment, what_a_call_changes_is_named)
{
    static const struct environment_case cases[] = {
        {"answer(); _mm_setcsr(_mm_getcsr() | 0x8000);",
         "the call left flush-to-zero (FTZ) set in MXCSR"},
        {"answer(); fesetround(FE_UPWARD);",
         "the call left the rounding of SSE and AVX upward instead of to nearest; left the "
         "rounding of the x87 unit upward instead of to nearest"},
        {"unsigned short w = 0x27f; answer(); __asm__ volatile(\"fldcw %0\" : : \"m\"(w));",
         "the call left the precision of the x87 unit changed (control word 0x27f instead of "
         "0x37f)"},
        {"static const char *ask(void) { _mm_setcsr(_mm_getcsr() | 0x40); return 0; }\n"
         "static void act(void) { answer(); }",
         "supports left denormals-are-zero (DAZ) set in MXCSR"},
        {"answer(); sink = 1.0f / 3.0f; feraiseexcept(FE_INEXACT | FE_OVERFLOW);", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bed bed;
        bed_open(&bed, cases[i].act);
        bed_run(&bed);
        cr_expect_eq(bed.seen.outcome, VJP_COMPLETED);
        cr_expect_str_eq(bed.seen.fp_environment, cases[i].words, "%s", cases[i].act);
        bed_close(&bed);
    }
}

/* What one call leaves behind is not what the next begins with. */
Test(run_environment, every_call_begins_with_the_default_state)
{
    struct bed bed;
    bed_open(&bed, "static int n; answer(); printf(\"%x \", _mm_getcsr() & ~0x3f);"
                   "if (n++ == 0) _mm_setcsr(0x9fc0);");
    bed_run(&bed);
    cr_expect_str_eq(bed.seen.log, "1f80 1f80 1f80");
    cr_expect_str_neq(bed.seen.fp_environment, "");
    bed_run(&bed);
    cr_expect_str_eq(bed.seen.fp_environment, "");
    bed_close(&bed);
}

/* gcc links start-up code that sets FTZ and DAZ into what it links with -ffast-math. */
Test(run_environment, what_loading_changes_is_named_in_every_run)
{
    static const char words[] =
        "loading the library left flush-to-zero and denormals-are-zero (FTZ, DAZ) set in MXCSR: "
        "the start-up code that linking with -ffast-math adds does so";
    struct bed bed;
    bed_open_with(&bed,
                  "static void act(void) { answer(); printf(\"%x \", _mm_getcsr() & ~0x3f); }\n"
                  "__attribute__((constructor)) static void load(void) { _mm_setcsr(0x9fc0); }",
                  "", (struct vjp_worker_options){0});
    cr_expect_str_eq(vjp_worker_info(bed.worker)->load_damage, words);
    for (int i = 0; i < 2; i++) {
        bed_run(&bed);
        cr_expect_str_eq(bed.seen.fp_environment, words);
        cr_expect_str_eq(bed.seen.log, "1f80 1f80 1f80");
    }
    bed_close(&bed);
}

#endif
