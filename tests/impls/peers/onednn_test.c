/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/impls/peers/peer.h"

Test(onednn, is_exact_on_exact_data_in_every_layout, .timeout = 60)
{
    peer_expect("onednn", PEER_LINES(peer_layouts), "f32");
}

/* A reduction of one row is none that the library makes. */
Test(onednn, declines_what_the_library_has_no_primitive_for, .timeout = 60)
{
    static const struct peer_line lines[] = {
        {"linear dtype=%s bias=1 N=1 D=3 M=4 x=exact w=exact b=exact dy=exact dx=exact dw=exact "
         "db=exact accumulate=1 seed=1",
         "unsupported"},
        {"linear dtype=%s bias=1 N=1 D=3 M=4 x=exact w=exact b=exact dy=exact seed=1", "exact"},
    };
    peer_expect("onednn", PEER_LINES(lines), "f32");
}
