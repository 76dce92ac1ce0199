/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one table of what can go wrong. A function that can fail returns enum err, 0 being
 * success; what exactly went wrong is in the caller's struct diag (diag.h). The hub turns
 * a code into an RFC 9457 problem, the programs into an exit code after sysexits(3).
 */
#ifndef VARSEL_ERR_H
#define VARSEL_ERR_H

enum err {
	OK = 0,
	ERR_NOMEM,
	ERR_INTERNAL,
	/* what the caller sent */
	ERR_USAGE,
	ERR_SYNTAX,    /* not the grammar: note, document, JSON, path, query */
	ERR_VALUE,     /* right grammar, refused value */
	ERR_LIMIT,     /* longer or more than limits.h allows */
	ERR_SIGNATURE, /* a signature that does not verify, or too few of them */
	ERR_STALE,     /* issued too long ago, or superseded */
	ERR_FUTURE,    /* issued too far ahead */
	ERR_WRONG_HUB, /* made for another hub or channel */
	ERR_NOTHING,   /* no line of a report could be taken */
	/* who the caller is */
	ERR_UNAUTHORIZED, /* no token, or one that does not hold */
	ERR_FORBIDDEN,    /* known, but may not */
	/* the state of things */
	ERR_NOT_FOUND,
	ERR_METHOD,
	ERR_MEDIA,
	ERR_CONFLICT,  /* clashes with what is stored */
	ERR_NO_EFFECT, /* a statement that would change nothing */
	ERR_NOT_MODIFIED,
	ERR_RATE,
	ERR_BUSY,     /* queue full: try again */
	ERR_DATABASE, /* database down: try again */
	/* only in programs */
	ERR_IO,
	ERR_CANTCREAT,
	ERR_UNAVAILABLE, /* hub not reachable */
	ERR_TEMPFAIL,    /* try later: spooled, or another run holds the lock */
	ERR_HOLD,        /* trust is in doubt: nothing new is applied (trust.md) */
	ERR_NOPERM,
	ERR_CONFIG,
	ERR_UNKNOWN, /* lookup: none of the values is known */
	ERR_COUNT_
};

#define CHECK_RESULT __attribute__((warn_unused_result))

/* A stable machine-readable word, "ok" for OK. */
const char *err_slug(enum err e);
/* The sentence of the table; a struct diag usually says more. */
const char *err_text(enum err e);
int err_http(enum err e);
int err_exit(enum err e);
/* The code whose HTTP status is `status`, for a client that got no slug; ERR_INTERNAL
 * when there is none. */
enum err err_from_slug(const char *slug);
enum err err_from_http(int status);

#endif
