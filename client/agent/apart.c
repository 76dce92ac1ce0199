/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/fields.h"
#include "common/file.h"

#define OPEN_AT_ONCE 16 /* folders, while they are walked through */
#define PART         "the part that talks to the hub"
#define CHUNK        65536 /* what a pipe holds */
#define LOOK         1000 /* milliseconds; so often it is seen whether it is still there */
#define ENDING       5000 /* milliseconds that killing all of it may take */

static const char *const folders[] = {"feed", "login", "spool", "sightings"};

/* *ret is NULL when there is nobody else to be. */
static enum err find(const char *user, const struct passwd **ret, struct diag *d)
{
	*ret = NULL;
	if (!user || geteuid() != 0)
		return OK;
	*ret = getpwnam(user);
	if (!*ret)
		return diag_fail(d, ERR_CONFIG,
			"user: there is no account \"%s\" on this machine: "
			"systemd-sysusers makes it where Varsel is installed, adduser "
			"--system %s elsewhere",
			user, user);
	if ((*ret)->pw_uid == 0)
		return diag_fail(d, ERR_CONFIG,
			"user: \"%s\" is root: name an account that may do nothing",
			user);
	return OK;
}

static enum err become(const struct passwd *pw, struct diag *d)
{
	if (!pw)
		return OK;
	if (setgroups(1, &pw->pw_gid) != 0 ||
		setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) != 0 ||
		setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) != 0 ||
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return diag_fail(d, ERR_NOPERM, "cannot become the account \"%s\": %s",
			pw->pw_name, strerror(errno));
	return OK;
}

/* Nothing of its parent's stays open but the pipe and the standard three: a lock lasts as
 * long as anybody has it open. */
static bool alone(int *fd)
{
	int first = STDERR_FILENO + 1;

	if (*fd > first && dup3(*fd, first, O_CLOEXEC) < 0)
		return false;
	if (*fd > first)
		*fd = first;
	closefrom(*fd == first ? first + 1 : first);
	return true;
}

static void __attribute__((noreturn)) child(pid_t parent, const struct passwd *pw, int fd,
	enum err (*work)(void *ctx, FILE *out, struct diag *d), void *ctx)
{
	struct diag d = {""};
	FILE *out = alone(&fd) ? fdopen(fd, "w") : NULL;
	enum err e = out ? become(pw, &d) : diag_fail(&d, ERR_NOMEM, "out of memory");
	bool lost;

	if (out)
		(void)setvbuf(out, NULL, _IOFBF, CHUNK);
	/* who told the parent to end itself did not mean: hand on half of it */
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGHUP, SIG_DFL);
	/* behind the change of account, which would undo it */
	if (e == OK &&
		(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != parent))
		e = diag_fail(&d, ERR_INTERNAL, "started without its parent");
	if (e == OK)
		e = work(ctx, out, &d);
	if (e && out) {
		(void)fputc('\0', out); /* behind what is worth nothing then */
		(void)fputs(d.text, out);
	}
	/* fclose() does not tell of a part that was lost before the last one */
	lost = out && ferror(out);
	if (out && (fclose(out) != 0 || lost) && e == OK)
		e = ERR_IO;
	exit((int)e);
}

/* The child's word for why it failed, as far as it is one. */
static enum err failure(int status, struct buf *text, struct diag *d)
{
	enum err e = WIFEXITED(status) && WEXITSTATUS(status) < ERR_COUNT_
			     ? (enum err)WEXITSTATUS(status)
			     : ERR_INTERNAL;
	const char *why = buf_str(text);

	if (WIFSIGNALED(status))
		return diag_fail(d, ERR_INTERNAL, PART " was killed by signal %d",
			WTERMSIG(status));
	for (char *p = text->data; p && *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	return diag_fail(d, e, "%s", why[0] ? why : err_text(e));
}

static const struct passwd *heir; /* nftw() hands nothing on */

static int give(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return lchown(path, heir->pw_uid, heir->pw_gid);
}

/* The folder last: until then nobody else could have put anything into it. */
static enum err hand_over(const char *path, const struct passwd *pw, struct diag *d)
{
	struct stat st;

	if (lstat(path, &st) != 0 || st.st_uid == pw->pw_uid)
		return OK;
	heir = pw;
	if (st.st_uid != 0 || !S_ISDIR(st.st_mode) || chmod(path, 0700) != 0 ||
		nftw(path, give, OPEN_AT_ONCE, FTW_DEPTH | FTW_PHYS) != 0)
		return diag_fail(d, ERR_CANTCREAT,
			"%s: cannot be given to the account \"%s\"; chown -R %s it", path,
			pw->pw_name, pw->pw_name);
	return OK;
}

/* The folders whose files come from outside, or go there, for that account to write in.
 */
static enum err prepare(const struct config *c, const struct passwd **ret, struct diag *d)
{
	enum err e = find(c->user, ret, d);

	if (e || !*ret)
		return e;
	e = file_mkdir(c->state_dir, 0755, d);
	for (size_t i = 0; e == OK && i < sizeof(folders) / sizeof(*folders); i++) {
		char *path = config_state(c, folders[i]);

		e = path ? file_mkdir(path, 0700, d)
			 : diag_fail(d, ERR_NOMEM, "out of memory");
		if (e == OK)
			e = hand_over(path, *ret, d);
		free(path);
	}
	return e;
}

struct part {
	pid_t pid;
	bool ended;
	int status;
	int64_t deadline;
	enum err (*take)(void *to, struct slice part, struct diag *d);
	void *to;
	bool failed;    /* it says why, from here on */
	struct buf why; /* the beginning of that */
};

/* False: nothing is left. */
static bool reap(struct part *p)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == p->pid) {
			p->ended = true;
			p->status = status;
		}
	return pid == 0;
}

static enum err heard(struct part *p, struct slice text, struct diag *d)
{
	const char *nul = p->failed ? text.p : memchr(text.p, '\0', text.n);
	size_t n = nul ? (size_t)(nul - text.p) : text.n;
	enum err e = n ? p->take(p->to, slice_mem(text.p, n), d) : OK;

	if (nul) {
		n += !p->failed;
		p->failed = true;
		buf_put(&p->why, text.p + n, text.n - n); /* too long: left out */
	}
	return e;
}

/* What it writes, until it closes its end or has ended: something that it started may
 * have that open still. */
static enum err listen_to(struct part *p, int fd, struct diag *d)
{
	struct pollfd w = {.fd = fd, .events = POLLIN};
	char chunk[CHUNK];
	enum err e;

	for (;;) {
		int64_t left = p->deadline - clock_milliseconds();
		int n = left > 0 ? poll(&w, 1, left < LOOK ? (int)left : LOOK) : 0;
		ssize_t got;

		if (left <= 0 || (n == 0 && p->ended))
			return OK;
		if (n == 0)
			(void)reap(p);
		if (n <= 0)
			continue;
		got = read(fd, chunk, sizeof(chunk));
		if (got == 0)
			return OK;
		if (got < 0 && errno != EINTR)
			return diag_fail(d, ERR_IO, PART ": %s", strerror(errno));
		if (got > 0 && (e = heard(p, slice_mem(chunk, (size_t)got), d)) != OK)
			return e;
	}
}

static void nap(void)
{
	const struct timespec pause = {.tv_nsec = 1000000};

	(void)nanosleep(&pause, NULL);
}

static void kill_all(const struct part *p)
{
	CLEANUP_BUF struct buf text = {.max = 65536};
	struct slice rest, word;
	int64_t pid;

	if (!p->ended)
		(void)kill(p->pid, SIGKILL);
	if (file_read("/proc/thread-self/children", &text, NULL))
		return;
	rest = buf_view(&text);
	while (slice_cut(&rest, ' ', &word))
		if (number_parse(word, &pid, NULL) == OK)
			(void)kill((pid_t)pid, SIGKILL);
}

/* Whose parent dies is our child then, and killed as well. False: something is left. */
static bool end_all(struct part *p)
{
	int64_t deadline = clock_milliseconds() + ENDING;

	while (reap(p)) {
		if (clock_milliseconds() > deadline)
			return false;
		kill_all(p);
		nap();
	}
	return true;
}

static enum err start(const struct passwd *pw,
	enum err (*work)(void *ctx, FILE *out, struct diag *d), void *ctx, pid_t *ret,
	int *ret_fd, struct diag *d)
{
	pid_t parent = getpid();
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) != 0)
		return diag_fail(d, ERR_IO, "pipe: %s", strerror(errno));
	(void)fflush(NULL); /* or the child would print it again */
	*ret = fork();
	if (*ret == 0)
		child(parent, pw, fd[1], work, ctx);
	file_close(&fd[1]);
	*ret_fd = fd[0];
	if (*ret > 0)
		return OK;
	file_close(ret_fd);
	return diag_fail(d, ERR_NOMEM, "fork: %s", strerror(errno));
}

/* Until it has ended, in time; it has nothing more to say. */
static enum err finish(struct part *p, int64_t seconds, struct diag *d)
{
	while (!p->ended && clock_milliseconds() < p->deadline && reap(p))
		nap();
	if (p->ended)
		return OK;
	return diag_fail(d, ERR_UNAVAILABLE,
		PART " was not done in %lld seconds and was ended; the next run tries "
		     "again (deadline in varsel.conf)",
		(long long)seconds);
}

enum err apart_stream(const struct config *c, int64_t more,
	enum err (*work)(void *ctx, FILE *out, struct diag *d), void *ctx,
	enum err (*take)(void *to, struct slice part, struct diag *d), void *to,
	struct diag *d)
{
	int64_t seconds = c->deadline + more;
	struct part p = {.deadline = clock_milliseconds() + seconds * 1000,
		.take = take,
		.to = to,
		.why = {.max = DIAG_MAX}};
	const struct passwd *pw;
	int fd = -1;
	enum err e = prepare(c, &pw, d);

	if (e == OK && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
		e = diag_fail(d, ERR_INTERNAL, "prctl: %s", strerror(errno));
	if (e == OK)
		e = start(pw, work, ctx, &p.pid, &fd, d);
	if (e)
		return e;
	e = listen_to(&p, fd, d);
	if (e == OK)
		e = finish(&p, seconds, d);
	file_close(&fd);
	if (!end_all(&p) && e == OK)
		e = diag_fail(d, ERR_INTERNAL, PART " left something that does not end");
	(void)prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
	if (e == OK && (!WIFEXITED(p.status) || WEXITSTATUS(p.status) != 0))
		e = failure(p.status, &p.why, d);
	buf_done(&p.why);
	return e;
}

static enum err keep(void *to, struct slice part, struct diag *d)
{
	enum err e;

	buf_slice(to, part);
	e = buf_err(to);
	return e ? diag_fail(d, e, PART ": %s", err_text(e)) : OK;
}

enum err apart_run(const struct config *c, int64_t more,
	enum err (*work)(void *ctx, FILE *out, struct diag *d), void *ctx,
	struct buf *ret, struct diag *d)
{
	enum err e;

	buf_reset(ret);
	e = apart_stream(c, more, work, ctx, keep, ret, d);
	if (e)
		buf_reset(ret);
	return e;
}

enum err apart_become(const struct config *c, struct diag *d)
{
	const struct passwd *pw;
	enum err e = prepare(c, &pw, d);

	return e ? e : become(pw, d);
}
