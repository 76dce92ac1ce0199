/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/split.h"

#include <string.h>

enum { HOST, PATH, PORT, PARTS };

struct shape {
	bool (*cut)(struct slice line, const struct shape *x, struct slice ret[PARTS]);
	const char *name[PARTS]; /* of JSON's fields */
	unsigned column[PARTS];  /* from 1 */
	bool tls;                /* it may have been https as well */
};

/* What stands behind "name": in quotes, or a number. */
static struct slice json_value(struct slice line, const char *name)
{
	size_t n = strlen(name);
	const char *p = line.p, *end = p + line.n, *to;

	while ((p = memmem(p, (size_t)(end - p), name, n))) {
		p += n;
		if (p - line.p <= (ptrdiff_t)n || p[-(ptrdiff_t)n - 1] != '"' ||
			p == end || *p != '"')
			continue;
		for (p++; p < end && (*p == ' ' || *p == ':'); p++)
			;
		if (p == end)
			break;
		if (*p == '"') {
			to = memchr(p + 1, '"', (size_t)(end - p) - 1);
			return to ? slice_mem(p + 1, (size_t)(to - p) - 1)
				  : slice_mem(p, 0);
		}
		for (to = p; to < end && *to >= '0' && *to <= '9'; to++)
			;
		return slice_mem(p, (size_t)(to - p));
	}
	return slice_mem(line.p, 0);
}

static bool cut_json(struct slice line, const struct shape *x, struct slice ret[PARTS])
{
	if (!slice_starts(line, "{"))
		return false;
	for (unsigned i = 0; i < PARTS; i++)
		ret[i] = json_value(line, x->name[i]);
	return true;
}

static bool cut_columns(struct slice line, const struct shape *x, struct slice ret[PARTS])
{
	unsigned found = 0;
	struct slice field;

	for (unsigned at = 1; line.n; at++) {
		(void)slice_cut(&line, '\t', &field);
		for (unsigned i = 0; i < PARTS; i++)
			if (x->column[i] == at) {
				ret[i] = field;
				found++;
			}
	}
	return found == PARTS;
}

/* host client ident user [time] "GET /path HTTP/1.1" ... */
static bool cut_web(struct slice line, const struct shape *x, struct slice ret[PARTS])
{
	struct slice field;

	(void)x;
	for (unsigned i = 0; i < 4; i++) {
		if (!slice_cut(&line, ' ', &field) || (i > 0 && slice_starts(field, "[")))
			return false;
		if (i == 0)
			ret[HOST] = field;
	}
	ret[PORT] = slice_mem(line.p, 0);
	return slice_starts(line, "[") && slice_cut(&line, ']', &field) &&
	       slice_starts(line, " \"") && slice_cut(&line, '"', &field) &&
	       slice_cut(&line, ' ', &field) && slice_cut(&line, ' ', &ret[PATH]) &&
	       slice_starts(line, "HTTP/");
}

static const struct shape shapes[] = {
	/* Suricata, Zeek, nginx */
	{cut_json, {"hostname", "url", "http_port"}, {0}, false},
	{cut_json, {"host", "uri", "id.resp_p"}, {0}, false},
	{cut_json, {"host", "request_uri", "server_port"}, {0}, true},
	/* Zeek's http.log; nginx and Apache with the virtual host in front */
	{cut_columns, {NULL}, {9, 10, 6}, false},
	{cut_web, {NULL}, {0}, true},
};

/* The first part begins with the host, and may have a port behind it. */
static bool is_host(struct slice part, struct slice host)
{
	size_t front = part.n && part.p[0] == '[';

	return part.n >= front + host.n && part.p + front == host.p;
}

static bool has_port(struct slice part)
{
	size_t n = part.n;

	while (n && part.p[n - 1] >= '0' && part.p[n - 1] <= '9')
		n--;
	return n > 1 && n < part.n && part.p[n - 1] == ':' &&
	       (part.p[0] != '[' || part.p[n - 2] == ']');
}

static void compose(bool tls, const struct slice part[PARTS], struct buf *out)
{
	buf_reset(out);
	buf_puts(out, tls ? "https://" : "http://");
	buf_slice(out, part[HOST]);
	if (part[PORT].n && !has_port(part[HOST])) {
		buf_putc(out, ':');
		buf_slice(out, part[PORT]);
	}
	buf_slice(out, part[PATH]);
}

bool split_url(struct slice line, struct slice host, unsigned i, struct buf *out)
{
	struct slice part[PARTS];

	for (size_t k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++) {
		if (!shapes[k].cut(line, &shapes[k], part) ||
			!is_host(part[HOST], host) || !slice_starts(part[PATH], "/"))
			continue;
		if (i <= shapes[k].tls) {
			compose(i, part, out);
			return buf_err(out) == OK;
		}
		i -= shapes[k].tls + 1u;
	}
	return false;
}
