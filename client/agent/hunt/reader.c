/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "common/file.h"

#define CHUNK 65536

enum packing { PLAIN, GZIP, ZSTD };

struct reader {
	char *path;
	int fd;
	enum packing packing;
	struct stat st;
	bool standard; /* input */
	bool end;      /* of the file */
	bool whole;    /* of a compressed frame: nothing is missing */
	z_stream z;
	ZSTD_DStream *zst;
	unsigned char in[CHUNK];
	size_t at, n;   /* what of it is not used yet */
	int64_t handed; /* bytes that were read of what is within */
};

static enum err fail(const struct reader *r, struct diag *d)
{
	enum err e = errno == ENOENT   ? ERR_NOT_FOUND
		     : errno == EACCES ? ERR_NOPERM
				       : ERR_IO;

	return diag_fail(d, e, "%s: %s", r->path, strerror(errno));
}

static enum err fill(struct reader *r, struct diag *d)
{
	ssize_t n;

	r->at = r->n = 0;
	do
		n = read(r->fd, r->in, sizeof(r->in));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail(r, d);
	r->n = (size_t)n;
	r->end = n == 0;
	return OK;
}

static enum err begin(struct reader *r, struct diag *d)
{
	enum err e = fill(r, d);

	if (e)
		return e;
	if (r->n > 2 && memcmp(r->in, "\x1f\x8b", 2) == 0) {
		r->packing = GZIP;
		if (inflateInit2(&r->z, 16 + MAX_WBITS) != Z_OK)
			return diag_fail(d, ERR_NOMEM, "out of memory");
	} else if (r->n > 4 && memcmp(r->in, "\x28\xb5\x2f\xfd", 4) == 0) {
		r->packing = ZSTD;
		r->zst = ZSTD_createDStream();
		if (!r->zst)
			return diag_fail(d, ERR_NOMEM, "out of memory");
	}
	return OK;
}

static enum err open_as(const char *path, bool file, struct reader **ret, struct diag *d)
{
	struct reader *r = calloc(1, sizeof(*r));
	int flags = O_RDONLY | O_CLOEXEC | (file ? O_NONBLOCK | O_NOCTTY : 0);
	enum err e;

	if (!r)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	r->standard = !file && strcmp(path, "-") == 0;
	r->fd = r->standard ? dup(STDIN_FILENO) : open(path, flags);
	r->path = strdup(r->standard ? "standard input" : path);
	if (!r->path)
		e = diag_fail(d, ERR_NOMEM, "out of memory");
	else if (r->fd < 0 || fstat(r->fd, &r->st) != 0)
		e = fail(r, d);
	else if (file && !S_ISREG(r->st.st_mode))
		e = diag_fail(d, ERR_CONFIG, "%s: not a log that is being written", path);
	else
		e = begin(r, d);
	if (e)
		reader_close(&r);
	else
		*ret = r;
	return e;
}

enum err reader_open(const char *path, struct reader **ret, struct diag *d)
{
	return open_as(path, false, ret, d);
}

enum err reader_open_file(const char *path, struct reader **ret, struct diag *d)
{
	return open_as(path, true, ret, d);
}

void reader_close(struct reader **at)
{
	struct reader *r = *at;

	if (!r)
		return;
	if (r->packing == GZIP)
		(void)inflateEnd(&r->z);
	(void)ZSTD_freeDStream(r->zst);
	file_close(&r->fd);
	free(r->path);
	free(r);
	*at = NULL;
}

bool reader_is_plain(const struct reader *r)
{
	return r->packing == PLAIN && reader_is_file(r);
}

bool reader_is_file(const struct reader *r)
{
	return !r->standard && S_ISREG(r->st.st_mode);
}

const struct stat *reader_stat(const struct reader *r)
{
	return &r->st;
}

/* To the beginning. */
static enum err rewind_packed(struct reader *r, struct diag *d)
{
	bool good =
		r->packing == GZIP
			? inflateReset(&r->z) == Z_OK
			: !ZSTD_isError(ZSTD_DCtx_reset(r->zst, ZSTD_reset_session_only));

	r->at = r->n = 0;
	r->end = r->whole = false;
	r->handed = 0;
	if (!good)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	return lseek(r->fd, 0, SEEK_SET) < 0 ? fail(r, d) : OK;
}

enum err reader_seek(struct reader *r, int64_t offset, struct diag *d)
{
	char skipped[CHUNK];
	size_t got = 1;
	enum err e = OK;

	if (r->packing == PLAIN) {
		r->at = r->n = 0;
		r->end = false;
		return lseek(r->fd, offset, SEEK_SET) < 0 ? fail(r, d) : OK;
	}
	if (offset < r->handed)
		e = rewind_packed(r, d);
	while (e == OK && got && r->handed < offset) {
		int64_t left = offset - r->handed;

		e = reader_read(r, skipped, left < CHUNK ? (size_t)left : CHUNK, &got, d);
	}
	return e;
}

static enum err plain(
	struct reader *r, char *out, size_t n, size_t *ret_n, struct diag *d)
{
	ssize_t got;

	if (r->at < r->n) {
		n = n < r->n - r->at ? n : r->n - r->at;
		memcpy(out, r->in + r->at, n);
		r->at += n;
		*ret_n = n;
		return OK;
	}
	do
		got = read(r->fd, out, n);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return fail(r, d);
	*ret_n = (size_t)got;
	return OK;
}

static bool inflate_some(struct reader *r, char *out, size_t n, size_t *ret_n)
{
	int rc;

	if (r->whole && inflateReset(&r->z) != Z_OK)
		return false;
	r->whole = false;
	r->z.next_in = r->in + r->at;
	r->z.avail_in = (uInt)(r->n - r->at);
	r->z.next_out = (unsigned char *)out;
	r->z.avail_out = (uInt)n;
	rc = inflate(&r->z, Z_NO_FLUSH);
	r->at = r->n - r->z.avail_in;
	*ret_n = n - r->z.avail_out;
	r->whole = rc == Z_STREAM_END;
	return rc == Z_OK || rc == Z_STREAM_END || rc == Z_BUF_ERROR;
}

static bool unzstd_some(struct reader *r, char *out, size_t n, size_t *ret_n)
{
	ZSTD_inBuffer in = {r->in + r->at, r->n - r->at, 0};
	ZSTD_outBuffer to = {out, n, 0};
	size_t rc = ZSTD_decompressStream(r->zst, &to, &in);

	r->at += in.pos;
	*ret_n = to.pos;
	r->whole = rc == 0;
	return !ZSTD_isError(rc);
}

enum err reader_read(struct reader *r, char *out, size_t n, size_t *ret_n, struct diag *d)
{
	size_t got = 0;
	enum err e = OK;

	if (r->packing == PLAIN)
		return plain(r, out, n, ret_n, d);
	while (e == OK && !got) {
		bool fresh = r->at == r->n;

		if (fresh && !r->end)
			e = fill(r, d);
		if (e)
			return e;
		if (r->end && r->whole)
			break;
		if (!(r->packing == GZIP ? inflate_some : unzstd_some)(r, out, n, &got))
			return diag_fail(
				d, ERR_SYNTAX, "%s: damaged compressed data", r->path);
		r->handed += (int64_t)got;
		if (!got && r->end)
			return diag_fail(d, ERR_SYNTAX,
				"%s: the compressed data is cut short", r->path);
	}
	*ret_n = got;
	return OK;
}
