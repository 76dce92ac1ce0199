/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sightings on their way to the hub, one request's body a file below
 * state-dir/sightings. Each carries a batch number of its own, so that one that is sent
 * twice counts once. Who keeps a memory of what it has counted (varsel hunt: how far each
 * log was read) numbers its runs: the files of a run are written first, then the memory
 * with the run's number; what a killed run left over is taken back by the next, and is
 * not sent before. The memory of `who` (lower-case letters) is state-dir/who, and its
 * first line ends in " NUMBER".
 */
#ifndef VARSEL_AGENT_OUTBOX_H
#define VARSEL_AGENT_OUTBOX_H

#include "client/agent/cli.h"
#include "client/agent/config.h"
#include "client/agent/hunt/tally.h"
#include "common/json_out.h"

/* Writes `t`, sorted, as files of run `run` of `who`. ERR_CANTCREAT. */
enum err outbox_put(const struct config *c, const char *who, int64_t run,
	const struct tally *t, struct diag *d) CHECK_RESULT;
/* Removes what runs of `who` after `run` have written. */
enum err outbox_take_back(const struct config *c, const char *who, int64_t run,
	struct diag *d) CHECK_RESULT;
/* Sends all that waits. ERR_TEMPFAIL when something still does afterwards. What the hub
 * refuses is set aside, and said on stderr. */
enum err outbox_send(struct cli *cli, const struct config *c) CHECK_RESULT;
/* The same beside other work: what cannot be sent now waits, which is said to who
 * watches. */
void outbox_try(const struct cli *cli, const struct config *c);
/* How many files wait. */
size_t outbox_count(const struct config *c);
/* One row of a request, as an object. */
void outbox_row(struct json_out *j, const char *name, const struct tally_row *r);
/* One request's body: rows [from, to) of `t` under a batch number. */
void outbox_body(
	struct buf *b, const char *batch, const struct tally *t, size_t from, size_t to);

#endif
