/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Outputs: the active set written in the language of a firewall or a resolver. Each row
 * of the table is one file of this folder and a pure function of its job; it writes to a
 * FILE and names commands, and never runs, replaces or reloads anything itself
 * (client/agent/apply.c does).
 */
#ifndef VARSEL_OUTPUT_H
#define VARSEL_OUTPUT_H

#include <stdio.h>

#include "client/agent/output/cap.h"
#include "common/activeset.h"
#include "common/allow.h"
#include "common/conf.h"

/* One `output TITLE { ... }` of varsel.conf: the options of all rows together. What is
 * not given is NULL, empty or 0 (and load true): each row has its own defaults. */
struct output_conf {
	char *file;
	char *kind;
	int64_t max;
	char *zone;
	struct conf_list reload;
	bool load;
	char *table;
	struct conf_list hook;
	struct conf_list nft;
};
extern const struct conf_option output_options[]; /* ends with name == NULL */

struct output_job {
	const struct output_conf *conf;
	const struct activeset *set;
	const struct allow *allow;
	const struct enforced *last; /* NULL: nothing to build on */
	struct cap cap, last_cap;    /* output_cap() */
	struct hash digest;          /* of the set */
	int64_t now;
	uint32_t serial; /* higher than that of any earlier rendering */
};

/* What became of the entries that the output can carry. */
struct output_tally {
	size_t count;    /* written */
	size_t spared;   /* touched by the never-block list */
	size_t left_out; /* over the maximum, or too long for the zone */
};

/* A command by argv, without a shell. */
#define ARGV_MAX 32
#define ARGV_OWN 9 /* of them, beside the configured command */
struct output_argv {
	const char *v[ARGV_MAX + 1]; /* NULL-terminated; borrowed */
	size_t n;
};
void output_argv_put(struct output_argv *a, const char *word);
void output_argv_list(struct output_argv *a, const struct conf_list *l);

#define MARKER_MAX 120

/* An output whose set stands in the kernel and is changed there in one transaction. */
struct output_kernel {
	bool (*wanted)(const struct output_conf *c);
	/* The name of its table, of family inet. */
	const char *(*table)(const struct output_conf *c);
	/* A cheap command that prints the marker when the kernel holds what we wrote. */
	void (*probe)(const struct output_conf *c, struct output_argv *ret);
	/* What the kernel is marked with once this job is applied. The last word stands
	 * for the never-block list. */
	void (*marker)(const struct output_job *j, char ret[MARKER_MAX]);
	/* Writes the transaction that leads there from the state marked `found` ("" when
	 * there was no mark). */
	void (*change)(const struct output_job *j, const char *found, FILE *f,
		struct output_tally *ret);
	/* The command that commits the transaction in the file `path`. */
	void (*load)(
		const struct output_conf *c, const char *path, struct output_argv *ret);
	/* Notes a few elements that stand in the kernel once this job is applied, of each
	 * set the one that stays longest: one line of text. */
	void (*sample)(const struct output_job *j, struct buf *ret);
	/* The command that fails when one of those is gone that should be there at `now`,
	 * and changes nothing. Empty: there is nothing to ask. It borrows from *text. */
	void (*verify)(const struct output_conf *c, const char *samples, int64_t now,
		struct buf *text, struct output_argv *ret);
	/* The sets whose elements count packets; ends with NULL. The first has few
	 * elements and counts them all. */
	const char *const *counted;
	/* The command that prints one of them as nft's JSON. */
	void (*count)(
		const struct output_conf *c, const char *set, struct output_argv *ret);
	/* The command that takes all of it out, whether or not it is there. */
	void (*lift)(const struct output_conf *c, struct output_argv *ret);
};

struct output_type {
	const char *name;  /* a section's title is this, or this, '-' and more */
	const char *doc;   /* one sentence */
	unsigned carry;    /* enum carry: kinds that it can take */
	size_t max;        /* entries, when the configuration does not say; 0: any */
	const char *takes; /* its options, each between blanks: " file zone " */
	/* Refuses what cannot be; ERR_CONFIG. */
	enum err (*validate)(const struct output_conf *c, struct diag *d);
	/* Whether the entry would take a place in it, were there one for each. */
	bool (*counts)(const struct output_job *j, const struct active *a);
	/* Writes the whole file. */
	void (*render)(const struct output_job *j, FILE *f, struct output_tally *ret);
	/* A tool that says whether the file at `path` is sound; NULL: there is none. */
	void (*check)(
		const struct output_conf *c, const char *path, struct output_argv *ret);
	/* The tool may see the file in parts of so many lines, each behind the first
	 * ones of the file. 0: it wants it whole. */
	size_t check_rows, check_head;
	/* Of a line and the same with "*." in front, right behind it, it needs to see the
	 * longer one alone. */
	bool check_twins;
	const struct output_kernel *kernel; /* NULL: files only */
};

/* What a firewall and a resolver of a municipality take without trouble. */
#define OUTPUT_MAX 1000000

/* THE table; ends with NULL. */
extern const struct output_type *const output_types[];
extern const struct output_type output_nftables, output_rpz, output_list;

/* By a section's title; NULL when no row has that name. */
const struct output_type *output_type_of(const char *title);
/* Refuses options that are not the row's, and what the row refuses. ERR_CONFIG. */
enum err output_validate(const struct output_type *t, const char *title,
	const struct output_conf *c, struct diag *d) CHECK_RESULT;

/* How many entries it may have. SIZE_MAX: any number. */
size_t output_max(const struct output_type *t, const struct output_conf *c);
/* Finds out what is kept of the set, and was of the one before: sets the job's caps. To
 * be done before anything is rendered. ERR_NOMEM. */
enum err output_cap(const struct output_type *t, struct output_job *j) CHECK_RESULT;
/* Whether an entry that counts has a place. */
bool output_keeps(const struct output_job *j, const struct active *a);

/* What decides what an output looks like, beside the set itself. */
struct hash output_fingerprint(const struct output_type *t, const struct output_conf *c,
	const struct hash *set, const struct hash *allow);

#endif
