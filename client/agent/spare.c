/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/spare.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/agent/output/enforced.h"
#include "common/file.h"
#include "common/protected.h"

#define NAMED 10 /* of many spared at once; a person reads this */

enum err spare_load(struct allow *ret, struct diag *d)
{
	struct allow a;
	enum err e;

	allow_init(&a);
	e = protected_load(&a);
	if (e == OK)
		e = allow_seal(&a);
	if (e) {
		allow_done(&a);
		return diag_fail(d, e, "the built-in never-block list: %s", err_text(e));
	}
	*ret = a;
	return OK;
}

bool spare_hits(const struct allow *builtin, const struct active *a,
	const struct allow_entry **ret_entry)
{
	const struct allow_entry *entry = NULL;
	bool hit =
		a->action == ACTION_BLOCK &&
		allow_match(builtin, &kinds[a->kind], a->value, &entry) != ALLOW_NONE &&
		(!a->override || entry->absolute);

	if (ret_entry)
		*ret_entry = hit ? entry : NULL;
	return hit;
}

enum err spare_split(
	const struct allow *builtin, struct activeset *s, struct activeset *ret)
{
	struct activeset out = {.next_expiry = INT64_MAX};
	size_t kept = 0, room = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (!spare_hits(builtin, &s->a[i], NULL)) {
			s->a[kept++] = s->a[i];
			continue;
		}
		if (activeset_add(&out, &room, &s->a[i])) {
			activeset_done(&out);
			return ERR_NOMEM;
		}
	}
	s->n = kept;
	*ret = out;
	return OK;
}

static void describe(
	const struct allow *builtin, const struct active *a, char *out, size_t size)
{
	const struct allow_entry *entry;
	const char *how = "the coordinators did not override that";

	if (!spare_hits(builtin, a, &entry))
		return;
	if (entry->absolute)
		how = "no override lifts that";
	(void)snprintf(out, size,
		"%s %.*s is approved but not enforced: never block %.*s (%s); %s",
		kinds[a->kind].name, SLICE_ARG(a->value), SLICE_ARG(entry->value),
		entry->origin, how);
}

enum err spare_tell(const char *path, const struct allow *builtin,
	const struct activeset *spared, void (*say)(void *ctx, const char *text),
	void *ctx, struct diag *d)
{
	struct enforced known = {0};
	struct enforced_walk w = {.set = spared};
	struct hash digest = activeset_digest(spared);
	char text[DIAG_MAX] = "";
	size_t fresh = 0;
	bool same;

	/* without the file all are new; a damaged one is written anew */
	if (enforced_open(path, &known, NULL))
		known = (struct enforced){0};
	w.rest = known.lines;
	while (enforced_step(&w)) {
		if (w.had_old || !w.new_ || fresh++ >= NAMED)
			continue;
		describe(builtin, w.new_, text, sizeof(text));
		say(ctx, text);
	}
	if (fresh > NAMED) {
		(void)snprintf(text, sizeof(text),
			"%zu more approved entries are not enforced: never block",
			fresh - NAMED);
		say(ctx, text);
	}
	same = known.n == spared->n &&
	       (spared->n == 0 || hash_same(&known.digest, &digest));
	enforced_done(&known);
	return same ? OK : enforced_write(path, spared, &digest, d);
}
