/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_BENCH_CELL_H
#define VJP_REPORTS_RENDER_BENCH_CELL_H

/* Measured numbers as the tables of a bench show them: each writes a text into cell. */
#define VJP_BENCH_CELL 64

/* Three digits and the unit: "1.23", "45.6x", "789", "12300"; "-" for NaN. */
void vjp_bench_cell_three(double value, const char *unit, char cell[VJP_BENCH_CELL]);

/* "2.00 s", "50.0 ms" */
void vjp_bench_cell_seconds(double seconds, char cell[VJP_BENCH_CELL]);

/* "1.44 MB", "40.0 kFLOP" */
void vjp_bench_cell_amount(double value, const char *unit, char cell[VJP_BENCH_CELL]);

/* "0.4%", "50%"; "-" for NaN */
void vjp_bench_cell_percent(double part, char cell[VJP_BENCH_CELL]);

/* "39.5-40.6"; "-" where there is no interval */
void vjp_bench_cell_interval(double low, double high, char cell[VJP_BENCH_CELL]);

#endif
