/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Approvals that hit the built-in never-block list (common/protected.h) are not enforced,
 * unless coordinators signed an override for that line. Addresses that mean something
 * else in each network are not enforced whatever they signed.
 */
#ifndef VARSEL_AGENT_SPARE_H
#define VARSEL_AGENT_SPARE_H

#include "common/activeset.h"
#include "common/allow.h"

/* The built-in list, sealed; the caller frees with allow_done(). */
enum err spare_load(struct allow *ret, struct diag *d) CHECK_RESULT;

/* Whether this entry would block what the list protects, within or around it, without
 * leave. *ret_entry, when not NULL, gets the list's entry, or NULL. */
bool spare_hits(const struct allow *builtin, const struct active *a,
	const struct allow_entry **ret_entry);

/* Moves the entries that are hit from *s to *ret (activeset_done(); it borrows what *s
 * borrows). ERR_NOMEM. */
enum err spare_split(const struct allow *builtin, struct activeset *s,
	struct activeset *ret) CHECK_RESULT;

/* Says each spared entry that the file `path` does not know yet, and remembers them
 * there. Of many new ones the first are named and the others counted. ERR_CANTCREAT. */
enum err spare_tell(const char *path, const struct allow *builtin,
	const struct activeset *spared, void (*say)(void *ctx, const char *text),
	void *ctx, struct diag *d) CHECK_RESULT;

#endif
