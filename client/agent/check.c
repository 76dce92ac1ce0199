/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/agent/known.h"
#include "client/agent/run.h"
#include "common/file.h"

#define CHECK_SECONDS 300 /* of a whole file of a million entries */
#define CHECK_OUTPUT  65536

static enum err check_one(const struct output_type *t, const struct output_conf *c,
	bool must, const char *path, struct diag *d)
{
	struct output_argv argv = {.n = 0};
	CLEANUP_BUF struct buf out = {.max = CHECK_OUTPUT};
	enum err e;

	t->check(c, path, &argv);
	e = run(argv.v, CHECK_SECONDS, &out, d);
	/* nft asks the kernel for leave even to check a file */
	if (e == ERR_NOT_FOUND ||
		(e && t->kernel && !must &&
			strstr(buf_str(&out), "Operation not permitted")))
		return OK;
	return e;
}

struct lines {
	FILE *f;
	char *line;
	size_t cap;
	struct known known; /* not worth another look */
};

/* Copies up to n lines, without those known when `sift`; how many it were. */
static size_t copy(struct lines *from, size_t n, bool sift, FILE *to)
{
	size_t i = 0;
	ssize_t got;

	while (i < n && (got = getline(&from->line, &from->cap, from->f)) > 0) {
		if (sift && known_has(&from->known, slice_mem(from->line, (size_t)got)))
			continue;
		(void)fwrite(from->line, 1, (size_t)got, to); /* ferror() tells later */
		i++;
	}
	return i;
}

/* The head and the next lines. ERR_NOTHING: there were none. */
static enum err put_part(const struct output_type *t, struct lines *from, bool first,
	FILE *part, struct diag *d)
{
	long at = first ? 0 : ftell(from->f);
	size_t n;

	if (!first)
		rewind(from->f);
	(void)copy(from, t->check_head, false, part);
	if (!first && fseek(from->f, at, SEEK_SET) != 0)
		return diag_fail(d, ERR_IO, "fseek: %s", strerror(errno));
	n = copy(from, t->check_rows, true, part);
	if (ferror(from->f) || fflush(part) != 0 || ferror(part))
		return diag_fail(d, ERR_IO, "a part of it: %s", strerror(errno));
	return n || first ? OK : ERR_NOTHING;
}

/* In memory, where the tool finds it by its descriptor: on disk it would be written, and
 * waited for, a second time. */
static enum err next_part(const struct output_type *t, const struct output_conf *c,
	bool must, struct lines *from, bool first, struct diag *d)
{
	CLEANUP_FD int fd = memfd_create("varsel-check", 0);
	FILE *part = fd < 0 ? NULL : fdopen(dup(fd), "w");
	char path[32];
	enum err e;

	if (!part)
		return diag_fail(d, ERR_NOMEM, "memfd_create: %s", strerror(errno));
	e = put_part(t, from, first, part, d);
	if (fclose(part) != 0 && e == OK)
		e = diag_fail(d, ERR_IO, "a part of it: %s", strerror(errno));
	(void)snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	return e ? e : check_one(t, c, must, path, d);
}

enum err check_file(const struct output_type *t, const struct output_conf *c, bool must,
	const char *path, const char *passed, struct diag *d)
{
	struct lines from = {0};
	enum err e = OK;

	if (!t->check)
		return OK;
	if (t->check_rows == 0)
		return check_one(t, c, must, path, d);
	from.f = fopen(path, "re");
	if (!from.f)
		return diag_fail(d, ERR_IO, "%s: %s", path, strerror(errno));
	if (passed)
		e = known_read(&from.known, passed, t->check_head, d);
	for (bool first = true; e == OK; first = false)
		e = next_part(t, c, must, &from, first, d);
	known_done(&from.known);
	free(from.line);
	(void)fclose(from.f);
	return e == ERR_NOTHING ? OK : e;
}

void check_identity(
	const struct output_type *t, const struct output_conf *c, char ret[HASH_HEX])
{
	struct output_argv argv = {.n = 0};
	CLEANUP_BUF struct buf b = {.max = CHECK_OUTPUT};
	struct hash h;
	struct stat st;
	char *tool;

	ret[0] = '\0';
	if (!t->check || t->check_rows == 0)
		return;
	t->check(c, "", &argv);
	tool = run_find(argv.v[0]);
	if (tool && stat(tool, &st) == 0) {
		buf_printf(&b, "%s %lld %lld.%09ld\n", tool, (long long)st.st_size,
			(long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
		for (size_t i = 0; i < argv.n; i++)
			buf_printf(&b, "%s\n", argv.v[i]);
		h = hash_of(buf_view(&b));
		hash_hex(&h, ret);
	}
	free(tool);
}
