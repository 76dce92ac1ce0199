/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One indicator line, as reports and bundles write it:
 * `kind SP value [SP action] [SP key=value]...`. Unknown attributes are ignored: they are
 * the format's extension point.
 */
#ifndef VARSEL_LINE_H
#define VARSEL_LINE_H

#include <stdint.h>

#include "common/cpr.h"
#include "common/kind.h"

enum tlp { TLP_UNSET, TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED };

/* "" for TLP_UNSET */
const char *tlp_name(enum tlp t);
/* ERR_SYNTAX */
enum err tlp_parse(struct slice text, enum tlp *ret, struct diag *d) CHECK_RESULT;
const char *action_name(enum action a);
/* ERR_NOT_FOUND: not one that this version knows */
enum err action_parse(struct slice text, enum action *ret, struct diag *d) CHECK_RESULT;
/* [a-z0-9:._-]+ of at most TAG_MAX bytes; ERR_SYNTAX, ERR_LIMIT. */
enum err tag_check(struct slice tag, struct diag *d) CHECK_RESULT;

/* Slices borrow from the line; `value` of a report's line from the caller's buffer. */
struct line {
	const struct kind *kind;
	struct slice value;
	enum action action; /* the kind's own when not given */
	bool action_given;
	enum tlp tlp;                /* TLP_UNSET: the header's */
	int confidence;              /* 0..100, -1 when not given */
	int64_t seen;                /* 0 when not given */
	int64_t until;               /* bundles: 0 when not given */
	int64_t orgs;                /* bundles: 0 when not given */
	bool override;               /* bundles: lifts the built-in never-block list */
	struct slice tags[TAGS_MAX]; /* tag=a,b or repeated tag=; no tag twice */
	size_t ntags;
};

enum line_form {
	LINE_REPORT, /* value in any spelling; action and attributes optional */
	LINE_BUNDLE, /* value canonical or refused; action and until= required */
	LINE_REVOKE, /* `kind value` alone, canonical */
};

/* Parses one line without its LF. For LINE_REPORT the canonical value is written to
 * *value (reset first) and ret->value points there; for the others `value` is a scratch
 * buffer and ret->value points into the line. ERR_VALUE, ERR_SYNTAX, ERR_LIMIT;
 * ERR_NOT_FOUND for an unknown kind or action, which a reader skips and counts. The diag
 * has no line number: the caller puts it in front with diag_at(). */
enum err line_parse(enum line_form form, struct slice text, struct buf *value,
	struct line *ret, struct diag *d) CHECK_RESULT;

/* Reads again a line that line_parse() accepted as LINE_BUNDLE or LINE_REVOKE: the value
 * is not looked at. The same errors, of which only ERR_NOT_FOUND can come. */
enum err line_reread(
	enum line_form form, struct slice text, struct line *ret) CHECK_RESULT;

/* Appends the line and an LF: action and attributes in the order until tlp confidence
 * seen orgs override tag, unset ones left out, as well as those that the form has not. A
 * report's action is written when it was given. */
void line_put(struct buf *b, enum line_form form, const struct line *l);

/* The order of lines in a bundle: memcmp of "kind SP value". */
int line_cmp(
	const struct kind *ka, struct slice va, const struct kind *kb, struct slice vb);

#endif
