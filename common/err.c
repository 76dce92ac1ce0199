/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/err.h"

#include <stddef.h>
#include <string.h>
#include <sysexits.h>

/* Not in sysexits.h: trust is in doubt, and a lookup that found nothing. */
#define EX_HOLD    76
#define EX_UNKNOWN 1

static const struct {
	const char *slug;
	int http;
	int exit;
	const char *text;
} table[ERR_COUNT_] = {
	[OK] = {"ok", 200, EX_OK, "success"},
	[ERR_NOMEM] = {"out-of-memory", 503, EX_OSERR, "out of memory"},
	[ERR_INTERNAL] = {"internal", 500, EX_SOFTWARE, "internal error"},
	[ERR_USAGE] = {"usage", 400, EX_USAGE, "wrong usage"},
	[ERR_SYNTAX] = {"syntax", 400, EX_DATAERR, "malformed input"},
	[ERR_VALUE] = {"value", 422, EX_DATAERR, "a value was refused"},
	[ERR_LIMIT] = {"too-large", 413, EX_DATAERR, "over a limit"},
	[ERR_SIGNATURE] = {"signature", 422, EX_DATAERR, "the signature does not hold"},
	[ERR_STALE] = {"stale", 422, EX_DATAERR, "issued too long ago"},
	[ERR_FUTURE] = {"future", 422, EX_DATAERR, "issued ahead of the hub's time"},
	[ERR_WRONG_HUB] = {"wrong-hub", 422, EX_DATAERR,
		"made for another hub or channel"},
	[ERR_NOTHING] = {"nothing-accepted", 422, EX_DATAERR,
		"no line could be accepted"},
	[ERR_UNAUTHORIZED] = {"unauthorized", 401, EX_NOPERM, "no valid token"},
	[ERR_FORBIDDEN] = {"forbidden", 403, EX_NOPERM, "not allowed"},
	[ERR_NOT_FOUND] = {"not-found", 404, EX_DATAERR, "no such thing"},
	[ERR_METHOD] = {"method", 405, EX_SOFTWARE, "method not allowed"},
	[ERR_MEDIA] = {"media-type", 415, EX_SOFTWARE, "unsupported media type"},
	[ERR_CONFLICT] = {"conflict", 409, EX_DATAERR, "clashes with what is stored"},
	[ERR_NO_EFFECT] = {"no-effect", 409, EX_DATAERR, "would change nothing"},
	[ERR_NOT_MODIFIED] = {"not-modified", 304, EX_OK, "not modified"},
	[ERR_RATE] = {"rate", 429, EX_TEMPFAIL, "too many requests"},
	[ERR_BUSY] = {"busy", 503, EX_TEMPFAIL, "the hub is busy"},
	[ERR_DATABASE] = {"database", 503, EX_TEMPFAIL, "the database does not answer"},
	[ERR_IO] = {"io", 500, EX_IOERR, "input/output error"},
	[ERR_CANTCREAT] = {"cannot-write", 500, EX_CANTCREAT, "cannot write"},
	[ERR_UNAVAILABLE] = {"unavailable", 503, EX_UNAVAILABLE,
		"the hub does not answer"},
	[ERR_TEMPFAIL] = {"try-later", 503, EX_TEMPFAIL, "try again later"},
	[ERR_HOLD] = {"hold", 500, EX_HOLD, "on hold: nothing new is applied"},
	[ERR_NOPERM] = {"permission", 403, EX_NOPERM, "permission denied"},
	[ERR_CONFIG] = {"config", 500, EX_CONFIG, "error in the configuration"},
	[ERR_UNKNOWN] = {"unknown", 404, EX_UNKNOWN, "not known"},
};

const char *err_slug(enum err e)
{
	return table[e].slug;
}

const char *err_text(enum err e)
{
	return table[e].text;
}

int err_http(enum err e)
{
	return table[e].http;
}

int err_exit(enum err e)
{
	return table[e].exit;
}

enum err err_from_slug(const char *slug)
{
	for (int i = 1; i < ERR_COUNT_; i++)
		if (strcmp(table[i].slug, slug) == 0)
			return (enum err)i;
	return ERR_INTERNAL;
}

enum err err_from_http(int status)
{
	for (int i = 1; i < ERR_COUNT_; i++)
		if (table[i].http == status)
			return (enum err)i;
	return ERR_INTERNAL;
}
