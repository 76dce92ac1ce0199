/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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
		(e && !must && strstr(buf_str(&out), "Operation not permitted")))
		return OK;
	return e;
}

struct lines {
	FILE *f;
	char *line;
	size_t cap;
};

/* Copies up to n lines; how many there were. */
static size_t copy(struct lines *from, size_t n, FILE *to)
{
	size_t i;
	ssize_t got;

	for (i = 0; i < n && (got = getline(&from->line, &from->cap, from->f)) > 0; i++)
		(void)fwrite(from->line, 1, (size_t)got, to); /* ferror() tells later */
	return i;
}

/* The head and the next lines in a file of their own. ERR_NOTHING: there were none. */
static enum err next_part(const struct output_type *t, struct lines *from, bool first,
	struct file_draft *x, struct diag *d)
{
	long at = first ? 0 : ftell(from->f);
	size_t n;

	if (!first)
		rewind(from->f);
	(void)copy(from, t->check_head, x->f);
	if (!first && fseek(from->f, at, SEEK_SET) != 0)
		return diag_fail(d, ERR_IO, "%s: %s", x->tmp, strerror(errno));
	n = copy(from, t->check_rows, x->f);
	if (ferror(from->f))
		return diag_fail(d, ERR_IO, "%s: %s", x->tmp, strerror(errno));
	return n || first ? file_draft_finish(x, d) : ERR_NOTHING;
}

static enum err check_parts(const struct output_type *t, const struct output_conf *c,
	bool must, const char *path, struct lines *from, struct diag *d)
{
	struct file_draft x;
	enum err e = OK;

	for (bool first = true; !e; first = false) {
		e = file_draft_open(&x, path, 0600, d);
		if (e)
			return e;
		e = next_part(t, from, first, &x, d);
		if (!e)
			e = check_one(t, c, must, x.tmp, d);
		file_draft_drop(&x);
	}
	return e == ERR_NOTHING ? OK : e;
}

enum err check_file(const struct output_type *t, const struct output_conf *c, bool must,
	const char *path, struct diag *d)
{
	struct lines from = {0};
	enum err e;

	if (!t->check)
		return OK;
	if (t->check_rows == 0)
		return check_one(t, c, must, path, d);
	from.f = fopen(path, "re");
	if (!from.f)
		return diag_fail(d, ERR_IO, "%s: %s", path, strerror(errno));
	e = check_parts(t, c, must, path, &from, d);
	free(from.line);
	(void)fclose(from.f);
	return e;
}
