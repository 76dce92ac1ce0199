/* SPDX-License-Identifier: BSD-2-Clause */
/* varsel.conf: see varsel.conf(5). */
#ifndef VARSEL_AGENT_CONFIG_H
#define VARSEL_AGENT_CONFIG_H

#include "client/agent/output/output.h"
#include "client/hub/hub.h"

struct output {
	char *title; /* as in varsel.conf; names it in status and in messages */
	const struct output_type *type;
	struct output_conf conf;
};

struct config {
	char *path; /* of the file itself */
	char *hub;
	char *hub_name;
	char *tls_ca;
	char *tls_certificate;
	char *tls_key;
	char *channel;
	char *org;
	char *key;
	char *root;
	char *state_dir;
	char *user; /* NULL: none but who runs it */
	char *never_block;
	struct conf_list notify;
	bool counters;
	struct conf_list rpz_log;
	int64_t timeout;       /* seconds */
	int64_t stall;         /* seconds */
	int64_t deadline;      /* seconds */
	int64_t guard_entries; /* 0: no guard */
	int64_t guard_percent;
	struct output *outputs; /* in the order of the file */
	size_t noutputs;
};

extern const struct conf_option config_options[];

/* ERR_CONFIG with the line; ERR_NOT_FOUND when this machine is not enrolled yet. The
 * caller frees with config_free(). */
enum err config_load(const char *path, struct config *ret, struct diag *d) CHECK_RESULT;
void config_free(struct config *c); /* safe on a zeroed struct */
#define CLEANUP_CONFIG __attribute__((cleanup(config_free)))

/* A path below state-dir; the caller frees. NULL: out of memory. */
char *config_state(const struct config *c, const char *name);
/* A name beside the file `path`; the caller frees. NULL: out of memory. */
char *config_beside(const char *path, const char *name);

/* The hub with the configured deadline, and the key. */
enum err config_hub(
	const struct config *c, struct hub **ret, struct diag *d) CHECK_RESULT;
enum err config_key(
	const struct config *c, struct seckey *ret, struct diag *d) CHECK_RESULT;

/* What enrolment writes. NULL folders: the defaults of a machine that serves in earnest,
 * outputs commented out. */
struct config_draft {
	const char *hub, *hub_name, *channel, *org;
	struct hub_tls tls;
	const char *key, *root, *never_block, *state_dir;
	const char *user;       /* NULL: none */
	const char *output_dir; /* outputs as files below this folder */
};
void config_write(struct buf *b, const struct config_draft *x);

#endif
