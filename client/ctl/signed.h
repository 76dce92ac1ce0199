/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The journal of what this coordinator signed and the hub said it logged: one file for
 * each statement, state-dir/signed/<SHA-256 of the text>, until it has ended. An attest
 * vouches that the log holds them all.
 */
#ifndef VARSEL_CTL_SIGNED_H
#define VARSEL_CTL_SIGNED_H

#include "client/feed/feed.h"

/* Keeps a statement that the hub has just logged. It is decided, whatever becomes of the
 * file: a failure is said on stderr. */
void signed_keep(const char *state_dir, const struct note *n, struct slice bytes);

/* Looks for all of them in the feed, which must be loaded, and forgets those that have
 * ended at `now`. ERR_HOLD names the first that the log lacks and counts the others;
 * ERR_SYNTAX: a file is damaged. */
enum err signed_check(const char *state_dir, const struct feed *f, int64_t now,
	struct diag *d) CHECK_RESULT;

#endif
