/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Receipts: the hub is told what stands here, whenever that changed. A receipt lies in
 * state-dir/receipt until the hub has it; the next one takes its place. A failure is
 * never the caller's.
 */
#ifndef VARSEL_AGENT_RECEIPT_H
#define VARSEL_AGENT_RECEIPT_H

#include "client/agent/cli.h"
#include "client/agent/plan.h"
#include "client/agent/standing.h"

/* Under standing_lock(). */
void receipt_note(struct cli *c, const struct config *conf, const struct followed *f,
	const struct state *s);

/* Signs and sends the one that lies there, if any. Takes a few seconds at most, and
 * standing_lock() for a moment. */
void receipt_send(struct cli *c, const struct config *conf);

#endif
