/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A never-block list: addresses and prefixes, domains and URLs that must stay reachable,
 * each with where it comes from. An address or prefix covers what lies in it, a domain
 * its subdomains and the URLs below it, a URL itself. Kinds that are only watched touch
 * nothing.
 */
#ifndef VARSEL_ALLOW_H
#define VARSEL_ALLOW_H

#include "common/arena.h"
#include "common/hash.h"
#include "common/kind.h"

struct allow_entry {
	const struct kind *kind;
	struct slice value; /* canonical */
	const char *origin; /* for people: "line 3 of /etc/varsel/never-block" */
	bool automatic;     /* nobody wrote it down for this machine */
	bool absolute;      /* no override lifts it */
	/* of an ip, for comparison */
	int family;
	unsigned bits;
	unsigned char addr[16];
};

struct allow {
	struct allow_entry *e; /* owned, as added */
	size_t n, cap;
	struct arena texts; /* values and origins */
	/* Outermost entries only, sorted, so that none lies in another. */
	struct allow_entry **ip, **domain, **url;
	size_t nip, ndomain, nurl;
};

void allow_init(struct allow *a);
void allow_done(struct allow *a);
/* Copies; an origin that follows itself is kept once. `value` is canonical; a kind that
 * cannot be blocked is ERR_VALUE. ERR_NOMEM. */
enum err allow_add(struct allow *a, const struct kind *kind, struct slice value,
	const char *origin, bool automatic) CHECK_RESULT;
/* Builds the indexes; call once after the last allow_add(). */
enum err allow_seal(struct allow *a) CHECK_RESULT;

enum allow_hit {
	ALLOW_NONE,
	ALLOW_PART, /* the value covers an entry, and more */
	ALLOW_ALL,  /* the value lies in an entry */
};

/* How a canonical value and the entries overlap. *ret_entry, when not NULL, gets the
 * first one that does. */
enum allow_hit allow_match(const struct allow *a, const struct kind *kind,
	struct slice value, const struct allow_entry **ret_entry);

/* Changes when what is allowed changes; the order of adding does not matter. */
struct hash allow_digest(const struct allow *a);

#endif
