/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The derived bound of layers that are more than sums of products, against backward passes that keep to
 * their model in software arithmetic: all are inside. And against the same with one intermediate in a
 * narrower format: they are not. */
#include "oracle/metric/measure.h"

#include "tests/cases/lines.h"
#include "tests/oracle/metric/backward.h"

