/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the elements of a firewall's sets have counted, and what they had at the last
 * reading: state-dir/counters. An element that was taken out and put in again counts from
 * 0; it is told from the one before by its time-out and its age.
 */
#ifndef VARSEL_AGENT_COUNTERS_H
#define VARSEL_AGENT_COUNTERS_H

#include "common/diag.h"
#include "common/ip.h"
#include "common/slice.h"

struct counter {
	char set[16];
	char first[IP_TEXT], last[IP_TEXT]; /* the addresses that the element holds */
	int64_t packets;                    /* never 0: such are left out */
	int64_t timeout;                    /* 0: none */
	int64_t born;                       /* on the clock that begins at boot */
};

/* Of one output. */
struct counter_table {
	char *title;
	int64_t total; /* packets of all elements; -1: not known */
	int64_t read;  /* time of the last reading */
	struct counter *row;
	size_t n, cap;
};

struct counters {
	int64_t run;
	char boot[40]; /* which boot `born` is of */
	struct counter_table *table;
	size_t n;
};

/* A missing or damaged file is an empty one, the latter said in *d with OK. */
enum err counters_load(
	const char *path, struct counters *ret, struct diag *d) CHECK_RESULT;
enum err counters_save(
	const char *path, const struct counters *c, struct diag *d) CHECK_RESULT;
void counters_done(struct counters *c);       /* safe on a zeroed struct */
void counters_empty(struct counter_table *t); /* frees the rows */
/* The output's table, made if needed. NULL: out of memory. */
struct counter_table *counters_table(struct counters *c, const char *title);

/* Adds what `nft -j list set` printed, at `now` of the clock that begins at boot: the
 * elements that counted something, and their packets to the total. What is no element of
 * addresses counts in the total alone. ERR_SYNTAX, ERR_NOMEM. */
enum err counters_read(struct counter_table *t, const char *set, struct slice json,
	int64_t now, struct diag *d) CHECK_RESULT;
/* To be done before counter_since(). */
void counters_sort(struct counter_table *t);
/* What `now` counted since the reading `then` of the same boot (NULL: there is none). */
int64_t counter_since(const struct counter_table *then, const struct counter *now);

#endif
