/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/acceptor.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/slice.h"

#define BACKLOG  1024
#define PAUSE_MS 20 /* at the limit, or without descriptors */

/* Splits at the last colon; brackets around an IPv6 address go. */
static bool split(const char *address, char host[64], char port[8])
{
	const char *colon = strrchr(address, ':');
	size_t n = colon ? (size_t)(colon - address) : 0;
	const char *from = address;

	if (n >= 2 && address[0] == '[' && address[n - 1] == ']') {
		from++;
		n -= 2;
	}
	if (!colon || n == 0 || n >= 64 || strlen(colon + 1) >= 8 || !colon[1])
		return false;
	memcpy(host, from, n);
	host[n] = '\0';
	memcpy(port, colon + 1, strlen(colon + 1) + 1);
	return true;
}

static int listen_on(const struct addrinfo *ai)
{
	int on = 1, fd;

	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
		(ai->ai_family == AF_INET6 &&
			setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on))) ||
		bind(fd, ai->ai_addr, ai->ai_addrlen) || listen(fd, BACKLOG)) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

enum err acceptor_bind(struct acceptor *a, const char *address, struct diag *d)
{
	struct addrinfo want = {.ai_socktype = SOCK_STREAM,
				.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV},
			*ai = NULL;
	char host[64], port[8];

	memset(a, 0, sizeof(*a));
	a->fd = a->stop = -1;
	if (!split(address, host, port) || getaddrinfo(host, port, &want, &ai) || !ai)
		return diag_fail(d, ERR_CONFIG,
			"listen \"%s\": not address:port, like 127.0.0.1:8440 or "
			"[::1]:8440",
			address);
	a->fd = listen_on(ai);
	freeaddrinfo(ai);
	if (a->fd < 0)
		return diag_fail(
			d, ERR_CONFIG, "listen \"%s\": %s", address, strerror(errno));
	a->stop = eventfd(0, EFD_CLOEXEC);
	if (a->stop < 0)
		return diag_fail(d, ERR_INTERNAL, "eventfd: %s", strerror(errno));
	memcpy(a->address, address, strnlen(address, sizeof(a->address) - 1));
	return OK;
}

static void pause_a_little(void)
{
	struct timespec t = {0, PAUSE_MS * 1000000L};

	(void)nanosleep(&t, NULL);
}

/* Takes one connection, if there is one; false when accepting should pause. */
static bool take_one(struct acceptor *a)
{
	struct sockaddr_storage peer;
	socklen_t n = sizeof(peer);
	int on = 1, fd;

	if (atomic_load(&a->metrics->connections) >= a->max) {
		(void)sweeper_make_room(a->sweeper);
		return false;
	}
	fd = accept4(a->fd, (struct sockaddr *)&peer, &n, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return errno != EMFILE && errno != ENFILE && errno != ENOMEM &&
		       errno != ENOBUFS;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	atomic_fetch_add(&a->metrics->accepted, 1);
	return MHD_add_connection(a->daemon, fd, (struct sockaddr *)&peer, n) == MHD_YES;
}

static void *run(void *arg)
{
	struct acceptor *a = arg;
	struct pollfd fds[2] = {{a->fd, POLLIN, 0}, {a->stop, POLLIN, 0}};

	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			pause_a_little();
		if (fds[1].revents)
			return NULL;
		if (fds[0].revents && !take_one(a))
			pause_a_little();
	}
}

enum err acceptor_start(struct acceptor *a, struct MHD_Daemon *daemon, struct sweeper *s,
	struct metrics *m, int64_t max, struct diag *d)
{
	a->daemon = daemon;
	a->sweeper = s;
	a->metrics = m;
	a->max = max;
	return thread_start(&a->thread, run, a, d);
}

void acceptor_stop(struct acceptor *a)
{
	if (a->thread.started) {
		(void)eventfd_write(a->stop, 1);
		thread_join(&a->thread);
	}
	if (a->fd >= 0)
		close(a->fd);
	if (a->stop >= 0)
		close(a->stop);
	a->fd = a->stop = -1;
}
