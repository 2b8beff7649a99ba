/* SPDX-License-Identifier: MIT-0 */

/* A kernel of one's own, and the one line that makes a plug-in of it. Build and check:
 *
 *     cc -O2 -shared -fPIC -I impls/abi impls/example/my_linear.c -o /tmp/my_linear.so
 *     vjpcheck check /tmp/my_linear.so
 */
#include "vjp_plain.h"

/* dx = dy w^T, dw = x^T dy. x, dx: N x D, w, dw: D x M, dy: N x M. */
static void my_linear(float *dx, float *dw, const float *x, const float *w, const float *dy,
                      int64_t N, int64_t D, int64_t M)
{
    for (int64_t n = 0; n < N; n++)
        for (int64_t d = 0; d < D; d++) {
            float sum = 0;
            for (int64_t m = 0; m < M; m++)
                sum += dy[n * M + m] * w[d * M + m];
            dx[n * D + d] = sum;
        }

    for (int64_t d = 0; d < D; d++)
        for (int64_t m = 0; m < M; m++) {
            float sum = 0;
            for (int64_t n = 0; n < N; n++)
                sum += x[n * D + d] * dy[n * M + m];
            dw[d * M + m] = sum;
        }
}

VJP_PLAIN_LINEAR_F32(my_linear);
