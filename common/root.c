/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/root.h"

#include "common/fields.h"

#define MAGIC "varsel/root/v1"
#define FEED  "/feed/"
#define FRESH "/fresh"

/* One row for each role, in the order in which a root document lists them. */
static const struct {
	const char *name;
	size_t min, max; /* keys */
	uint8_t type;
} roles[ROLE_COUNT] = {
	[ROLE_ROOT] = {"root", 1, ROOT_KEYS, KEY_ED25519},
	[ROLE_COORDINATOR] = {"coordinator", 1, ROOT_KEYS, KEY_ED25519},
	[ROLE_ATTEST] = {"attest", 0, ROOT_KEYS, KEY_ED25519},
	[ROLE_LOG] = {"log", 1, 1, KEY_ED25519},
	[ROLE_FRESH] = {"fresh", 1, 1, KEY_COSIGNER},
};

const char *role_name(enum role r)
{
	return roles[r].name;
}

/* A number field that must lie within limits. */
static void number_within(
	struct fields *f, const char *name, int64_t min, int64_t max, int64_t *ret)
{
	fields_number(f, name, ret);
	if (!fields_err(f) && (*ret < min || *ret > max))
		fields_fail(f, ERR_VALUE, "field \"%s\": %lld, %lld to %lld", name,
			(long long)*ret, (long long)min, (long long)max);
}

static void parse_header(struct fields *f, struct root *r)
{
	struct slice hub = {0};

	number_within(f, "version", 1, INT64_MAX, &r->version);
	fields_time(f, "issued", &r->issued);
	fields_time(f, "expires", &r->expires);
	if (!fields_err(f) && r->expires <= r->issued)
		fields_fail(f, ERR_VALUE, "field \"expires\": not later than \"issued\"");
	fields_text(f, "hub", HUB_NAME_MAX, &hub);
	if (!fields_err(f))
		memcpy(r->hub, hub.p, hub.n);
	number_within(f, "threshold root", 1, ROOT_KEYS, &r->threshold_root);
	number_within(
		f, "threshold coordinator", 1, ROOT_KEYS, &r->threshold_coordinator);
	number_within(f, "max-age", 1, INT64_MAX, &r->max_age);
	number_within(f, "attest-within", 0, REVOKE_REMEMBERED, &r->attest_within);
	number_within(f, "max-lifetime", 1, LIFETIME_MAX, &r->max_lifetime);
}

/* One line `key <role> <vkey>`. Roles only ever go forward from *role. */
static void add_key(struct fields *f, struct slice value, struct root *r, size_t *role)
{
	size_t n = r->first[ROLE_COUNT], at = 0;
	struct slice word;
	struct pubkey *k = &r->keys[n];
	enum err e;

	(void)slice_cut(&value, ' ', &word);
	while (at < ROLE_COUNT && !slice_is(word, roles[at].name))
		at++;
	if (at == ROLE_COUNT || at < *role) {
		f->err = diag_value(f->d, ERR_SYNTAX, "role", word,
			at == ROLE_COUNT ? "unknown" : "out of order");
		(void)diag_at(f->d, f->err, "line %zu: field \"key\": ", f->line - 1);
		return;
	}
	if (n == ROOT_KEYS) {
		fields_fail(f, ERR_LIMIT, "field \"key\": over %d keys", ROOT_KEYS);
		return;
	}
	e = pubkey_parse(value, k, f->d);
	if (e) {
		f->err = diag_at(f->d, e, "line %zu: field \"key\": ", f->line - 1);
		return;
	}
	if (k->type != roles[at].type)
		fields_fail(f, ERR_VALUE,
			"field \"key\": type 0x%02x, a %s key is 0x%02x", k->type,
			roles[at].name, roles[at].type);
	for (size_t i = 0; i < n; i++)
		if (pubkey_same(&r->keys[i], k))
			fields_fail(f, ERR_VALUE,
				"field \"key\": %s: the same public key stands above, as "
				"%s",
				k->name, r->keys[i].name);
	*role = at;
	r->first[ROLE_COUNT] = n + 1;
	/* roles that follow begin behind this key */
	for (size_t i = at + 1; i < ROLE_COUNT; i++)
		r->first[i] = n + 1;
}

static enum err check_roles(const struct root *r, struct diag *d)
{
	const int64_t threshold[ROLE_COUNT] = {
		[ROLE_ROOT] = r->threshold_root,
		[ROLE_COORDINATOR] = r->threshold_coordinator,
	};

	for (size_t i = 0; i < ROLE_COUNT; i++) {
		size_t n = r->first[i + 1] - r->first[i];

		if (n < roles[i].min)
			return diag_fail(d, ERR_VALUE, "no %s key", roles[i].name);
		if (n > roles[i].max)
			return diag_fail(d, ERR_VALUE, "%zu %s keys, at most %zu", n,
				roles[i].name, roles[i].max);
		if (threshold[i] > (int64_t)n)
			return diag_fail(d, ERR_VALUE,
				"threshold %s %lld, but only %zu keys", roles[i].name,
				(long long)threshold[i], n);
	}
	return OK;
}

static enum err check_attest(const struct root *r, struct diag *d)
{
	size_t n;

	(void)root_keys(r, ROLE_ATTEST, &n);
	if (r->attest_within > 0 && n == 0)
		return diag_fail(d, ERR_VALUE, "attest-within %lld, but no attest key",
			(long long)r->attest_within);
	if (r->attest_within == 0 && n > 0)
		return diag_fail(d, ERR_VALUE, "attest-within 0, but %zu attest keys", n);
	return OK;
}

/* The log's key is named as its origin, below the hub's name, and the freshness key after
 * it: what a checkpoint or a statement says of itself is compared with these. */
static enum err check_names(const struct root *r, struct diag *d)
{
	const char *log = r->keys[r->first[ROLE_LOG]].name;
	const char *fresh = r->keys[r->first[ROLE_FRESH]].name;
	size_t hub = strlen(r->hub), n = strlen(log);

	if (strncmp(log, r->hub, hub) != 0 ||
		strncmp(log + hub, FEED, strlen(FEED)) != 0 || !log[hub + strlen(FEED)])
		return diag_fail(d, ERR_VALUE,
			"log key \"%s\": not named \"%s" FEED "<channel>\"", log, r->hub);
	if (strncmp(fresh, log, n) != 0 || strcmp(fresh + n, FRESH) != 0)
		return diag_fail(d, ERR_VALUE,
			"fresh key \"%s\": not named \"%s" FRESH "\"", fresh, log);
	return OK;
}

enum err root_parse(struct slice text, struct root *ret, struct diag *d)
{
	struct root r = {0};
	struct slice value;
	struct fields f;
	size_t role = 0;
	enum err e;

	if (text.n > ROOT_MAX)
		return diag_fail(
			d, ERR_LIMIT, "root: %zu bytes, at most %u", text.n, ROOT_MAX);
	fields_begin(&f, text, MAGIC, d);
	parse_header(&f, &r);
	while (fields_optional(&f, "key", INPUT_LINE_MAX, &value))
		add_key(&f, value, &r, &role);
	if (fields_end(&f))
		return fields_err(&f);
	e = check_roles(&r, d);
	if (!e)
		e = check_attest(&r, d);
	if (!e)
		e = check_names(&r, d);
	if (!e)
		*ret = r;
	return e;
}

void root_put(struct buf *b, const struct root *r)
{
	buf_printf(b, MAGIC "\nversion %lld\nissued ", (long long)r->version);
	clock_put(b, r->issued);
	buf_puts(b, "\nexpires ");
	clock_put(b, r->expires);
	buf_printf(b, "\nhub %s\nthreshold root %lld\nthreshold coordinator %lld\n",
		r->hub, (long long)r->threshold_root,
		(long long)r->threshold_coordinator);
	buf_printf(b, "max-age %lld\nattest-within %lld\nmax-lifetime %lld\n",
		(long long)r->max_age, (long long)r->attest_within,
		(long long)r->max_lifetime);
	for (size_t role = 0; role < ROLE_COUNT; role++)
		for (size_t i = r->first[role]; i < r->first[role + 1]; i++) {
			buf_printf(b, "key %s ", roles[role].name);
			pubkey_put(b, &r->keys[i]);
			buf_putc(b, '\n');
		}
}

/* Enough of the root keys of `by` signed; `which` names that root in the refusal. */
static enum err check_threshold(
	const struct note *n, const struct root *by, const char *which, struct diag *d)
{
	const struct pubkey *keys;
	size_t nkeys, signers;
	enum err e;

	keys = root_keys(by, ROLE_ROOT, &nkeys);
	e = note_verify(n, keys, nkeys, &signers, NULL, NULL, d);
	if (e)
		return e;
	if ((int64_t)signers < by->threshold_root)
		return diag_fail(d, ERR_SIGNATURE,
			"root: signed by %zu root keys of the %s version, %lld needed",
			signers, which, (long long)by->threshold_root);
	return OK;
}

static enum err open_root(
	struct slice note, struct note *n, struct root *ret, struct diag *d)
{
	enum err e;

	if (note.n > ROOT_MAX)
		return diag_fail(
			d, ERR_LIMIT, "root: %zu bytes, at most %u", note.n, ROOT_MAX);
	e = note_parse(note, n, d);
	if (!e)
		e = root_parse(n->text, ret, d);
	return e ? e : check_threshold(n, ret, "same", d);
}

enum err root_open_first(struct slice note, struct root *ret, struct diag *d)
{
	struct root r;
	struct note n;
	enum err e = open_root(note, &n, &r, d);

	if (e)
		return e;
	if (r.version != 1)
		return diag_fail(
			d, ERR_VALUE, "root: version %lld, not 1", (long long)r.version);
	*ret = r;
	return OK;
}

/* Two keys for one origin would be two trees that a follower cannot tell apart. */
static enum err check_log(const struct root *old, const struct root *new, struct diag *d)
{
	const struct pubkey *was = &old->keys[old->first[ROLE_LOG]];
	const struct pubkey *is = &new->keys[new->first[ROLE_LOG]];

	if (!pubkey_same(was, is) && strcmp(was->name, is->name) == 0)
		return diag_fail(d, ERR_VALUE,
			"root: a new log key under the old origin %s", was->name);
	return OK;
}

enum err root_open_next(
	const struct root *old, struct slice note, struct root *ret, struct diag *d)
{
	struct root r;
	struct note n;
	enum err e = open_root(note, &n, &r, d);

	if (e)
		return e;
	if (strcmp(r.hub, old->hub) != 0)
		return diag_fail(
			d, ERR_WRONG_HUB, "root: of hub %s, not of %s", r.hub, old->hub);
	/* an older one is a rollback, a later one would skip a signature */
	if (r.version <= old->version)
		return diag_fail(d, ERR_STALE, "root: version %lld, %lld is known",
			(long long)r.version, (long long)old->version);
	if (r.version - 1 != old->version)
		return diag_fail(d, ERR_VALUE, "root: version %lld does not follow %lld",
			(long long)r.version, (long long)old->version);
	e = check_threshold(&n, old, "old", d);
	if (!e)
		e = check_log(old, &r, d);
	if (!e)
		*ret = r;
	return e;
}

enum role root_signing_role(const struct statement *st)
{
	return st->verb == VERB_ATTEST ? ROLE_ATTEST : ROLE_COORDINATOR;
}

enum err root_count_signers(const struct root *r, const struct note *n,
	const struct statement *st, size_t *ret_have, size_t *ret_needed, struct diag *d)
{
	bool all = st->verb == VERB_APPROVE || st->verb == VERB_NOTICE;
	const struct pubkey *keys;
	size_t nkeys;
	enum err e;

	if (!statement_is_of(st, r->keys[r->first[ROLE_LOG]].name))
		return diag_fail(d, ERR_WRONG_HUB, "statement: for log %s, not for %s",
			st->log, r->keys[r->first[ROLE_LOG]].name);
	if (st->verb == VERB_APPROVE && st->expires - st->issued > r->max_lifetime)
		return diag_fail(d, ERR_VALUE,
			"statement: approves for %lld seconds, at most %lld",
			(long long)(st->expires - st->issued),
			(long long)r->max_lifetime);
	keys = root_keys(r, root_signing_role(st), &nkeys);
	e = note_verify(n, keys, nkeys, ret_have, NULL, NULL, d);
	if (!e)
		*ret_needed = all ? (size_t)r->threshold_coordinator : 1;
	return e;
}

enum err root_check_statement(const struct root *r, const struct note *n,
	const struct statement *st, struct diag *d)
{
	size_t have, needed;
	enum err e = root_count_signers(r, n, st, &have, &needed, d);

	if (!e && have < needed)
		return diag_fail(d, ERR_SIGNATURE,
			"statement: %s signed by %zu %s keys, %zu needed",
			verb_name(st->verb), have, roles[root_signing_role(st)].name,
			needed);
	return e;
}
