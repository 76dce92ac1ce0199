/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What varsel remembers of its own doings between two runs (state-dir/state.json): which
 * set was enforced last, when it has to be looked at again, and how each output fared.
 * Losing it is harmless: everything is rendered again.
 */
#ifndef VARSEL_AGENT_STATE_H
#define VARSEL_AGENT_STATE_H

#include "client/agent/config.h"
#include "common/arena.h"

struct output_state {
	char *name;        /* the output's title */
	char *fingerprint; /* output_fingerprint() of what it shows; "" when it failed */
	char *error;       /* why it shows something else than it should; or NULL */
	char *stamp;       /* of the file as it was left; NULL: none */
	char *checked;     /* check_identity() of what it passed; NULL or "": none */
	char *samples;     /* of what it has in the kernel; NULL: none */
	char *rules;       /* ruleset_rules() there; NULL or "": not known */
	int64_t applied;   /* time; 0: never */
	int64_t count, spared, left_out;
	int64_t grown;  /* by how much left_out, just now; not stored */
	int64_t serial; /* of a zone: the last one used */
};

struct state {
	char *digest;   /* enforced_digest() of the set enforced last; "" at first */
	int64_t active; /* its entries */
	char *full; /* digest of what was approved then, before any never-block list */
	int64_t full_n;  /* its entries */
	int64_t full_at; /* the time that it is of */
	int64_t spared;  /* approved ones that the built-in never-block list kept out */
	char *builtin;   /* allow_digest() of that list; "" at first */
	int64_t changed; /* the feed's, when that set was computed */
	int64_t next_expiry; /* when it changes by itself; 0: never */
	int64_t good_time;   /* the latest time at which the clock could be believed */
	char *hold;          /* why something waits; "" when nothing does */
	int64_t hold_since;
	/* Of the kernel's rulesets when the last change of ours had been made, and nobody
	 * else's beside it (client/agent/ruleset.h); 0: not known. */
	int64_t generation;
	bool guarded; /* a growth waits for pull --confirm */
	struct output_state *outputs;
	size_t noutputs;
	struct arena arena; /* owns the texts */
};

/* A missing or damaged file is an empty state, said in *d with OK. */
enum err state_load(
	const struct config *c, struct state *ret, struct diag *d) CHECK_RESULT;
enum err state_save(
	const struct config *c, const struct state *s, struct diag *d) CHECK_RESULT;
void state_done(struct state *s);
#define CLEANUP_STATE __attribute__((cleanup(state_done)))

/* The row of an output, added when there was none. NULL: out of memory. */
struct output_state *state_output(struct state *s, const char *title);
/* It could not be applied; otherwise an error in it says that it was lifted on purpose.
 */
bool output_failed(const struct output_state *o);
/* Keeps a copy of `text` in *at. ERR_NOMEM. */
enum err state_text(struct state *s, char **at, const char *text) CHECK_RESULT;

#endif
