/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/lists.h"

#include "tests/cases/shrink/asking.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

static bool make_small(struct vjp_ask *ask, struct vjp_case *best)
{
    return vjp_lists_make(ask, best, 4, false);
}

static bool make_of_files(struct vjp_ask *ask, struct vjp_case *best)
{
    return vjp_lists_make(ask, best, 4, true);
}

static bool w_is_drawn(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)data;
    return c->slot[W].generator == VJP_GEN_CONST;
}

/* Slots of up to 4 elements; w has 6. */
Test(lists, what_is_drawn_becomes_a_list)
{
    static const char line[] = "linear dtype=f32 N=1 D=2 M=3 x=const:0.5 w=const dy=const:-7";
    expect_part(make_small, always, line,
                "linear dtype=f32 N=1 D=2 M=3 x=[0.5,0.5] w=const dy=[-7,-7,-7]");
    expect_part(make_small, never, line, line);
    expect_part(make_small, w_is_drawn, "linear dtype=f32 N=1 D=1 M=2 x=const w=const dy=const",
                "linear dtype=f32 N=1 D=1 M=2 x=[1] w=const dy=[1,1]");
}

Test(lists, files_alone_become_lists_where_that_is_wanted)
{
    /* NumPy's version 1.0: six bytes of magic, the version, the header's length 118, the header. */
    static const char header[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
    static const float numbers[] = {3, 0.25f};
    char path[] = "/tmp/vjp_lists_XXXXXX", line[256];
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    FILE *file = fdopen(fd, "wb");
    fwrite("\x93NUMPY\1\0\x76\0", 1, 10, file);
    fprintf(file, "%-117s\n", header);
    fwrite(numbers, sizeof *numbers, 2, file);
    cr_assert_eq(fclose(file), 0);
    snprintf(line, sizeof line, "linear dtype=f32 N=1 D=2 M=1 x=@%s w=const dy=const", path);
    expect_part(make_of_files, always, line,
                "linear dtype=f32 N=1 D=2 M=1 x=[3,0.25] w=const dy=const");
    unlink(path);
}

static bool of_sum(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c;
    double sum = 0;
    for (int64_t i = 0; i < data->slot[X].count; i++)
        sum += element(data, X, i);
    return sum >= 2;
}

static bool of_fraction(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c;
    const double x = element(data, X, 5);
    return x != floor(x) && x < 0;
}

static bool of_high_bits(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c;
    return fabs(element(data, X, 0)) > 1e20 && element(data, X, 1) == 0.1f;
}

Test(lists, numbers_become_simple)
{
    static const char line[] = "linear dtype=f32 N=1 D=8 M=0 x=[1,2,3,4.5,5,-6.75,7,8] w=[] dy=[]";
    expect_part(vjp_lists_shrink, always, line,
                "linear dtype=f32 N=1 D=8 M=0 x=[0,0,0,0,0,0,0,0] w=[] dy=[]");
    expect_part(vjp_lists_shrink, never, line, line);
    expect_part(vjp_lists_shrink, of_fraction, line,
                "linear dtype=f32 N=1 D=8 M=0 x=[0,0,0,0,0,-1.5,0,0] w=[] dy=[]");
    /* Which of the elements stays is a matter of the order. */
    expect_part(vjp_lists_shrink, of_sum, line,
                "linear dtype=f32 N=1 D=8 M=0 x=[0,0,0,0,0,0,0,2] w=[] dy=[]");
    /* 2^67 is the first power of two above 1e20: 1.47e20 */
    expect_part(vjp_lists_shrink, of_high_bits,
                "linear dtype=f32 N=1 D=2 M=0 x=[-1.47573952589676413e20,0.1] w=[] dy=[]",
                "linear dtype=f32 N=1 D=2 M=0 x=[1.4757395e+20,0.1] w=[] dy=[]");
}

static bool last_class(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c;
    return element(data, vjp_slot_find(c->spec, "t"), 5) == 1;
}

static bool index_3(const struct vjp_case *c, const struct vjp_data *data)
{
    (void)c;
    return element(data, 1, 1) >= 3;
}

Test(lists, domains_are_obeyed)
{
    expect_part(vjp_lists_shrink, last_class,
                "cross_entropy dtype=f32 N=2 C=3 x=[7,2,3,4,0.5,6] t=[0,1,0,0,0,1] dy=const",
                "cross_entropy dtype=f32 N=2 C=3 x=[1,1,1,1,1,1] t=[1,0,0,0,0,1] dy=const");
    expect_part(vjp_lists_shrink, index_3, "embedding dtype=f32 N=2 V=9 D=0 w=[] t=[8,7] dy=[]",
                "embedding dtype=f32 N=2 V=9 D=0 w=[] t=[0,3] dy=[]");
}
