/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/fields.h"
#include "common/file.h"

#define OPEN_AT_ONCE 16 /* folders, while they are walked through */

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

static void __attribute__((noreturn)) child(pid_t parent, const struct passwd *pw, int fd,
	enum err (*work)(void *ctx, FILE *out, struct diag *d), void *ctx)
{
	struct diag d = {""};
	FILE *out = fdopen(fd, "w");
	enum err e = out ? become(pw, &d) : diag_fail(&d, ERR_NOMEM, "out of memory");

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
	if (e && out)
		(void)fputs(d.text, out);
	if (out && fclose(out) != 0 && e == OK)
		e = ERR_IO;
	exit((int)e);
}

/* The child's word for why it failed, as far as it is one. */
static enum err failure(int status, struct buf *text, struct diag *d)
{
	enum err e = WIFEXITED(status) && WEXITSTATUS(status) < ERR_COUNT_
			     ? (enum err)WEXITSTATUS(status)
			     : ERR_INTERNAL;
	char why[DIAG_MAX];

	if (WIFSIGNALED(status))
		return diag_fail(d, ERR_INTERNAL,
			"the part that talks to the hub was killed by signal %d",
			WTERMSIG(status));
	(void)snprintf(why, sizeof(why), "%s", buf_str(text));
	for (char *p = why; *p; p++)
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

enum err apart_run(const struct config *c,
	enum err (*work)(void *ctx, FILE *out, struct diag *d), void *ctx,
	struct buf *ret, struct diag *d)
{
	pid_t parent = getpid(), pid;
	const struct passwd *pw;
	int fd[2], status;
	enum err e = prepare(c, &pw, d);

	buf_reset(ret);
	if (e)
		return e;
	if (pipe2(fd, O_CLOEXEC) != 0)
		return diag_fail(d, ERR_IO, "pipe: %s", strerror(errno));
	(void)fflush(NULL); /* or the child would print it again */
	pid = fork();
	if (pid == 0) {
		file_close(&fd[0]);
		child(parent, pw, fd[1], work, ctx);
	}
	file_close(&fd[1]);
	if (pid < 0) {
		file_close(&fd[0]);
		return diag_fail(d, ERR_NOMEM, "fork: %s", strerror(errno));
	}
	e = file_read_fd(fd[0], "the part that talks to the hub", ret, d);
	file_close(&fd[0]);
	if (e)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return diag_fail(d, ERR_INTERNAL, "wait: %s", strerror(errno));
	if (e || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
		return e;
	e = failure(status, ret, d);
	buf_reset(ret);
	return e;
}

enum err apart_become(const struct config *c, struct diag *d)
{
	const struct passwd *pw;
	enum err e = prepare(c, &pw, d);

	return e ? e : become(pw, d);
}
