/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/signer.h"

#include <string.h>

#include "server/db/login_key.h"

/* Better: in use before off, of the preferred organisation before any other. */
static int rank(const struct key_record *k, const char *prefer)
{
	bool preferred = prefer && k->org && strcmp(k->org, prefer) == 0;

	return preferred * 2 + !k->off;
}

enum err signer_find(struct db *db, const struct note *n, bool logins, const char *prefer,
	struct arena *a, struct key_record *ret, struct diag *d)
{
	struct slice names[NOTE_SIGS_MAX];
	struct key_record found[2 * NOTE_SIGS_MAX];
	struct pubkey keys[2 * NOTE_SIGS_MAX];
	bool signed_by[2 * NOTE_SIGS_MAX] = {false};
	size_t nfound = 0, more = 0, signers;
	const struct key_record *best = NULL;
	enum err e;

	for (size_t i = 0; i < n->nsigs; i++)
		names[i] = n->sigs[i].name;
	e = db_org_key_find(db, names, n->nsigs, a, found, &nfound, d);
	if (!e && logins)
		e = db_login_key_find(db, names, n->nsigs, a, found + nfound, &more, d);
	if (e)
		return e;
	nfound += more;
	for (size_t i = 0; i < nfound; i++)
		keys[i] = found[i].key;
	e = note_verify(n, keys, nfound, &signers, signed_by, NULL, d);
	if (e)
		return e;
	for (size_t i = 0; i < nfound; i++)
		if (signed_by[i] &&
			(!best || rank(&found[i], prefer) > rank(best, prefer)))
			best = &found[i];
	if (!best)
		return diag_fail(
			d, ERR_UNAUTHORIZED, "signed by no key that this hub knows");
	*ret = *best;
	return OK;
}

enum err signer_of_org(struct db *db, const struct note *n, const char *what,
	struct slice org, const struct caller *by, struct arena *a, const char **ret_key,
	struct diag *d)
{
	struct key_record signer;
	enum err e;

	if (!by->org || !slice_is(org, by->org))
		return diag_fail(d, ERR_FORBIDDEN,
			"%s: in the name of %.*s, with a token of %s", what,
			SLICE_ARG(org), by->org ? by->org : "a coordinator");
	e = signer_find(db, n, false, by->org, a, &signer, d);
	if (e == ERR_UNAUTHORIZED)
		return diag_fail(
			d, ERR_SIGNATURE, "%s: signed by no key of %s", what, by->org);
	if (e)
		return diag_at(d, e, "%s: ", what);
	if (strcmp(signer.org, by->org) != 0)
		return diag_fail(d, ERR_FORBIDDEN,
			"%s: in the name of %s, signed by a key of %s", what, by->org,
			signer.org);
	if (signer.off)
		return diag_fail(d, ERR_FORBIDDEN, "%s: key %s is switched off", what,
			signer.key.name);
	*ret_key = arena_dup(a, slice_of(signer.key.name));
	return *ret_key ? OK : diag_fail(d, ERR_NOMEM, "%s: out of memory", what);
}
