/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/alert/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/file.h"

#define LIMIT_MS 30000
#define STEP_MS  20

/* A session of its own, so that what it starts can be ended with it; no signal blocked;
 * of our descriptors only the three. */
static int set_up(posix_spawn_file_actions_t *act, posix_spawnattr_t *attr, int in)
{
	sigset_t none, pipe;
	int rc;

	(void)sigemptyset(&none);
	(void)sigemptyset(&pipe);
	(void)sigaddset(&pipe, SIGPIPE);
	rc = posix_spawn_file_actions_adddup2(act, in, 0);
	rc = rc ? rc : posix_spawn_file_actions_adddup2(act, 2, 1);
	rc = rc ? rc : posix_spawn_file_actions_addclosefrom_np(act, 3);
	rc = rc ? rc : posix_spawnattr_setsigmask(attr, &none);
	rc = rc ? rc : posix_spawnattr_setsigdefault(attr, &pipe);
	rc = rc ? rc : posix_spawnattr_setpgroup(attr, 0);
	return rc ? rc
		  : posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK |
							   POSIX_SPAWN_SETSIGDEF |
							   POSIX_SPAWN_SETPGROUP);
}

static enum err start(const struct conf_list *argv, int in, pid_t *ret, struct diag *d)
{
	static char path[] =
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	static char locale[] = "LC_ALL=C.UTF-8";
	char *env[] = {path, locale, NULL};
	char **args = calloc(argv->n + 1, sizeof(*args));
	posix_spawn_file_actions_t act;
	posix_spawnattr_t attr;
	int rc;

	if (!args || posix_spawn_file_actions_init(&act) != 0) {
		free(args);
		return diag_fail(d, ERR_NOMEM, "out of memory");
	}
	memcpy(args, argv->item, argv->n * sizeof(*args));
	rc = posix_spawnattr_init(&attr);
	if (!rc) {
		rc = set_up(&act, &attr, in);
		rc = rc ? rc : posix_spawn(ret, args[0], &act, &attr, args, env);
		(void)posix_spawnattr_destroy(&attr);
	}
	(void)posix_spawn_file_actions_destroy(&act);
	free(args);
	return rc ? diag_fail(d, ERR_UNAVAILABLE, "%s: %s", argv->item[0], strerror(rc))
		  : OK;
}

/* What does not fit the pipe is written as the program reads. */
static void feed(int *fd, struct slice *rest)
{
	ssize_t n = rest->n ? write(*fd, rest->p, rest->n) : 0;

	if (n > 0) {
		rest->p += n;
		rest->n -= (size_t)n;
	}
	if (rest->n && (n > 0 || errno == EAGAIN || errno == EINTR))
		return;
	(void)close(*fd); /* all is there, or nobody reads */
	*fd = -1;
}

/* Its exit status, or -1 when it had to be killed. */
static int wait_for(pid_t pid, int *fd, struct slice rest, const atomic_bool *stop)
{
	struct timespec step = {0, STEP_MS * 1000000L};
	int status = 0;

	for (int ms = 0; ms < LIMIT_MS && !atomic_load(stop); ms += STEP_MS) {
		if (*fd >= 0)
			feed(fd, &rest);
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status)
						 : 128 + WTERMSIG(status);
		(void)nanosleep(&step, NULL);
	}
	(void)kill(-pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	return -1;
}

enum err notify_run(const struct conf_list *argv, struct slice input,
	const atomic_bool *stop, struct diag *d)
{
	int end[2], status;
	pid_t pid;
	enum err e;

	if (pipe2(end, O_CLOEXEC) != 0 || fcntl(end[1], F_SETFL, O_NONBLOCK) != 0)
		return diag_fail(d, ERR_UNAVAILABLE, "pipe: %s", strerror(errno));
	e = start(argv, end[0], &pid, d);
	(void)close(end[0]);
	status = e ? 0 : wait_for(pid, &end[1], input, stop);
	if (end[1] >= 0)
		(void)close(end[1]);
	if (!e && status < 0)
		return diag_fail(d, ERR_UNAVAILABLE, "%s: did not end in %d seconds",
			argv->item[0], LIMIT_MS / 1000);
	if (!e && status > 0)
		return diag_fail(
			d, ERR_UNAVAILABLE, "%s: exit status %d", argv->item[0], status);
	return e;
}
