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

/* Parts that are looked at beside each other, each by a process of its own: the next one
 * is made meanwhile, and most machines have a second processor. */
#define AT_ONCE 2

struct check {
	const struct output_type *type;
	const struct output_conf *conf;
	bool must;
	struct look {
		struct output_argv argv;
		struct running tool;
	} look[AT_ONCE];
	size_t begun, ended; /* looks */
};

/* ERR_NOTHING: the tool is not installed. */
static enum err look_begin(struct check *k, const char *path, struct diag *d)
{
	struct look *l = &k->look[k->begun % AT_ONCE];
	enum err e;

	l->argv.n = 0;
	k->type->check(k->conf, path, &l->argv);
	e = run_begin(l->argv.v, CHECK_SECONDS, &l->tool, d);
	k->begun += e == OK;
	return e == ERR_NOT_FOUND ? ERR_NOTHING : e;
}

static enum err look_end(struct check *k, struct diag *d)
{
	struct look *l = &k->look[k->ended++ % AT_ONCE];
	CLEANUP_BUF struct buf out = {.max = CHECK_OUTPUT};
	enum err e = run_wait(&l->tool, l->argv.v, &out, d);

	/* nft asks the kernel for leave even to check a file */
	if (e && k->type->kernel && !k->must &&
		strstr(buf_str(&out), "Operation not permitted"))
		return OK;
	return e;
}

/* Waits for all; what the first found, unless `e` came before. */
static enum err look_end_all(struct check *k, enum err e, struct diag *d)
{
	while (k->ended < k->begun) {
		bool fine = e == OK || e == ERR_NOTHING;
		enum err found = look_end(k, fine ? d : NULL);

		if (fine && found)
			e = found;
	}
	return e == ERR_NOTHING ? OK : e;
}

struct lines {
	FILE *f;
	char *line, *held; /* the last one read, and the one before that waits for it */
	size_t cap, held_cap, held_n;
	struct known known; /* not worth another look */
};

static void copy_head(struct lines *from, size_t n, FILE *to)
{
	ssize_t got;

	while (n-- > 0 && (got = getline(&from->line, &from->cap, from->f)) > 0)
		(void)fwrite(from->line, 1, (size_t)got, to); /* ferror() tells later */
}

static void hold(struct lines *from, size_t n)
{
	char *line = from->held;
	size_t cap = from->held_cap;

	from->held = from->line;
	from->held_cap = from->cap;
	from->held_n = n;
	from->line = line;
	from->cap = cap;
}

/* Whether the line just read is the one before it, for all names below. */
static bool is_twin(const struct lines *from, size_t n)
{
	return from->held_n && n == from->held_n + 2 &&
	       memcmp(from->line, "*.", 2) == 0 &&
	       memcmp(from->line + 2, from->held, from->held_n) == 0;
}

/* Copies up to n lines that are worth a look; how many it were. */
static size_t copy_news(struct lines *from, size_t n, bool twins, FILE *to)
{
	size_t i = 0;

	while (i < n) {
		ssize_t got = getline(&from->line, &from->cap, from->f);
		size_t len = got > 0 ? (size_t)got : 0;

		if (len && known_has(&from->known, slice_mem(from->line, len)))
			continue;
		if (from->held_n && !(twins && is_twin(from, len))) {
			(void)fwrite(from->held, 1, from->held_n, to);
			i++;
		}
		from->held_n = 0;
		if (!len)
			break;
		hold(from, len);
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
	copy_head(from, t->check_head, part);
	if (!first && fseek(from->f, at, SEEK_SET) != 0)
		return diag_fail(d, ERR_IO, "fseek: %s", strerror(errno));
	n = copy_news(from, t->check_rows, t->check_twins, part);
	if (ferror(from->f) || fflush(part) != 0 || ferror(part))
		return diag_fail(d, ERR_IO, "a part of it: %s", strerror(errno));
	return n || first ? OK : ERR_NOTHING;
}

/* In memory, where the tool finds it by its descriptor: on disk it would be written, and
 * waited for, a second time. */
static enum err next_part(struct check *k, struct lines *from, struct diag *d)
{
	CLEANUP_FD int fd = memfd_create("varsel-check", 0);
	FILE *part = fd < 0 ? NULL : fdopen(dup(fd), "w");
	char path[32];
	enum err e;

	if (!part)
		return diag_fail(d, ERR_NOMEM, "memfd_create: %s", strerror(errno));
	e = put_part(k->type, from, k->begun == 0, part, d);
	if (fclose(part) != 0 && e == OK)
		e = diag_fail(d, ERR_IO, "a part of it: %s", strerror(errno));
	if (e == OK && k->begun - k->ended == AT_ONCE)
		e = look_end(k, d);
	(void)snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	return e ? e : look_begin(k, path, d);
}

enum err check_file(const struct output_type *t, const struct output_conf *c, bool must,
	const char *path, const char *passed, struct diag *d)
{
	struct check k = {.type = t, .conf = c, .must = must};
	struct lines from = {0};
	enum err e = OK;

	if (!t->check)
		return OK;
	if (t->check_rows == 0)
		return look_end_all(&k, look_begin(&k, path, d), d);
	from.f = fopen(path, "re");
	if (!from.f)
		return diag_fail(d, ERR_IO, "%s: %s", path, strerror(errno));
	if (passed)
		e = known_read(&from.known, passed, t->check_head, d);
	while (e == OK)
		e = next_part(&k, &from, d);
	e = look_end_all(&k, e, d);
	known_done(&from.known);
	free(from.line);
	free(from.held);
	(void)fclose(from.f);
	return e;
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
