/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "common/file.h"

#define INTERRUPT 3 /* Ctrl-C */

void passphrase_init(struct buf *b)
{
	static const char zeros[PASSPHRASE_MAX];

	buf_init(b, sizeof(zeros));
	buf_put(b, zeros, sizeof(zeros)); /* takes all its room at once */
	buf_reset(b);
}

void passphrase_done(struct buf *b)
{
	if (b->data)
		sodium_memzero(b->data, b->cap);
	buf_done(b);
}

/* The first line from `fd`; a byte at a time, so that none behind it is taken. */
static enum err read_line(int fd, const char *name, struct buf *ret, struct diag *d)
{
	ssize_t n;
	char c;

	while ((n = read(fd, &c, 1)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return diag_fail(d, ERR_IO, "%s: %s", name, strerror(errno));
		if (c == '\n')
			break;
		buf_putc(ret, c);
		if (c == INTERRUPT)
			break;
	}
	if (ret->len && ret->data[ret->len - 1] == '\r')
		ret->len--;
	if (buf_err(ret))
		return diag_fail(d, buf_err(ret), "%s: a passphrase of over %d bytes",
			name, PASSPHRASE_MAX);
	if (ret->len == 0)
		return diag_fail(d, ERR_VALUE, "%s: the passphrase is empty", name);
	return OK;
}

static enum err from_file(const char *path, struct buf *ret, struct diag *d)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return diag_fail(d, errno == ENOENT ? ERR_NOT_FOUND : ERR_NOPERM,
			"%s: %s", path, strerror(errno));
	/* a pipe or a process substitution has nobody else to read it */
	if (S_ISREG(st.st_mode) && (st.st_mode & 077))
		return diag_fail(d, ERR_NOPERM,
			"%s: holds a passphrase and is open to others (chmod 600)", path);
	return read_line(fd, path, ret, d);
}

/* One question with the echo off. Signals wait, so that Ctrl-C never leaves a terminal
 * without echo. */
static enum err ask(
	int tty, const char *question, const char *what, struct buf *ret, struct diag *d)
{
	struct termios old, quiet;
	sigset_t block, before;
	enum err e;

	if (tcgetattr(tty, &old) != 0)
		return diag_fail(d, ERR_IO, "terminal: %s", strerror(errno));
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	quiet.c_cc[VEOL] = INTERRUPT; /* Ctrl-C arrives as a byte, at once */
	(void)sigfillset(&block);
	(void)sigprocmask(SIG_BLOCK, &block, &before);
	(void)tcsetattr(tty, TCSAFLUSH, &quiet);
	(void)dprintf(tty, "%s %s: ", question, what);
	e = read_line(tty, "terminal", ret, d);
	(void)tcsetattr(tty, TCSAFLUSH, &old);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	(void)dprintf(tty, "\n");
	if (!e && memchr(ret->data, INTERRUPT, ret->len))
		e = diag_fail(d, ERR_USAGE, "interrupted");
	return e;
}

static enum err from_terminal(
	const char *what, bool twice, struct buf *ret, struct diag *d)
{
	CLEANUP_FD int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct buf again;
	enum err e;

	if (tty < 0)
		return diag_fail(d, ERR_USAGE,
			"no terminal to ask for the passphrase of %s: give "
			"--passphrase-file",
			what);
	e = ask(tty, "Passphrase for", what, ret, d);
	if (e || !twice)
		return e;
	passphrase_init(&again);
	e = ask(tty, "Again, for", what, &again, d);
	if (!e && !slice_same(buf_view(ret), buf_view(&again)))
		e = diag_fail(d, ERR_VALUE, "the two passphrases differ");
	passphrase_done(&again);
	return e;
}

enum err passphrase_get(
	const char *file, const char *what, bool twice, struct buf *ret, struct diag *d)
{
	return file ? from_file(file, ret, d) : from_terminal(what, twice, ret, d);
}
