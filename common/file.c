/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRAFT_BUFFER 65536 /* stdio's own is 4 KiB: a write for each */

static enum err errno_err(int no)
{
	switch (no) {
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case EACCES:
	case EPERM:
		return ERR_NOPERM;
	case ENOMEM:
		return ERR_NOMEM;
	default:
		return ERR_IO;
	}
}

void file_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

enum err file_read_fd(int fd, const char *name, struct buf *b, struct diag *d)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return diag_fail(d, ERR_IO, "%s: %s", name, strerror(errno));
		buf_put(b, chunk, (size_t)n);
		if (buf_err(b) == ERR_LIMIT)
			return diag_fail(
				d, ERR_LIMIT, "%s: over %zu bytes", name, b->max);
		if (buf_err(b))
			return diag_fail(d, buf_err(b), "%s: out of memory", name);
	}
	return OK;
}

enum err file_read(const char *path, struct buf *b, struct diag *d)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return diag_fail(d, errno_err(errno), "%s: %s", path, strerror(errno));
	return file_read_fd(fd, path, b, d);
}

/* A rename is only durable once the folder is on disk. */
static int sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int rc = fd < 0 ? -1 : fsync(fd);

	if (fd >= 0)
		(void)close(fd);
	free(dir);
	return rc;
}

/* What root puts into a private folder of another account is that account's: nobody else
 * could read it there. */
static bool give_to_owner(int fd, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	struct stat st;
	bool ok = geteuid() != 0;

	if (!ok && dir && stat(dir, &st) == 0)
		ok = st.st_uid == 0 || (st.st_mode & 077) != 0 ||
		     fchown(fd, st.st_uid, st.st_gid) == 0;
	free(dir);
	return ok;
}

enum err file_draft_open(
	struct file_draft *x, const char *path, mode_t mode, struct diag *d)
{
	int fd;

	*x = (struct file_draft){.path = strdup(path), .buffer = malloc(DRAFT_BUFFER)};
	if (!x->path || !x->buffer || asprintf(&x->tmp, "%s.tmp", path) < 0) {
		x->tmp = NULL;
		file_draft_drop(x);
		return diag_fail(d, ERR_NOMEM, "%s: out of memory", path);
	}
	/* a leftover of a run that was killed may have another owner or mode */
	(void)unlink(x->tmp);
	fd = open(x->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd >= 0 && fchmod(fd, mode) == 0 && give_to_owner(fd, path))
		x->f = fdopen(fd, "w");
	if (x->f) {
		(void)setvbuf(x->f, x->buffer, _IOFBF, DRAFT_BUFFER);
		return OK;
	}
	(void)diag_fail(d, ERR_CANTCREAT, "%s: %s", x->tmp, strerror(errno));
	file_close(&fd);
	file_draft_drop(x);
	return ERR_CANTCREAT;
}

static enum err draft_close(struct file_draft *x, bool lasting, struct diag *d)
{
	FILE *f = x->f;
	bool bad;

	if (!f)
		return OK;
	x->f = NULL;
	bad = fflush(f) != 0 || ferror(f) || (lasting && fsync(fileno(f)) != 0);
	if (bad)
		(void)diag_fail(d, ERR_CANTCREAT, "%s: %s", x->tmp, strerror(errno));
	if (fclose(f) != 0 && !bad) {
		bad = true;
		(void)diag_fail(d, ERR_CANTCREAT, "%s: %s", x->tmp, strerror(errno));
	}
	if (bad)
		file_draft_drop(x);
	return bad ? ERR_CANTCREAT : OK;
}

enum err file_draft_finish(struct file_draft *x, struct diag *d)
{
	return draft_close(x, true, d);
}

enum err file_draft_close(struct file_draft *x, struct diag *d)
{
	return draft_close(x, false, d);
}

enum err file_draft_commit(struct file_draft *x, struct diag *d)
{
	enum err e = file_draft_finish(x, d);

	if (e)
		return e;
	if (rename(x->tmp, x->path) != 0 || sync_folder(x->path) != 0)
		e = diag_fail(d, ERR_CANTCREAT, "%s: %s", x->path, strerror(errno));
	file_draft_drop(x);
	return e;
}

void file_draft_drop(struct file_draft *x)
{
	if (x->f)
		(void)fclose(x->f);
	if (x->tmp)
		(void)unlink(x->tmp);
	free(x->tmp);
	free(x->path);
	free(x->buffer);
	*x = (struct file_draft){0};
}

enum err file_write(const char *path, struct slice content, mode_t mode, struct diag *d)
{
	struct file_draft x;
	enum err e = file_draft_open(&x, path, mode, d);

	if (e)
		return e;
	if (content.n)
		(void)fwrite(content.p, 1, content.n, x.f); /* ferror() in commit tells */
	return file_draft_commit(&x, d);
}

enum err file_create(const char *path, struct slice content, mode_t mode, struct diag *d)
{
	struct file_draft x;
	enum err e = file_draft_open(&x, path, mode, d);

	if (e)
		return e;
	if (content.n)
		(void)fwrite(content.p, 1, content.n, x.f);
	if ((e = file_draft_finish(&x, d)) != OK)
		return e;
	/* unlike rename(), link() refuses to replace */
	if (link(x.tmp, path) != 0)
		e = diag_fail(d, errno == EEXIST ? ERR_CONFLICT : ERR_CANTCREAT, "%s: %s",
			path, strerror(errno));
	else if (sync_folder(path) != 0)
		e = diag_fail(d, ERR_CANTCREAT, "%s: %s", path, strerror(errno));
	file_draft_drop(&x);
	return e;
}

enum err file_mkdir(const char *path, mode_t mode, struct diag *d)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return OK;
	if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return OK;
	return diag_fail(d, ERR_CANTCREAT, "%s: %s", path, strerror(errno));
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

enum err file_remove(const char *path, struct diag *d)
{
	if (unlink(path) == 0 || errno == ENOENT)
		return OK;
	return diag_fail(d, ERR_CANTCREAT, "%s: %s", path, strerror(errno));
}

enum err file_lock(const char *path, int *ret_fd, struct diag *d)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return diag_fail(d, ERR_CANTCREAT, "%s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int no = errno;

		(void)close(fd);
		if (no == EWOULDBLOCK)
			return diag_fail(
				d, ERR_TEMPFAIL, "%s: another run holds the lock", path);
		return diag_fail(d, ERR_IO, "%s: %s", path, strerror(no));
	}
	*ret_fd = fd;
	return OK;
}
