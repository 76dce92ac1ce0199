/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/root.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <sodium.h>

#define HUB    "varsel.kl.dk"
#define ROOT   HUB "/root/"
#define ORIGIN HUB "/feed/kommuner"
#define ISSUED 1795514400

/* The people and machines of the tests. */
enum { A, B, C, ANNA, BO, ATT, LOG, FRESH, LOG2, STRAY, KEYS };

static const struct {
	const char *name;
	uint8_t type;
} named[KEYS] = {
	[A] = {ROOT "a", KEY_ED25519},
	[B] = {ROOT "b", KEY_ED25519},
	[C] = {ROOT "c", KEY_ED25519},
	[ANNA] = {HUB "/coordinator/anna", KEY_ED25519},
	[BO] = {HUB "/coordinator/bo", KEY_ED25519},
	[ATT] = {HUB "/attest/1", KEY_ED25519},
	[LOG] = {ORIGIN, KEY_ED25519},
	[FRESH] = {ORIGIN "/fresh", KEY_COSIGNER},
	[LOG2] = {ORIGIN, KEY_ED25519},
	[STRAY] = {ROOT "stray", KEY_ED25519},
};

static struct seckey key[KEYS];

static int setup(void **state)
{
	(void)state;
	if (sodium_init() < 0)
		return -1;
	for (size_t i = 0; i < KEYS; i++)
		if (seckey_generate(
			    slice_of(named[i].name), named[i].type, &key[i], NULL))
			return -1;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEYS; i++)
		seckey_done(&key[i]);
	return 0;
}

static void set_text(char *field, size_t size, const char *text)
{
	(void)snprintf(field, size, "%s", text);
}

static void add(struct root *r, enum role role, size_t k)
{
	r->keys[r->first[ROLE_COUNT]++] = key[k].pub;
	for (size_t i = role + 1; i < ROLE_COUNT; i++)
		r->first[i] = r->first[ROLE_COUNT];
}

/* Two root keys of `n` first ones needed, one of two coordinators. */
static struct root draft(int64_t version, const size_t *roots, size_t n)
{
	struct root r = {.version = version,
		.issued = ISSUED,
		.expires = ISSUED + 86400,
		.hub = HUB,
		.threshold_root = n < 2 ? 1 : 2,
		.threshold_coordinator = 2,
		.max_age = 3600,
		.attest_within = 86400,
		.max_lifetime = 30 * 86400};

	for (size_t i = 0; i < n; i++)
		add(&r, ROLE_ROOT, roots[i]);
	add(&r, ROLE_COORDINATOR, ANNA);
	add(&r, ROLE_COORDINATOR, BO);
	add(&r, ROLE_ATTEST, ATT);
	add(&r, ROLE_LOG, LOG);
	add(&r, ROLE_FRESH, FRESH);
	return r;
}

#define LIST(...) \
	(const size_t[]){__VA_ARGS__}, sizeof((size_t[]){__VA_ARGS__}) / sizeof(size_t)

/* `text` signed by the keys listed; the caller's buffer owns it. */
static struct slice signed_text(
	struct buf *b, struct slice text, const size_t *by, size_t n)
{
	buf_init(b, ROOT_MAX + SIG_LINES_MAX);
	note_begin(b, text);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(note_sign(b, text, &key[by[i]], 0, NULL), OK);
	assert_int_equal(buf_err(b), OK);
	return buf_view(b);
}

static struct slice signed_root(
	struct buf *b, const struct root *r, const size_t *by, size_t n)
{
	CLEANUP_BUF struct buf text;

	buf_init(&text, ROOT_MAX);
	root_put(&text, r);
	return signed_text(b, buf_view(&text), by, n);
}

static void test_round(void **state)
{
	struct root r = draft(1, LIST(A, B, C)), got;
	CLEANUP_BUF struct buf text, again, vkey;
	struct diag d = {""};
	size_t n;

	(void)state;
	buf_init(&text, ROOT_MAX);
	buf_init(&again, ROOT_MAX);
	buf_init(&vkey, VKEY_MAX);
	root_put(&text, &r);
	if (root_parse(buf_view(&text), &got, &d))
		fail_msg("%s", d.text);
	root_put(&again, &got);
	assert_string_equal(buf_str(&text), buf_str(&again));
	assert_true(slice_starts(buf_view(&text),
		"varsel/root/v1\nversion 1\nissued 2026-11-24T10:00:00Z\n"
		"expires 2026-11-25T10:00:00Z\nhub " HUB "\nthreshold root 2\n"
		"threshold coordinator 2\nmax-age 3600\nattest-within 86400\n"
		"max-lifetime 2592000\nkey root " ROOT "a+"));
	assert_true(pubkey_same(root_keys(&got, ROLE_ROOT, &n), &key[A].pub));
	assert_int_equal(n, 3);
	assert_true(pubkey_same(root_keys(&got, ROLE_COORDINATOR, &n), &key[ANNA].pub));
	assert_int_equal(n, 2);
	assert_true(pubkey_same(root_keys(&got, ROLE_ATTEST, &n), &key[ATT].pub));
	assert_true(pubkey_same(root_keys(&got, ROLE_LOG, &n), &key[LOG].pub));
	assert_true(pubkey_same(root_keys(&got, ROLE_FRESH, &n), &key[FRESH].pub));
	assert_int_equal(n, 1);
	assert_string_equal(role_name(ROLE_FRESH), "fresh");
}

static void refused(const struct root *r, enum err want, const char *why)
{
	struct root got = {.version = 7};
	CLEANUP_BUF struct buf text;
	struct diag d = {""};

	buf_init(&text, ROOT_MAX);
	root_put(&text, r);
	assert_int_equal(root_parse(buf_view(&text), &got, &d), want);
	if (!strstr(d.text, why))
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
	assert_int_equal(got.version, 7);
}

static void test_numbers(void **state)
{
	struct root r;

	(void)state;
#define BAD(change, why)                     \
	do {                                 \
		r = draft(1, LIST(A, B));    \
		change;                      \
		refused(&r, ERR_VALUE, why); \
	} while (0)
	BAD(r.version = 0, "line 2: field \"version\": 0, 1 to ");
	BAD(r.expires = r.issued, "line 4: field \"expires\": not later");
	BAD(r.threshold_root = 0, "line 6: field \"threshold root\": 0, 1 to 64");
	BAD(r.threshold_root = 3, "threshold root 3, but only 2 keys");
	BAD(r.threshold_coordinator = 0, "line 7: field \"threshold coordinator\": 0, ");
	BAD(r.threshold_coordinator = 3, "threshold coordinator 3, but only 2 keys");
	BAD(r.max_age = 0, "line 8: field \"max-age\": 0, 1 to ");
	BAD(r.max_lifetime = 366 * 86400 + 1,
		"line 10: field \"max-lifetime\": 31622401, 1 to 31622400");
	BAD(set_text(r.hub, sizeof(r.hub), "other.dk"),
		"not named \"other.dk/feed/<channel>\"");
	r = draft(1, LIST(A, B));
	set_text(r.keys[r.first[ROLE_FRESH]].name,
		sizeof(r.keys[r.first[ROLE_FRESH]].name), "x");
	refused(&r, ERR_SYNTAX, "line 17: field \"key\": ");
}

/* A root without one role's keys, or with a key where it may not be. */
static void test_keys(void **state)
{
	static const struct {
		size_t roles[8][2]; /* role + 1, key */
		enum err err;
		const char *why;
	} cases[] = {
#define K(role, k) {ROLE_##role + 1, k}
		{{K(COORDINATOR, ANNA), K(LOG, LOG), K(FRESH, FRESH)}, ERR_VALUE,
			"no root key"},
		{{K(ROOT, A), K(LOG, LOG), K(FRESH, FRESH)}, ERR_VALUE,
			"no coordinator key"},
		{{K(ROOT, A), K(COORDINATOR, ANNA), K(FRESH, FRESH)}, ERR_VALUE,
			"no log key"},
		{{K(ROOT, A), K(COORDINATOR, ANNA), K(LOG, LOG)}, ERR_VALUE,
			"no fresh key"},
		{{K(ROOT, A), K(COORDINATOR, ANNA), K(LOG, LOG), K(LOG, LOG2),
			 K(FRESH, FRESH)},
			ERR_VALUE, "2 log keys, at most 1"},
		{{K(ROOT, A), K(ROOT, A), K(COORDINATOR, ANNA), K(LOG, LOG),
			 K(FRESH, FRESH)},
			ERR_VALUE,
			"line 12: field \"key\": " ROOT "a: the same public key"},
		{{K(ROOT, A), K(COORDINATOR, A), K(LOG, LOG), K(FRESH, FRESH)}, ERR_VALUE,
			"line 12: field \"key\": " ROOT "a: the same public key"},
		{{K(COORDINATOR, ANNA), K(ROOT, A), K(LOG, LOG), K(FRESH, FRESH)},
			ERR_SYNTAX,
			"line 12: field \"key\": role \"root\": out of order"},
		{{K(ROOT, A), K(COORDINATOR, ANNA), K(LOG, FRESH), K(FRESH, LOG)},
			ERR_VALUE, "type 0x04, a log key is 0x01"},
		{{K(ROOT, A), K(COORDINATOR, ANNA), K(LOG, STRAY), K(FRESH, FRESH)},
			ERR_VALUE,
			"log key \"" ROOT "stray\": not named \"" HUB "/feed/"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf b;
		struct root got = {.version = 7};
		struct diag d = {""};

		buf_init(&b, ROOT_MAX);
		buf_puts(&b, "varsel/root/v1\nversion 1\nissued 2026-11-24T10:00:00Z\n"
			     "expires 2027-11-24T10:00:00Z\nhub " HUB
			     "\nthreshold root 1\nthreshold coordinator 1\n"
			     "max-age 3600\nattest-within 0\nmax-lifetime 86400\n");
		for (size_t j = 0; j < 8 && cases[i].roles[j][0]; j++) {
			buf_printf(&b, "key %s ",
				role_name((enum role)(cases[i].roles[j][0] - 1)));
			pubkey_put(&b, &key[cases[i].roles[j][1]].pub);
			buf_puts(&b, "\n");
		}
		assert_int_equal(root_parse(buf_view(&b), &got, &d), cases[i].err);
		if (!strstr(d.text, cases[i].why))
			fail_msg("\"%s\" does not say \"%s\"", d.text, cases[i].why);
		assert_int_equal(got.version, 7);
	}
}

/* What a checkpoint says of itself is compared with these names. */
static void test_fresh_name(void **state)
{
	static const char *const bad[] = {ORIGIN, ORIGIN "/fres", ORIGIN "/fresh2",
		ORIGIN "/other", HUB "/feed/kommunen/fresh"};
	struct root r;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r = draft(1, LIST(A, B));
		assert_int_equal(
			pubkey_make(slice_of(bad[i]), KEY_COSIGNER, key[FRESH].pub.pk,
				&r.keys[r.first[ROLE_FRESH]], NULL),
			OK);
		refused(&r, ERR_VALUE, "not named \"" ORIGIN "/fresh\"");
	}
}

static void test_attest(void **state)
{
	struct root r = draft(1, LIST(A, B));
	size_t at = r.first[ROLE_ATTEST];

	(void)state;
	/* the attest key taken out */
	memmove(&r.keys[at], &r.keys[at + 1], 2 * sizeof(r.keys[0]));
	for (size_t i = ROLE_LOG; i <= ROLE_COUNT; i++)
		r.first[i]--;
	refused(&r, ERR_VALUE, "attest-within 86400, but no attest key");
	r = draft(1, LIST(A, B));
	r.attest_within = 0;
	refused(&r, ERR_VALUE, "attest-within 0, but 1 attest keys");
}

/* The same public key under two names is one key, not two. */
static void test_same_key_other_name(void **state)
{
	struct root r = draft(1, LIST(A, B));

	(void)state;
	assert_int_equal(pubkey_make(slice_of(ROOT "b"), KEY_ED25519, key[A].pub.pk,
				 &r.keys[1], NULL),
		OK);
	refused(&r, ERR_VALUE,
		"line 12: field \"key\": " ROOT "b: the same public key stands "
		"above, as " ROOT "a");
}

static void test_too_many(void **state)
{
	CLEANUP_BUF struct buf b;
	struct root got;
	struct diag d = {""};

	(void)state;
	buf_init(&b, 2 * ROOT_MAX);
	buf_puts(&b, "varsel/root/v1\nversion 1\nissued 2026-11-24T10:00:00Z\n"
		     "expires 2027-11-24T10:00:00Z\nhub " HUB
		     "\nthreshold root 1\nthreshold coordinator 1\n"
		     "max-age 3600\nattest-within 0\nmax-lifetime 86400\n");
	for (int i = 0; i <= ROOT_KEYS; i++) {
		CLEANUP_SECKEY struct seckey k = {0};

		assert_int_equal(
			seckey_generate(slice_of("k"), KEY_ED25519, &k, NULL), OK);
		buf_puts(&b, "key root ");
		pubkey_put(&b, &k.pub);
		buf_puts(&b, "\n");
	}
	assert_int_equal(root_parse(buf_view(&b), &got, &d), ERR_LIMIT);
	assert_string_equal(d.text, "line 75: field \"key\": over 64 keys");
	while (b.len <= ROOT_MAX)
		buf_puts(&b, "key root x\n");
	assert_int_equal(root_parse(buf_view(&b), &got, &d), ERR_LIMIT);
	assert_int_equal(root_open_first(buf_view(&b), &got, &d), ERR_LIMIT);
}

static void test_first(void **state)
{
	struct root one = draft(1, LIST(A, B)), two = draft(2, LIST(A, B)), got;
	struct diag d = {""};

	(void)state;
#define FIRST(root, want, ...)                                                       \
	do {                                                                         \
		CLEANUP_BUF struct buf b;                                            \
		assert_int_equal(                                                    \
			root_open_first(                                             \
				signed_root(&b, root, LIST(__VA_ARGS__)), &got, &d), \
			want);                                                       \
	} while (0)
	FIRST(&one, OK, A, B);
	FIRST(&one, OK, STRAY, B, A);
	FIRST(&one, ERR_SIGNATURE, A);
	assert_string_equal(
		d.text, "root: signed by 1 root keys of the same version, 2 needed");
	FIRST(&one, ERR_SIGNATURE, A, A);
	FIRST(&one, ERR_SIGNATURE, A, STRAY);
	FIRST(&one, ERR_SIGNATURE, A, ANNA);
	FIRST(&two, ERR_VALUE, A, B);
	assert_string_equal(d.text, "root: version 2, not 1");
}

/* TUF 5.3: every step by the old and the new threshold, exactly one version on. */
static void test_chain(void **state)
{
	static const struct {
		int64_t version;
		size_t roots[3], nroots; /* of the new root */
		size_t by[3], nby;
		enum err want;
	} cases[] = {
		/* same keys */
		{2, {A, B}, 2, {A, B}, 2, OK},
		{2, {A, B}, 2, {A}, 1, ERR_SIGNATURE},
		/* one key of two replaced: three must sign */
		{2, {B, C}, 2, {A, B, C}, 3, OK},
		{2, {B, C}, 2, {B, C}, 2, ERR_SIGNATURE}, /* old threshold not met */
		{2, {B, C}, 2, {A, B}, 2, ERR_SIGNATURE}, /* new threshold not met */
		/* one key and a threshold of one from now on */
		{2, {C}, 1, {A, B, C}, 3, OK},
		{2, {C}, 1, {C}, 1, ERR_SIGNATURE},
		{2, {C}, 1, {A, B}, 2, ERR_SIGNATURE},
		/* versions */
		{1, {A, B}, 2, {A, B}, 2, ERR_STALE},
		{3, {A, B}, 2, {A, B}, 2, ERR_VALUE},
		{INT64_MAX, {A, B}, 2, {A, B}, 2, ERR_VALUE},
	};
	struct root one = draft(1, LIST(A, B)), got, next;
	struct diag d = {""};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf b;
		enum err e;

		next = draft(cases[i].version, cases[i].roots, cases[i].nroots);
		got.version = 77;
		e = root_open_next(&one,
			signed_root(&b, &next, cases[i].by, cases[i].nby), &got, &d);
		if (e != cases[i].want)
			fail_msg("case %zu: %s %s", i, err_slug(e), d.text);
		assert_int_equal(got.version, e ? 77 : 2);
	}
}

static enum err step(struct root *next, struct diag *d)
{
	struct root one = draft(1, LIST(A, B)), got;
	CLEANUP_BUF struct buf b = {0};

	return root_open_next(&one, signed_root(&b, next, LIST(A, B)), &got, d);
}

static void test_chain_identity(void **state)
{
	struct root next = draft(2, LIST(A, B));
	struct diag d = {""};

	(void)state;
	/* expiry is looked at when the chain ends, not in it */
	next.issued = 1000;
	next.expires = 2000;
	assert_int_equal(step(&next, &d), OK);
	/* a new log key needs a new origin */
	next = draft(2, LIST(A, B));
	next.keys[next.first[ROLE_LOG]] = key[LOG2].pub;
	assert_int_equal(step(&next, &d), ERR_VALUE);
	assert_string_equal(d.text, "root: a new log key under the old origin " ORIGIN);
	assert_int_equal(pubkey_make(slice_of(ORIGIN "-2"), KEY_ED25519, key[LOG2].pub.pk,
				 &next.keys[next.first[ROLE_LOG]], NULL),
		OK);
	assert_int_equal(
		pubkey_make(slice_of(ORIGIN "-2/fresh"), KEY_COSIGNER, key[FRESH].pub.pk,
			&next.keys[next.first[ROLE_FRESH]], NULL),
		OK);
	assert_int_equal(step(&next, &d), OK);
	/* another hub's root, though the same people signed it */
	next = draft(2, LIST(A, B));
	set_text(next.hub, sizeof(next.hub), "test.kl.dk");
	assert_int_equal(
		pubkey_make(slice_of("test.kl.dk/feed/kommuner"), KEY_ED25519,
			key[LOG2].pub.pk, &next.keys[next.first[ROLE_LOG]], NULL),
		OK);
	assert_int_equal(
		pubkey_make(slice_of("test.kl.dk/feed/kommuner/fresh"), KEY_COSIGNER,
			key[FRESH].pub.pk, &next.keys[next.first[ROLE_FRESH]], NULL),
		OK);
	assert_int_equal(step(&next, &d), ERR_WRONG_HUB);
	assert_string_equal(d.text, "root: of hub test.kl.dk, not of " HUB);
}

static enum err judge(struct statement st, const size_t *by, size_t n, struct diag *d)
{
	struct root r = draft(1, LIST(A, B));
	CLEANUP_BUF struct buf text, b;
	struct note note;

	buf_init(&text, STATEMENT_MAX);
	statement_put(&text, &st);
	if (note_parse(signed_text(&b, buf_view(&text), by, n), &note, d))
		fail_msg("%s", d->text);
	return root_check_statement(&r, &note, &st, d);
}

/* Who must sign what, with two of two coordinators needed. */
static void test_statements(void **state)
{
	struct statement st = {.log = ORIGIN,
		.issued = ISSUED,
		.expires = ISSUED + 86400,
		.bytes = 1,
		.count = 1};
	struct diag d = {""};

	(void)state;
#define JUDGE(v, want, ...)                                               \
	do {                                                              \
		st.verb = v;                                              \
		assert_int_equal(judge(st, LIST(__VA_ARGS__), &d), want); \
	} while (0)
	JUDGE(VERB_APPROVE, OK, ANNA, BO);
	JUDGE(VERB_APPROVE, ERR_SIGNATURE, ANNA);
	assert_string_equal(
		d.text, "statement: approve signed by 1 coordinator keys, 2 needed");
	JUDGE(VERB_APPROVE, ERR_SIGNATURE, ANNA, ANNA);
	JUDGE(VERB_APPROVE, ERR_SIGNATURE, ANNA, LOG, FRESH, A, B, ATT);
	JUDGE(VERB_NOTICE, OK, BO, ANNA);
	JUDGE(VERB_NOTICE, ERR_SIGNATURE, BO);
	JUDGE(VERB_REVOKE, OK, ANNA);
	JUDGE(VERB_REVOKE, ERR_SIGNATURE, ATT);
	JUDGE(VERB_VOID, OK, BO);
	JUDGE(VERB_VOID, ERR_SIGNATURE, LOG);
	JUDGE(VERB_ATTEST, OK, ATT);
	JUDGE(VERB_ATTEST, ERR_SIGNATURE, ANNA, BO);

	st.expires = ISSUED + 30 * 86400;
	JUDGE(VERB_APPROVE, OK, ANNA, BO);
	st.expires++;
	JUDGE(VERB_APPROVE, ERR_VALUE, ANNA, BO);
	assert_string_equal(
		d.text, "statement: approves for 2592001 seconds, at most 2592000");
	st.expires = ISSUED + REVOKE_REMEMBERED;
	JUDGE(VERB_REVOKE, OK, ANNA);

	set_text(st.log, sizeof(st.log), "test.kl.dk/feed/kommuner");
	JUDGE(VERB_REVOKE, ERR_WRONG_HUB, ANNA, BO);
	set_text(st.log, sizeof(st.log), HUB "/feed/kommuner2");
	JUDGE(VERB_APPROVE, ERR_WRONG_HUB, ANNA, BO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_fresh_name),
		cmocka_unit_test(test_attest),
		cmocka_unit_test(test_same_key_other_name),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_chain_identity),
		cmocka_unit_test(test_statements),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
