/* SPDX-License-Identifier: BSD-2-Clause */
/* What a value in a line is made of, and how far one reaches. */
#ifndef VARSEL_HUNT_TOKEN_H
#define VARSEL_HUNT_TOKEN_H

#include "common/slice.h"

enum {
	TOKEN_NAME = 1, /* letters, digits, - and _, bytes of UTF-8 */
	TOKEN_DOT = 2,
	TOKEN_COLON = 4,
	TOKEN_OPEN = 8, /* a bracket that may defang */
	TOKEN_HEX = 16,
	TOKEN_NOHEX = 32, /* of a name, but no hexadecimal digit */
	TOKEN_HIGH = 64,
	TOKEN_ESCAPE = 128, /* a backslash */
};

void token_classes(unsigned char class[256]);

/* A backslash with three digits or a dot behind it: DNS' way to write any byte. */
static inline bool token_escape(const char *p, const char *end)
{
	if (*p != '\\' || end - p < 2)
		return false;
	return p[1] == '.' || (end - p > 3 && (unsigned char)(p[1] - '0') < 10 &&
				      (unsigned char)(p[2] - '0') < 10 &&
				      (unsigned char)(p[3] - '0') < 10);
}

/* The length of the typographic mark at `p`, such as a quote, which stands beside a name
 * and is no part of one; 0: something else. */
size_t token_mark(const char *p, const char *end);

/* The URL with `host` for its host, without brackets, up to a blank or a quote. */
bool token_url(struct slice line, struct slice host, struct slice *ret);
/* Leaves off the last byte if it is a mark that may follow a URL in a text. */
bool token_trim(struct slice *url);

/* The e-mail address with `host` behind its @. */
bool token_mail(struct slice line, struct slice host, struct slice *ret);
/* Leaves off what stands in front of it up to a mark that may, as in from=a@b.example. */
bool token_unprefix(struct slice *mail);

#endif
