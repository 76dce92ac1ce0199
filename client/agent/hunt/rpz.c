/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/rpz.h"

#include <string.h>

/* Moves *line behind `text`; false when it is not there. */
static bool behind(struct slice *line, const char *text)
{
	const char *at = line->n ? memmem(line->p, line->n, text, strlen(text)) : NULL;
	size_t n;

	if (!at)
		return false;
	n = (size_t)(at - line->p) + strlen(text);
	*line = slice_mem(line->p + n, line->n - n);
	return true;
}

static bool is_name(struct slice s, struct slice *ret)
{
	if (s.n && s.p[s.n - 1] == '.')
		s.n--;
	*ret = s;
	return s.n > 0;
}

/* info: rpz: applied [varsel] *.evil.example. rpz-nxdomain 10.0.0.1@4711
 * www.evil.example. A IN; the name in brackets is there when the configuration gives one.
 * Names hold no blanks: unbound prints what is odd in them as "?". */
static bool unbound(struct slice line, struct slice *ret)
{
	struct slice owner, action, client, name;

	if (!behind(&line, "info: rpz: applied "))
		return false;
	if (slice_starts(line, "[") && !behind(&line, "] "))
		return false;
	return slice_cut(&line, ' ', &owner) && slice_cut(&line, ' ', &action) &&
	       !slice_is(action, "rpz-passthru") && slice_cut(&line, ' ', &client) &&
	       slice_cut(&line, ' ', &name) && is_name(name, ret);
}

/* client @0x7f00 10.0.0.1#4711 (www.evil.example): rpz QNAME NXDOMAIN rewrite
 * www.evil.example/A/IN via www.evil.example.varsel.rpz; BIND escapes blanks. */
static bool bind(struct slice line, struct slice *ret)
{
	struct slice action, name;

	if (!behind(&line, "client ") || !behind(&line, ": rpz QNAME "))
		return false;
	if (!slice_cut(&line, ' ', &action) || slice_is(action, "PASSTHRU") ||
		!slice_starts(line, "rewrite "))
		return false;
	(void)behind(&line, "rewrite ");
	return slice_cut(&line, '/', &name) && is_name(name, ret);
}

bool rpz_line(struct slice line, struct slice *ret_name)
{
	return unbound(line, ret_name) || bind(line, ret_name);
}
