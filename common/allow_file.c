/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/allow_file.h"

#include <stdio.h>

#include "common/file.h"
#include "common/limits.h"

enum err allow_file_parse(
	struct slice text, const char *path, struct allow *a, struct diag *d)
{
	CLEANUP_BUF struct buf b;
	struct slice line, word;
	const struct kind *kind;
	char origin[512];
	enum err e;

	buf_init(&b, VALUE_MAX);
	for (size_t n = 1; text.n; n++) {
		(void)slice_cut(&text, '\n', &line);
		(void)slice_cut(&(struct slice){line.p, line.n}, '#', &word);
		while (word.n && strchr(" \t\r", word.p[word.n - 1]))
			word.n--;
		while (word.n && strchr(" \t", word.p[0])) {
			word.p++;
			word.n--;
		}
		if (word.n == 0)
			continue;
		buf_reset(&b);
		if (kind_recognise(word, &kind, &b, d))
			return diag_at(d, ERR_CONFIG, "%s: line %zu: ", path, n);
		if (kind->carry == CARRY_NONE) {
			(void)diag_fail(d, ERR_CONFIG,
				"%s \"%.*s\": is never blocked anyway", kind->name,
				SLICE_ARG(word));
			return diag_at(d, ERR_CONFIG, "%s: line %zu: ", path, n);
		}
		(void)snprintf(origin, sizeof(origin), "line %zu of %s", n, path);
		e = allow_add(a, kind, buf_view(&b), origin, false);
		if (e)
			return diag_fail(d, e, "%s: %s", path, err_text(e));
	}
	return OK;
}

enum err allow_file_load(const char *path, struct allow *a, struct diag *d)
{
	CLEANUP_BUF struct buf b = {.max = ALLOW_FILE_MAX};
	struct diag why = {0};
	enum err e = file_read(path, &b, &why);

	if (e == ERR_NOT_FOUND)
		return OK;
	return e ? diag_fail(d, e, "%s", why.text)
		 : allow_file_parse(buf_view(&b), path, a, d);
}
