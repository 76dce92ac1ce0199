/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/targets.h"

#include <stdlib.h>
#include <unistd.h>

#include "common/file.h"

#define FILE_MAX  ((size_t)256 << 20)
#define ARENA_MAX ((size_t)1 << 30)

void targets_init(struct targets *x)
{
	*x = (struct targets){0};
	arena_init(&x->arena, ARENA_MAX);
}

void targets_done(struct targets *x)
{
	arena_done(&x->arena);
	free(x->t);
	*x = (struct targets){0};
}

static enum err add(struct targets *x, struct slice text, struct diag *d)
{
	if (x->n == x->cap) {
		size_t cap = x->cap ? x->cap * 2 : 64;
		struct target *more = realloc(x->t, cap * sizeof(*more));

		if (!more)
			return diag_fail(d, ERR_NOMEM, "out of memory");
		x->t = more;
		x->cap = cap;
	}
	return target_parse(text, &x->arena, &x->t[x->n], d) ? ERR_VALUE : (x->n++, OK);
}

enum err targets_add(struct targets *x, const char *arg, struct diag *d)
{
	return add(x, slice_of(arg), d);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Without its comment and the blanks around. */
static struct slice bare(struct slice line)
{
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '#' && (i == 0 || is_blank(line.p[i - 1]))) {
			line.n = i;
			break;
		}
	}
	while (line.n && is_blank(line.p[0])) {
		line.p++;
		line.n--;
	}
	while (line.n && is_blank(line.p[line.n - 1]))
		line.n--;
	return line;
}

enum err targets_read(struct targets *x, const char *path, struct diag *d)
{
	CLEANUP_BUF struct buf file;
	struct slice rest, line;
	size_t n = 0;
	enum err e;

	buf_init(&file, FILE_MAX);
	if (strcmp(path, "-") == 0)
		e = file_read_fd(STDIN_FILENO, "stdin", &file, d);
	else
		e = file_read(path, &file, d);
	if (e)
		return e;
	rest = buf_view(&file);
	while (!e && rest.n) {
		(void)slice_cut(&rest, '\n', &line);
		n++;
		line = bare(line);
		if (line.n)
			e = add(x, line, d);
		if (e)
			return diag_at(d, e, "%s: line %zu: ", path, n);
	}
	return OK;
}

enum err targets_resolve(struct targets *x, struct hub *h, struct diag *d)
{
	enum err e = OK;

	for (size_t i = 0; !e && i < x->n; i++) {
		struct indicator known_as = {0};
		bool known;

		if (x->t[i].kind)
			continue;
		e = indicator_get(h, &x->t[i], &x->arena, &known_as, &known, d);
		if (!e)
			e = target_parse(
				slice_of(known_as.value), &x->arena, &x->t[i], d);
	}
	return e;
}
