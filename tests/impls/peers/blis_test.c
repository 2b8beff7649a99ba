/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/impls/peers/peer.h"

Test(blis, is_exact_on_exact_data_in_every_layout, .timeout = 60)
{
    peer_expect("blis", PEER_LINES(peer_layouts), "f32");
    peer_expect("blis", PEER_LINES(peer_layouts), "f64");
}

Test(blis, writes_sums_of_no_terms, .timeout = 60)
{
    peer_expect("blis", PEER_LINES(peer_empty), "f32");
    peer_expect("blis", PEER_LINES(peer_empty), "f64");
}

Test(blis, declines_what_its_interface_cannot_say)
{
    cr_expect_str_eq(peer_declines("blis", 4, 5, 1), "supported");
    cr_expect_str_eq(peer_declines("blis", 4, 1, 4), "supported");
    cr_expect_str_eq(peer_declines("blis", 4, 10, 2),
                     "takes matrices with unit stride in one of their dimensions");
    cr_expect_str_eq(peer_declines("blis", INT64_C(1) << 31, 5, 1),
                     "its sizes are 32-bit integers");
    cr_expect_str_eq(peer_declines("blis", 4, INT64_C(1) << 31, 1),
                     "its sizes are 32-bit integers");
}
