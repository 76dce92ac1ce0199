/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A listening socket and the thread that accepts from it. libmicrohttpd could do this
 * itself, but 0.9.75 may abort when it is told to stop accepting while its pool is busy
 * (MHD_quiesce_daemon races with the pool over epoll's list). Here stopping is one flag,
 * and a full house makes room by letting the longest idle go.
 */
#ifndef VARSEL_HTTP_ACCEPTOR_H
#define VARSEL_HTTP_ACCEPTOR_H

#include <microhttpd.h>

#include "server/http/sweeper.h"
#include "server/thread.h"

struct acceptor {
	int fd;   /* listening; -1: none */
	int stop; /* eventfd that ends the thread */
	char address[64];
	struct thread thread;
	struct MHD_Daemon *daemon;
	struct sweeper *sweeper;
	struct metrics *metrics;
	int64_t max; /* connections */
};

/* Binds "127.0.0.1:8440" or "[::1]:8440". ERR_CONFIG names the address and the reason. */
enum err acceptor_bind(
	struct acceptor *a, const char *address, struct diag *d) CHECK_RESULT;
enum err acceptor_start(struct acceptor *a, struct MHD_Daemon *daemon, struct sweeper *s,
	struct metrics *m, int64_t max, struct diag *d) CHECK_RESULT;
/* Ends the thread and closes the socket; safe twice. */
void acceptor_stop(struct acceptor *a);

#endif
