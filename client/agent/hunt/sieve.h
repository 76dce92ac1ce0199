/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which lines of a text are worth a look: nearly none are. 64 bytes at a time become
 * masks, one bit a byte, and what the masks say is enough to leave out all runs of bytes
 * that can be no value. A line that may hold one is handed on and looked at by scan.c,
 * which alone says what a hit is; none that has one is left out.
 */
#ifndef VARSEL_HUNT_SIEVE_H
#define VARSEL_HUNT_SIEVE_H

#include "client/agent/hunt/needles.h"

/* Calls `look` for each line that may hold a value, in their order, without its LF;
 * `number` counts from 0. Returns how many lines there are. */
uint64_t sieve_lines(const struct needles *n, struct slice text,
	void (*look)(void *ctx, struct slice line, uint64_t number), void *ctx);

#endif
