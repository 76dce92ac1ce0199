/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/agent/news.h"
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
	struct news news; /* what is worth a look */
	struct buf head;  /* the first ones, in front of each part */
	struct buf held;  /* the last one read, which waits for its twin */
};

/* Whether the line is the one that is held, for all names below. */
static bool is_twin(struct slice held, struct slice line)
{
	return held.n && line.n == held.n + 2 && slice_starts(line, "*.") &&
	       memcmp(line.p + 2, held.p, held.n) == 0;
}

/* Copies up to n lines that are worth a look; how many it were. */
static size_t copy_news(struct lines *from, size_t n, bool twins, FILE *to)
{
	struct slice line = slice_of("");
	size_t i = 0;

	do {
		struct slice held = buf_view(&from->held);

		line = news_next(&from->news);
		if (held.n && !(twins && is_twin(held, line))) {
			(void)fwrite(held.p, 1, held.n, to); /* ferror() tells later */
			i++;
		}
		buf_reset(&from->held);
		buf_slice(&from->held, line);
	} while (line.n && i < n);
	return i;
}

/* The head and the next lines. ERR_NOTHING: there were none. */
static enum err put_part(const struct output_type *t, struct lines *from, bool first,
	FILE *part, struct diag *d)
{
	struct slice head = buf_view(&from->head);
	size_t n;

	(void)fwrite(head.p, 1, head.n, part);
	n = copy_news(from, t->check_rows, t->check_twins, part);
	if (news_failed(&from->news) || fflush(part) != 0 || ferror(part))
		return diag_fail(d, ERR_IO, "a part of it: %s", strerror(errno));
	if (buf_err(&from->head) || buf_err(&from->held))
		return diag_fail(d, ERR_NOMEM, "a part of it: out of memory");
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
	struct lines from = {
		.head = {.max = CHECK_OUTPUT}, .held = {.max = INPUT_LINE_MAX}};
	enum err e;

	if (!t->check)
		return OK;
	if (t->check_rows == 0)
		return look_end_all(&k, look_begin(&k, path, d), d);
	e = news_open(&from.news, path, passed, t->check_head, &from.head, d);
	while (e == OK)
		e = next_part(&k, &from, d);
	e = look_end_all(&k, e, d);
	news_done(&from.news);
	buf_done(&from.head);
	buf_done(&from.held);
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
