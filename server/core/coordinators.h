/* SPDX-License-Identifier: BSD-2-Clause */
/* Login keys of coordinators: changed on the hub's console, never over the network. */
#ifndef VARSEL_COORDINATORS_H
#define VARSEL_COORDINATORS_H

#include "common/key.h"
#include "server/core/core.h"

/* `vkey` must be an Ed25519 key named <hub>/login/<name>. Another key under the name
 * takes the old one's place; a removed one comes back. *ret_changed false: it was so
 * already. ERR_VALUE, ERR_SYNTAX. */
enum err coordinators_add(const struct core *c, struct db *db, const char *actor,
	const char *name, const char *vkey, int64_t now, bool *ret_changed,
	struct diag *d) CHECK_RESULT;
/* ERR_NOT_FOUND. */
enum err coordinators_remove(const struct core *c, struct db *db, const char *actor,
	const char *name, int64_t now, struct diag *d) CHECK_RESULT;

#endif
