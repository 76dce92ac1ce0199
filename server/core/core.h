/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every rule of the hub is given: who the hub is, and the worker's connection. The
 * rules see neither HTTP nor SQL: they take bytes and plain values, and answer with plain
 * structs whose text lives in the caller's arena.
 *
 * Common to all functions below server/core: they may be called from any thread that owns
 * the struct db it passes; ERR_DATABASE means that PostgreSQL does not answer (the
 * connection heals itself at a later call); ERR_NOMEM that the arena is full; and on any
 * error nothing was stored.
 */
#ifndef VARSEL_CORE_H
#define VARSEL_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/allow.h"
#include "common/arena.h"
#include "common/diag.h"
#include "common/hash.h"
#include "server/db/texts.h"

struct db;

/* When what organisations report and see is a campaign (campaign.h). Times in seconds. */
struct campaign_rule {
	int64_t orgs;   /* distinct ones; 0: never */
	int64_t window; /* within this time */
	int64_t quiet;  /* without anything for so long it is over */
	unsigned joins; /* bits 1 << enum join of what may join its indicators */
};

/* Fixed for the life of the process; borrowed from the configuration. */
struct core {
	const char *hub;        /* "varsel.kl.dk" */
	const char *channel;    /* "kommuner" */
	const char *origin;     /* "<hub>/feed/<channel>": the log's name */
	const char *public_url; /* what enrolment links begin with, no slash at the end */
	const struct allow *never_block; /* neverblock.h; NULL: nothing is protected */
	struct campaign_rule campaigns;  /* campaign.h; zero: there are none */
	struct log *log; /* log.h; NULL in commands that do not sequence */
};

/* Who asks, as the token said: audited, and for a member bound to its organisation. */
struct caller {
	const char *key; /* key name, the token's sub */
	const char *org; /* code; NULL for a coordinator */
};

#endif
