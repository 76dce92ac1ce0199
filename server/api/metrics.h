/* SPDX-License-Identifier: BSD-2-Clause */
/* What is counted while the hub runs; /metrics writes it in Prometheus' text format. */
#ifndef VARSEL_API_METRICS_H
#define VARSEL_API_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

#define METRICS_ROUTES 64

struct metrics_route {
	const char *method; /* set once, before the threads start; NULL: not in use */
	const char *path;
	atomic_uint_fast64_t answers[6]; /* by first digit of the status */
	atomic_uint_fast64_t micros;     /* from the whole header to the answer */
};

/* What may be held against a connection or a request (server/http/limits.h). */
enum limit { LIMIT_CONNECTIONS, LIMIT_ADDRESS, LIMIT_ORG, LIMIT_FEED, LIMITS };

struct metrics {
	struct metrics_route route[METRICS_ROUTES]; /* [0]: what fitted no route */
	atomic_uint_fast64_t accepted;              /* connections, ever */
	atomic_uint_fast64_t cut;                   /* at a deadline */
	atomic_uint_fast64_t turned_away;           /* queue or upload memory was full */
	atomic_uint_fast64_t limited[LIMITS];       /* one address or caller had enough */
	atomic_int_fast64_t connections;            /* open now */
	atomic_int_fast64_t requests;               /* begun and not answered yet */
	atomic_int_fast64_t waiting;                /* long-polls */
	atomic_int_fast64_t streams;                /* who follow the events */
	atomic_int_fast64_t queued;                 /* for a database worker */
	atomic_int_fast64_t working;                /* workers that have a request */
	atomic_int_fast64_t upload_bytes;           /* reserved for request bodies */
};

#endif
