/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/feed/verify.h"

#include <stdlib.h>

const char *root_origin(const struct root *r)
{
	size_t n;

	return root_keys(r, ROLE_LOG, &n)->name;
}

enum err verify_checkpoint(const struct root *r, struct slice bytes, struct note *n,
	struct checkpoint *ret, int64_t *ret_time, struct diag *d)
{
	size_t count;
	struct pubkey keys[2] = {
		*root_keys(r, ROLE_LOG, &count), *root_keys(r, ROLE_FRESH, &count)};
	struct checkpoint c = {0};
	int64_t time = 0;
	bool who[2];
	enum err e = note_parse(bytes, n, d);

	if (!e)
		e = checkpoint_parse(n->text, &c, d);
	if (!e)
		e = note_verify(n, keys, 2, &count, who, &time, d);
	if (!e && (!who[0] || !who[1] || time <= 0))
		e = diag_fail(d, ERR_SIGNATURE, "not signed by %s",
			who[0] ? keys[1].name : keys[0].name);
	if (!e && !slice_is(c.origin, keys[0].name))
		e = diag_fail(d, ERR_WRONG_HUB, "of the log %.*s, not %s",
			SLICE_ARG(c.origin), keys[0].name);
	if (e)
		return diag_at(d, e, "checkpoint: ");
	*ret = c;
	*ret_time = time;
	return OK;
}

enum err verify_entry(const char *origin, uint64_t index, struct slice entry,
	struct feed_statement *ret, struct diag *d)
{
	struct feed_statement s = {.index = index, .note = entry};
	struct note n;
	enum err e;

	if (entry.n > STATEMENT_MAX)
		e = diag_fail(d, ERR_LIMIT, "over %u bytes", STATEMENT_MAX);
	else
		e = note_parse(entry, &n, d);
	if (!e)
		e = statement_parse(n.text, &s.st, d);
	if (!e && !statement_is_of(&s.st, origin))
		e = diag_fail(d, ERR_WRONG_HUB, "made for the log %s, not %s", s.st.log,
			origin);
	if (e)
		return diag_at(d, e, "log entry %llu: ", (unsigned long long)index);
	s.id = hash_of(n.text);
	*ret = s;
	return OK;
}

enum err verify_statement(
	const struct root *r, const struct feed_statement *s, struct diag *d)
{
	struct note n;
	enum err e = note_parse(s->note, &n, d);

	if (!e)
		e = root_check_statement(r, &n, &s->st, d);
	return e ? diag_at(d, e, "log entry %llu: ", (unsigned long long)s->index) : OK;
}

static int by_id(const void *a, const void *b)
{
	const struct hash *x = a, *y = b;

	return hash_cmp(x, y);
}

void verify_voids(struct feed_statement *st, size_t n)
{
	struct hash *target;
	size_t count = 0, k = 0;

	for (size_t i = 0; i < n; i++)
		count += st[i].st.verb == VERB_VOID;
	target = count ? calloc(count, sizeof(*target)) : NULL;
	for (size_t i = 0; target && i < n; i++)
		if (st[i].st.verb == VERB_VOID && st[i].valid && !st[i].parked)
			target[k++] = st[i].st.target;
	if (k)
		qsort(target, k, sizeof(*target), by_id);
	for (size_t i = 0; i < n; i++)
		st[i].voided = k && verb_is_voidable(st[i].st.verb) &&
			       bsearch(&st[i].id, target, k, sizeof(*target), by_id);
	free(target);
}

bool verify_is_live(const struct feed_statement *s, int64_t now)
{
	return !s->dead && statement_end(&s->st) > now;
}

bool verify_wants_bundle(const struct feed_statement *s, int64_t now)
{
	return s->st.verb != VERB_VOID && s->st.verb != VERB_ATTEST && s->valid &&
	       !s->parked && !s->voided && verify_is_live(s, now);
}

size_t feed_signers(
	const struct feed *f, const struct feed_statement *st, const char *ret[ROOT_KEYS])
{
	const struct pubkey *known;
	bool who[ROOT_KEYS] = {false};
	size_t n, signers, k = 0;
	struct note note;

	known = root_keys(&f->root, ROLE_COORDINATOR, &n);
	if (note_parse(st->note, &note, NULL) ||
		note_verify(&note, known, n, &signers, who, NULL, NULL))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (who[i])
			ret[k++] = known[i].name;
	return k;
}
