/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/file.h"

static const char *const folders[] = {
	"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};

/* cron's PATH lacks the sbin folders, and one inherited is not for root to believe. */
char *run_find(const char *name)
{
	char *path;

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? strdup(name) : NULL;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (asprintf(&path, "%s/%s", folders[i], name) < 0)
			return NULL;
		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

static enum err start(
	const char *path, const char *const *argv, int out, pid_t *ret, struct diag *d)
{
	static char env_path[] =
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	static char env_locale[] = "LC_ALL=C.UTF-8";
	char *env[] = {env_path, env_locale, NULL};
	posix_spawn_file_actions_t act;
	posix_spawnattr_t attr;
	sigset_t defaults;
	int rc;

	(void)sigemptyset(&defaults);
	(void)sigaddset(&defaults, SIGPIPE);
	if (posix_spawn_file_actions_init(&act) != 0)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	if (posix_spawnattr_init(&attr) != 0) {
		(void)posix_spawn_file_actions_destroy(&act);
		return diag_fail(d, ERR_NOMEM, "out of memory");
	}
	rc = posix_spawn_file_actions_addopen(&act, 0, "/dev/null", O_RDONLY, 0);
	rc = rc ? rc : posix_spawn_file_actions_adddup2(&act, out, 1);
	rc = rc ? rc : posix_spawn_file_actions_adddup2(&act, out, 2);
	rc = rc ? rc : posix_spawnattr_setsigdefault(&attr, &defaults);
	rc = rc ? rc : posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	/* the strings are not written to: posix_spawn only lacks the const */
	rc = rc ? rc
		: posix_spawn(
			  ret, path, &act, &attr, (char *const *)(uintptr_t)argv, env);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&act);
	return rc ? diag_fail(d, ERR_CANTCREAT, "%s: %s", path, strerror(rc)) : OK;
}

/* Reads until the program and all that it started have closed their output; false when
 * the deadline passes first. Past the buffer's maximum the rest is read and dropped. */
static bool listen_to(int fd, int64_t deadline, struct buf *out)
{
	char chunk[4096];
	struct pollfd p = {.fd = fd, .events = POLLIN};

	for (;;) {
		int64_t left = deadline - clock_milliseconds();
		ssize_t n;

		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			return false;
		n = read(fd, chunk, sizeof(chunk));
		if (n == 0 || (n < 0 && errno != EINTR))
			return true;
		if (n > 0)
			buf_put(out, chunk, (size_t)n);
	}
}

static enum err report(
	const char *name, int status, struct buf *out, size_t from, struct diag *d)
{
	struct slice text = buf_view(out), line;

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return OK;
	text.p += from;
	text.n -= from;
	(void)slice_cut(&text, '\n', &line);
	if (WIFSIGNALED(status))
		return diag_fail(d, ERR_CANTCREAT, "%s: killed by signal %d", name,
			WTERMSIG(status));
	return diag_fail(d, ERR_CANTCREAT, "%s: exit status %d%s%.*s", name,
		WEXITSTATUS(status), line.n ? ": " : "", line.n > 300 ? 300 : (int)line.n,
		line.p);
}

enum err run_begin(
	const char *const *argv, int seconds, struct running *ret, struct diag *d)
{
	struct running r = {.seconds = seconds,
		.deadline = clock_milliseconds() + (int64_t)seconds * 1000};
	char *path = run_find(argv[0]);
	int fd[2];
	enum err e;

	if (!path)
		return diag_fail(
			d, ERR_NOT_FOUND, "%s: there is no such program", argv[0]);
	if (pipe2(fd, O_CLOEXEC) != 0) {
		free(path);
		return diag_fail(d, ERR_IO, "pipe: %s", strerror(errno));
	}
	e = start(path, argv, fd[1], &r.pid, d);
	free(path);
	file_close(&fd[1]);
	if (e) {
		file_close(&fd[0]);
		return e;
	}
	r.fd = fd[0];
	*ret = r;
	return OK;
}

enum err run_wait(
	struct running *r, const char *const *argv, struct buf *out, struct diag *d)
{
	size_t from = out->len;
	bool ended = listen_to(r->fd, r->deadline, out);
	int status;

	if (!ended)
		(void)kill(r->pid, SIGKILL);
	file_close(&r->fd);
	while (waitpid(r->pid, &status, 0) < 0)
		if (errno != EINTR)
			return diag_fail(d, ERR_IO, "%s: %s", argv[0], strerror(errno));
	if (!ended)
		return diag_fail(d, ERR_CANTCREAT, "%s: no answer in %d seconds", argv[0],
			r->seconds);
	return report(argv[0], status, out, from, d);
}

enum err run(const char *const *argv, int seconds, struct buf *out, struct diag *d)
{
	struct running r;
	enum err e = run_begin(argv, seconds, &r, d);

	return e ? e : run_wait(&r, argv, out, d);
}
