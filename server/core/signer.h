/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose signature stands under a note: the key is looked up by the name it gives. */
#ifndef VARSEL_SIGNER_H
#define VARSEL_SIGNER_H

#include "common/note.h"
#include "server/core/core.h"
#include "server/db/org_key.h"

/* Looks for the names under the note among members' keys, in use or not, and with
 * `logins` among coordinators' login keys. *ret is one that signed: one of organisation
 * `prefer` (may be NULL) goes before others, one in use before one that is off.
 * ERR_SIGNATURE: a known key did not sign this text. ERR_UNAUTHORIZED: none is known. */
enum err signer_find(struct db *db, const struct note *n, bool logins, const char *prefer,
	struct arena *a, struct key_record *ret, struct diag *d) CHECK_RESULT;

/* Of a note, a `what`, in the name of `org`: the name of the key that signed it, in the
 * arena. ERR_FORBIDDEN: not whose token it came with, or a key that is off.
 * ERR_SIGNATURE. */
enum err signer_of_org(struct db *db, const struct note *n, const char *what,
	struct slice org, const struct caller *by, struct arena *a, const char **ret_key,
	struct diag *d) CHECK_RESULT;

#endif
