/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An enrolment link, good for one use: the hub makes it, a coordinator passes it on, and
 * a municipality's client takes it apart. What is behind '#' is never sent to a server.
 * https://host[:port]/enrol#v1,<hub>,<org>,<n>,<secret base64url>,<SHA-256 of root 1>
 */
#ifndef VARSEL_LINK_H
#define VARSEL_LINK_H

#include "common/hash.h"

#define LINK_SECRET 32 /* bytes */

struct enrol_link {
	struct slice url; /* of the hub: scheme, host and port, no slash behind */
	struct slice hub;
	struct slice org;
	int64_t n; /* the key will be named <hub>/org/<org>/<n> */
	uint8_t secret[LINK_SECRET];
	struct hash root; /* SHA-256 of root 1's note text */
};

/* Slices borrow. The diag never repeats the secret. ERR_SYNTAX, ERR_LIMIT. */
enum err link_parse(
	struct slice text, struct enrol_link *ret, struct diag *d) CHECK_RESULT;
void link_put(struct buf *b, const struct enrol_link *l);

#endif
