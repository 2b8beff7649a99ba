/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/form.h"

/* N: batch, G: groups, K and C: channels out and in of a group, I and J: places of the filter, R and S: its
 * elements. */
enum { N, G, K, C, I, J, R, S, DIMS };
enum { X, W, B, Y };

struct window {
    int64_t stride, dilation, padding;
};

/* Place i's element r of the filter is on element i stride + r dilation - padding of the image. */
static void add_window(struct vjp_form *form, int64_t size, int place, int tap,
                       const struct window *w)
{
    const struct vjp_form_axis axis = {.size = size,
                                       .dim = place,
                                       .tap = tap,
                                       .step = w->stride,
                                       .tap_step = w->dilation,
                                       .first = -w->padding};
    vjp_form_add_window(form, X, &axis);
}

/* y[n,gk,i,j] = sum of x[n,gc,i stride + r dilation - padding, ...] w[gk,c,r,s] + b[gk] */
void vjp_form_conv2d(const struct vjp_case *c, struct vjp_form *out)
{
    static const int w_axes[] = {G, K, C, R, S}, b_axes[] = {G, K}, y_axes[] = {N, G, K, I, J};
    const int64_t groups = vjp_case_attr(c, "groups");
    const struct window window = {vjp_case_attr(c, "stride"), vjp_case_attr(c, "dilation"),
                                  vjp_case_attr(c, "padding")};
    struct vjp_shape y;
    vjp_case_slot_shape(c, vjp_slot_cotangent(c->spec), &y);
    out->n_dims = DIMS;
    out->dim[N] = vjp_case_dim(c, "N");
    out->dim[G] = groups;
    out->dim[K] = vjp_case_dim(c, "K") / groups;
    out->dim[C] = vjp_case_dim(c, "C") / groups;
    out->dim[I] = y.dim[2];
    out->dim[J] = y.dim[3];
    out->dim[R] = vjp_case_dim(c, "R");
    out->dim[S] = vjp_case_dim(c, "S");
    vjp_form_add_axis(out, X, N);
    vjp_form_add_axis(out, X, G);
    vjp_form_add_axis(out, X, C);
    add_window(out, vjp_case_dim(c, "H"), I, R, &window);
    add_window(out, vjp_case_dim(c, "W"), J, S, &window);
    for (size_t i = 0; i < sizeof w_axes / sizeof *w_axes; i++)
        vjp_form_add_axis(out, W, w_axes[i]);
    for (size_t i = 0; i < sizeof b_axes / sizeof *b_axes; i++)
        vjp_form_add_axis(out, B, b_axes[i]);
    for (size_t i = 0; i < sizeof y_axes / sizeof *y_axes; i++)
        vjp_form_add_axis(out, Y, y_axes[i]);
    vjp_form_add_term(out, X, W);
    vjp_form_add_term(out, B, VJP_FORM_NONE);
}
