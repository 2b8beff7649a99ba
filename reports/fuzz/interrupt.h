/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_FUZZ_INTERRUPT_H
#define VJP_REPORTS_FUZZ_INTERRUPT_H

/* From now on the first SIGINT or SIGTERM ends nothing but is noted, so that what was found can be told; a second one
 * ends the process as usual. What the system does with a call that it interrupts: it goes on. */
void vjp_interrupt_catch(void);

/* The number of the signal that came, or 0. */
int vjp_interrupt_seen(void);

#endif
