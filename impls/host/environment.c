/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/environment.h"

#include <fenv.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cases/base/status.h"

/* Intel SDM vol. 1, 10.2.3 (MXCSR) and 8.1.5 (x87 control word). */
#define MXCSR_DAZ      UINT32_C(0x0040)
#define MXCSR_MASKS    UINT32_C(0x1f80)
#define MXCSR_ROUNDING UINT32_C(0x6000)
#define MXCSR_FTZ      UINT32_C(0x8000)
#define X87_MASKS      UINT32_C(0x003f)
#define X87_PRECISION  UINT32_C(0x0300)
#define X87_ROUNDING   UINT32_C(0x0c00)

struct sentence {
    char *out;
    size_t size;
    const char *who;
    bool begun;
};

static void say(struct sentence *s, const char *format, ...) VJP_PRINTF(2, 3);

static void say(struct sentence *s, const char *format, ...)
{
    va_list args;
    size_t n = strlen(s->out);
    snprintf(s->out + n, s->size - n, "%s ", s->begun ? ";" : s->who);
    n = strlen(s->out);
    va_start(args, format);
    vsnprintf(s->out + n, s->size - n, format, args);
    va_end(args);
    s->begun = true;
}

static void explain_flushing(struct sentence *s, uint32_t before, uint32_t after)
{
    static const char *const names[] = {"", "flush-to-zero (FTZ)", "denormals-are-zero (DAZ)",
                                        "flush-to-zero and denormals-are-zero (FTZ, DAZ)"};
    const uint32_t set = after & ~before;
    const uint32_t cleared = before & ~after;
    const int on = (set & MXCSR_FTZ ? 1 : 0) + (set & MXCSR_DAZ ? 2 : 0);
    const int off = (cleared & MXCSR_FTZ ? 1 : 0) + (cleared & MXCSR_DAZ ? 2 : 0);
    if (on)
        say(s, "left %s set in MXCSR", names[on]);
    if (off)
        say(s, "left %s cleared in MXCSR", names[off]);
}

/* Both registers code the direction alike: 0 nearest, 1 down, 2 up, 3 to zero. */
static void explain_direction(struct sentence *s, const char *where, uint32_t before,
                              uint32_t after)
{
    static const char *const names[] = {"to nearest", "downward", "upward", "toward zero"};
    if (before != after)
        say(s, "left the rounding of %s %s instead of %s", where, names[after & 3],
            names[before & 3]);
}

static void explain_masks(struct sentence *s, const char *where, uint32_t before, uint32_t after)
{
    if (before & ~after)
        say(s, "left floating-point exceptions unmasked in %s", where);
    if (after & ~before)
        say(s, "left floating-point exceptions masked in %s", where);
}

bool vjp_environment_explain(const char *who, const struct vjp_wire_fp *before,
                             const struct vjp_wire_fp *after, char *out, size_t size)
{
    struct sentence s = {.out = out, .size = size, .who = who};
    out[0] = '\0';
    explain_flushing(&s, before->mxcsr, after->mxcsr);
    explain_direction(&s, "SSE and AVX", (before->mxcsr & MXCSR_ROUNDING) >> 13,
                      (after->mxcsr & MXCSR_ROUNDING) >> 13);
    explain_masks(&s, "MXCSR", before->mxcsr & MXCSR_MASKS, after->mxcsr & MXCSR_MASKS);
    explain_direction(&s, "the x87 unit", (before->x87 & X87_ROUNDING) >> 10,
                      (after->x87 & X87_ROUNDING) >> 10);
    if ((before->x87 ^ after->x87) & X87_PRECISION)
        say(&s, "left the precision of the x87 unit changed (control word 0x%x instead of 0x%x)",
            after->x87, before->x87);
    explain_masks(&s, "the x87 control word", before->x87 & X87_MASKS, after->x87 & X87_MASKS);
    if (!s.begun && before->rounding != after->rounding)
        say(&s, "left another rounding direction: fegetround() %d instead of %d", after->rounding,
            before->rounding);
    return s.begun;
}
