/* SPDX-License-Identifier: BSD-2-Clause */
/* varseld.conf: one table in config.c, described in varseld.conf(5). */
#ifndef VARSEL_CONFIG_H
#define VARSEL_CONFIG_H

#include "common/conf.h"
#include "common/ip.h"
#include "common/limits.h"
#include "server/core/log.h"
#include "server/core/retention.h"
#include "server/receivers.h"

#define CONFIG_PATH "/etc/varsel/varseld.conf"

struct config {
	char *hub;
	char *channel;
	char *listen;         /* "127.0.0.1:8440", "[::1]:8440" */
	char *metrics_listen; /* "" = no metrics */
	char *public_url;
	char *database;          /* as the hub's role */
	struct retention retain; /* how long things are kept */
	char *database_owner;    /* "" = the same */
	char *database_retain;   /* "" = the owner */
	char *state_dir;
	int64_t log_number; /* which log of the channel this is, from 1 */
	int64_t threads;
	int64_t db_workers;
	int64_t queue;         /* requests that may wait for a worker */
	int64_t connections;   /* open at once */
	int64_t per_address;   /* connections from one address; 0: unlimited */
	int64_t address_rate;  /* requests a minute without a token; 0: any number */
	int64_t address_burst; /* and how many of them at once */
	int64_t org_rate;      /* of one organisation or coordinator */
	int64_t org_burst;
	int64_t feed_rate; /* the same of the feed */
	int64_t feed_burst;
	int64_t campaign_orgs;
	int64_t campaign_window; /* seconds */
	int64_t campaign_quiet;
	struct conf_list campaign_joins; /* names of enum join */
	unsigned joins;                  /* the same as bits */
	struct receivers receivers;      /* the sections webhook */
	struct conf_list notify;         /* argv; empty: none */
	struct conf_list notify_events;
	int64_t streams; /* that may follow the events at once */
	int64_t streams_per_org;
	int64_t request_time;         /* seconds for a whole request to arrive */
	int64_t upload_memory;        /* MiB that all request bodies together may hold */
	struct conf_list never_block; /* warninglists */
	char *trusted_proxy;          /* address; "" = none */
	struct ip proxy;              /* the same; family 0: none */
	/* "<hub>/feed/<channel>", from the second log on with "/<log-number>" */
	char origin[ORIGIN_MAX];
};

extern const struct conf_option config_options[];

/* ERR_CONFIG with file, line and reason; ERR_NOT_FOUND. */
enum err config_open(const char *path, struct config *ret, struct diag *d) CHECK_RESULT;
void config_close(struct config *c);
#define CLEANUP_CONFIG __attribute__((cleanup(config_close)))

/* The view that the rules are given; borrows from *c. */
struct core config_core(const struct config *c);

/* Files below state-dir: log.h has the others. */
#define STATE_JWT_KEY "jwt.key" /* 64 hex digits and LF: 32 random bytes */
#define STATE_PATH    4096
/* ERR_CONFIG when it does not fit. */
enum err config_state_path(const struct config *c, const char *file, char out[STATE_PATH],
	struct diag *d) CHECK_RESULT;

#endif
