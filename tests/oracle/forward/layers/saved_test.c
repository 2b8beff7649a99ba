/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/oracle/forward/layers/formula.h"

/* mpmath at 60 digits, by the textbook: lse = log of the sum of exp, nothing subtracted, p = exp / sum of
 * exp; 20 digits of both, or, of f16 and f32, what they are rounded to. Rows of cross entropy that are
 * ignored are saved like the others. */
static const struct formula_kept kept[] = {
    {"attention dtype=f64 B=1 H=1 T=2 S=3 D=2 E=2 q=[1.75,-1.25,-2.5,-1] "
     "k=[-2.125,0.625,-3,-0.375,1.375,0.25] v=[-0.875,1.875,-2,-2.75,1.125,2.625] dy=[-2,-6,-4,-1]",
     "lse",
     VJP_F64,
     {1.49754178777287417, 5.6685555637076262331}},
    {"attention dtype=f64 B=1 H=1 T=2 S=3 D=2 E=2 q=[1.75,-1.25,-2.5,-1] "
     "k=[-2.125,0.625,-3,-0.375,1.375,0.25] v=[-0.875,1.875,-2,-2.75,1.125,2.625] dy=[-2,-6,-4,-1]",
     "p",
     VJP_F64,
     {0.0092834475019968800139, 0.0076092087669389967045, 0.98310734373106412328,
      0.09498915736495991176, 0.90475629226383390313, 0.00025455037120618511243}},
    {"attention dtype=f64 B=1 H=1 T=2 S=3 D=2 E=2 q=[1.75,-1.25,-2.5,-1] "
     "k=[-2.125,0.625,-3,-0.375,1.375,0.25] v=[-0.875,1.875,-2,-2.75,1.125,2.625] dy=[-2,-6,-4,-1]",
     "y",
     VJP_F64,
     {1.0826543275993218753, 2.5771379172512052327, -1.8923417280544007708,
      -2.3093069389418271631}},
    {"attention dtype=f64 causal=1 scale=0.5 B=1 H=2 T=2 S=3 D=1 E=1 q=[-2.625,-1.625,-1.5,-0.625] "
     "k=[2,-0.625,1.125,3,-1.375,-0.75] v=[1,2,3,4,5,6] dy=[1,1,1,1]",
     "lse",
     VJP_F64,
     {0.8517092174461713396, 0.81512421513385992269, 1.0681422841488559719, 1.1608047098817273992}},
    {"attention dtype=f64 causal=1 scale=0.5 B=1 H=2 T=2 S=3 D=1 E=1 q=[-2.625,-1.625,-1.5,-0.625] "
     "k=[2,-0.625,1.125,3,-1.375,-0.75] v=[1,2,3,4,5,6] dy=[1,1,1,1]",
     "p",
     VJP_F64,
     {0.030908958517211164962, 0.96909104148278883504, 0, 0.087150025437541556109,
      0.73542132321823664374, 0.17742865134422180015, 0.036220055864974740715,
      0.96377994413502525928, 0, 0.12266420349561365894, 0.48137089724167294989,
      0.39596489926271339117}},
    {"attention dtype=f64 scale=1 B=1 H=1 T=1 S=3 D=1 E=1 q=[1000] k=[1,0.9990234375,-1] v=[1,2,3] "
     "dy=[8]",
     "lse",
     VJP_F64,
     {1000.3196191976700212}},
    {"attention dtype=f64 scale=1 B=1 H=1 T=1 S=3 D=1 E=1 q=[1000] k=[1,0.9990234375,-1] v=[1,2,3] "
     "dy=[8]",
     "p",
     VJP_F64,
     {0.72642560897519054313, 0.27357439102480945687, 0}},
    {"softmax_cross_entropy dtype=f64 N=3 C=3 x=[0.5,-1,2,0.25,3,3,-0.75,1,0.25] t=[2,-100,1] "
     "dy=[1.5]",
     "lse",
     VJP_F64,
     {2.2413112966571570602, 3.7246108960427746102, 1.4984334547431498556}},
    {"softmax_cross_entropy dtype=f64 N=3 C=3 x=[0.5,-1,2,0.25,3,3,-0.75,1,0.25] t=[2,-100,1] "
     "dy=[1.5]",
     "softmax",
     VJP_F64,
     {0.17529039214003668995, 0.039112573270687451954, 0.78559703458927585809,
      0.03097388353938453686, 0.48451305823030773157, 0.48451305823030773157,
      0.10556446661296021688, 0.60748156206205845086, 0.28695397132498133226}},
    {"softmax_cross_entropy dtype=f64 target=onehot N=1 C=2 x=[2000,1999.5] p=[0,1] dy=[1.5]",
     "lse",
     VJP_F64,
     {2000.4740769841801067}},
    {"softmax_cross_entropy dtype=f64 target=onehot N=1 C=2 x=[2000,1999.5] p=[0,1] dy=[1.5]",
     "softmax",
     VJP_F64,
     {0.62245933120185456464, 0.37754066879814543536}},
    {"softmax_cross_entropy dtype=f16 N=1 C=2 x=[2,2.5] t=[0] dy=[1]",
     "lse",
     VJP_F32,
     {0x1.7cae8e0000000p+1}},
    {"softmax_cross_entropy dtype=f16 N=1 C=2 x=[2,2.5] t=[0] dy=[1]",
     "softmax",
     VJP_F16,
     {0x1.8280000000000p-2, 0x1.3ec0000000000p-1}},
    /* By hand: the places of the largest. The window of the first row and column of a padded image has
     * four elements. */
    {"maxpool2d dtype=f64 N=1 C=2 H=2 W=4 "
     "x=[-6.5,-4.5,6.5,-2.5,-0.5,0.5,2.5,-1.5,4.5,-7.5,3.5,-3.5,-5.5,1.5,5.5,7.5] dy=[6,9,4,4]",
     "argmax",
     VJP_I32,
     {5, 2, 0, 7}},
    {"maxpool2d dtype=f64 kernel=3 stride=2 padding=1 N=1 C=1 H=3 W=5 "
     "x=[-24.5,-22.5,-17.5,-21.5,-15.5,-14.5,-18.5,-23.5,-26.5,-13.5,-16.5,-19.5,-25.5,-12.5,-20.5]"
     " dy=[-8,-6,-9,-5,9,-6]",
     "argmax",
     VJP_I32,
     {5, 2, 9, 5, 13, 13}},
    /* Ties: the first, row by row. Where there is a NaN, the last. Where all is -inf, the first. */
    {"maxpool2d dtype=f32 stride=1 N=1 C=1 H=3 W=3 x=[7,0,7,0,7,0,7,0,7] dy=[1,1,1,1]",
     "argmax",
     VJP_I32,
     {0, 2, 4, 4}},
    {"maxpool2d dtype=f16 N=1 C=1 H=2 W=2 x=[1,nan,nan,3] dy=[1]", "argmax", VJP_I32, {2}},
    {"maxpool2d dtype=bf16 N=1 C=1 H=2 W=4 x=[-inf,-inf,0,inf,-inf,-inf,inf,1] dy=[1,1]",
     "argmax",
     VJP_I32,
     {0, 3}},
};

Test(saved, is_what_the_textbook_has_rounded_once)
{
    for (int i = 0; i < FORMULA_COUNT(kept); i++)
        formula_check_kept(&kept[i]);
}
