/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "client/ctl/cmd_org.h"
#include "client/ctl/ctl.h"
#include "common/fields.h"
#include "common/file.h"

#define IMPORT_MAX (4u << 20)

enum err csv_field(struct slice *rest, struct buf *out, struct diag *d)
{
	struct slice plain;

	buf_reset(out);
	if (!rest->n || rest->p[0] != '"') {
		(void)slice_cut(rest, ',', &plain);
		buf_slice(out, plain);
		return buf_err(out);
	}
	for (size_t i = 1; i < rest->n; i++) {
		if (rest->p[i] != '"') {
			buf_putc(out, rest->p[i]);
			continue;
		}
		if (i + 1 < rest->n && rest->p[i + 1] == '"') {
			buf_putc(out, rest->p[i++]);
			continue;
		}
		if (i + 1 < rest->n && rest->p[i + 1] != ',')
			return diag_fail(
				d, ERR_SYNTAX, "text behind a closing quotation mark");
		i += i + 1 < rest->n ? 2 : 1;
		rest->p += i;
		rest->n -= i;
		return buf_err(out);
	}
	return diag_fail(d, ERR_SYNTAX, "a quotation mark that is never closed");
}

static enum err import_line(struct ctl *c, struct slice line, struct diag *d)
{
	CLEANUP_BUF struct buf code, name, sector;
	enum err e;

	buf_init(&code, INPUT_LINE_MAX);
	buf_init(&name, INPUT_LINE_MAX);
	buf_init(&sector, INPUT_LINE_MAX);
	e = csv_field(&line, &code, d);
	if (!e)
		e = csv_field(&line, &name, d);
	if (!e)
		e = csv_field(&line, &sector, d);
	if (e)
		return e;
	if (line.n || !code.len || !name.len)
		return diag_fail(d, ERR_SYNTAX, "not code,name or code,name,sector");
	return org_add(c, buf_view(&code), buf_view(&name), buf_view(&sector), d);
}

enum err org_import(struct ctl *c, const char *path, struct diag *d)
{
	CLEANUP_BUF struct buf file;
	struct slice rest, line;
	size_t n = 0, bad = 0;
	enum err e;

	buf_init(&file, IMPORT_MAX);
	e = file_read(path, &file, d);
	if (e)
		return e;
	rest = buf_view(&file);
	if (slice_starts(rest, "\xef\xbb\xbf")) { /* as spreadsheets write it */
		rest.p += 3;
		rest.n -= 3;
	}
	while (rest.n) {
		(void)slice_cut(&rest, '\n', &line);
		n++;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (!line.n || (n == 1 && slice_starts(line, "code,")))
			continue;
		if (!text_is_clean(line, &bad))
			e = diag_fail(d, ERR_SYNTAX, "not UTF-8, or a control byte");
		else
			e = import_line(c, line, d);
		if (e)
			return diag_at(d, e, "%s: line %zu: ", path, n);
	}
	return OK;
}
