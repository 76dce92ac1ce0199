/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Property: the merge of common/activeset.c agrees with the sentences of docs/formats.md,
 * applied one by one, key by key, without sorting, heaps or texts, for whatever
 * statements, orders, repetitions, times, and memories.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "common/activeset.h"

#define DAY 86400
#define T0  1795514400 /* 2026-11-24T10:00:00Z */

static struct hash id_of(unsigned n)
{
	return (struct hash){{(uint8_t)(n >> 8), (uint8_t)n}};
}

#define KEYS   9
#define STMTS  14
#define UNIT   (61 * DAY) /* six of them are as long as a revoke is remembered */
#define ROUNDS 6000

static const struct {
	const char *text;
	bool wide, watch_only;
} universe[KEYS] = {
	{"domain a-a.example", false, false},
	{"domain a.example", false, false},
	{"domain aa.example", false, false},
	{"ip 10.0.0.0/24", false, false},
	{"ip 10.0.0.0/8", true, false},
	{"ip 10.0.0.1", false, false},
	{"sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709", false, true},
	{"sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", false,
		true},
	{"url http://a.example/", false, false},
};

/* One random statement in plain numbers. */
struct fact {
	enum verb verb;
	int64_t issued;
	unsigned id;
	unsigned target;     /* void */
	bool has[KEYS];      /* the key is in its bundle */
	int64_t until[KEYS]; /* approve */
	int confidence[KEYS];
	bool watch[KEYS];
	bool override[KEYS];
	char body[2048];
	struct statement st;
};

static uint64_t rng_state;

static unsigned rnd(unsigned below)
{
	rng_state ^= rng_state << 13;
	rng_state ^= rng_state >> 7;
	rng_state ^= rng_state << 17;
	return (unsigned)((rng_state >> 20) % below);
}

static void write_body(struct fact *f)
{
	size_t at = 0;
	char until[CLOCK_TEXT];

	f->st.expires = 0;
	f->body[0] = '\0';
	for (size_t k = 0; k < KEYS; k++) {
		int n;

		if (!f->has[k])
			continue;
		if (f->verb == VERB_REVOKE) {
			n = snprintf(f->body + at, sizeof(f->body) - at, "%s\n",
				universe[k].text);
		} else {
			clock_format(f->until[k], until);
			n = snprintf(f->body + at, sizeof(f->body) - at,
				"%s %s until=%s confidence=%d%s\n", universe[k].text,
				f->watch[k] ? "watch" : "block", until, f->confidence[k],
				f->override[k] ? " override=yes" : "");
		}
		at += (size_t)n;
		if (f->until[k] > f->st.expires)
			f->st.expires = f->until[k];
	}
	if (f->verb == VERB_REVOKE)
		f->st.expires = f->issued + REVOKE_REMEMBERED;
	/* an approve of nothing: its end does not matter, but must be there */
	if (f->st.expires == 0)
		f->st.expires = f->issued + 1;
}

static void draw(struct fact *all, size_t i)
{
	struct fact *f = &all[i];
	unsigned what = rnd(10);

	*f = (struct fact){.issued = T0 + (int64_t)rnd(12) * UNIT};
	f->verb = what < 6 ? VERB_APPROVE : what < 9 ? VERB_REVOKE : VERB_VOID;
	/* unique, and in no order */
	f->id = (rnd(16) << 8) | (unsigned)i;
	if (f->verb == VERB_VOID) {
		const struct fact *t = &all[i ? rnd((unsigned)i) : 0];

		f->target = t->id;
		/* who voids a statement has seen it */
		if (f->issued < t->issued)
			f->issued = t->issued;
	}
	for (size_t k = 0; k < KEYS && f->verb != VERB_VOID; k++) {
		f->has[k] = rnd(3) == 0;
		if (f->verb != VERB_APPROVE)
			continue;
		f->until[k] = f->issued + (int64_t)(1 + rnd(6)) * UNIT - (int64_t)rnd(2);
		f->confidence[k] = (int)rnd(101);
		f->watch[k] = universe[k].watch_only || rnd(2);
		f->override[k] = rnd(4) == 0;
	}
	f->st.verb = f->verb;
	f->st.issued = f->issued;
	f->st.target = id_of(f->target);
	write_body(f);
}

/* What the reference says of one key. */
struct truth {
	bool active;
	size_t live;
	int64_t until, since, first_end;
	const struct fact *winner;
};

static bool voided(const struct fact *all, size_t n, const struct fact *f)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].verb == VERB_VOID && all[i].target == f->id)
			return true;
	return false;
}

static bool holds(
	const struct fact *all, size_t n, const struct fact *f, size_t k, int64_t now)
{
	if (f->verb != VERB_APPROVE || !f->has[k] || voided(all, n, f))
		return false;
	if (!(now < f->until[k]))
		return false;
	for (size_t i = 0; i < n; i++)
		if (all[i].verb == VERB_REVOKE && all[i].has[k] &&
			!(f->issued > all[i].issued))
			return false;
	return true;
}

static bool stronger(const struct fact *a, const struct fact *b)
{
	return a->issued > b->issued || (a->issued == b->issued && a->id > b->id);
}

/* No revoke is ever forgotten here, and nothing depends on an order. */
static struct truth judge(const struct fact *all, size_t n, size_t k, int64_t now)
{
	struct truth t = {.since = INT64_MAX, .first_end = INT64_MAX};

	for (size_t i = 0; i < n; i++) {
		const struct fact *f = &all[i];

		if (!holds(all, n, f, k, now))
			continue;
		t.active = true;
		t.live++;
		t.until = f->until[k] > t.until ? f->until[k] : t.until;
		t.since = f->issued < t.since ? f->issued : t.since;
		t.first_end = f->until[k] < t.first_end ? f->until[k] : t.first_end;
		if (!t.winner || stronger(f, t.winner))
			t.winner = f;
	}
	return t;
}

/* How often each thing was seen to happen: a test that never meets a case shows nothing.
 */
static struct {
	size_t active, idle, overlap, wide, voids, forgotten;
} seen;

static void compare(const struct fact *all, size_t n, int64_t now,
	const struct decision *in, size_t m, const struct activeset *set)
{
	int64_t next = INT64_MAX;
	size_t at = 0, wide = 0;

	for (size_t k = 0; k < KEYS; k++) {
		struct truth t = judge(all, n, k, now);
		const struct active *a = &set->a[at];
		struct slice value = slice_of(universe[k].text), kind;
		struct activeset one;
		struct hash want;

		(void)slice_cut(&value, ' ', &kind);
		assert_int_equal(
			activeset_pick(in, m, now, kind_by_name(kind), value, &one), OK);
		if (t.active && universe[k].wide) {
			wide += t.live;
			t.active = false;
		}
		if (!t.active) {
			assert_null(activeset_find(set, kind_by_name(kind), value));
			assert_int_equal(one.n, 0);
			seen.idle++;
			continue;
		}
		assert_true(at < set->n);
		assert_ptr_equal(activeset_find(set, kind_by_name(kind), value), a);
		assert_int_equal(one.n, 1);
		assert_memory_equal(one.a, a, sizeof(*a));
		activeset_done(&one);
		assert_true(slice_is(kind, kinds[a->kind].name));
		assert_true(slice_same(a->value, value));
		assert_int_equal(a->until, t.until);
		assert_int_equal(a->since, t.since);
		assert_int_equal(a->confidence, t.winner->confidence[k]);
		assert_int_equal(
			a->action, t.winner->watch[k] ? ACTION_WATCH : ACTION_BLOCK);
		assert_int_equal(a->override, t.winner->override[k]);
		want = id_of(t.winner->id);
		assert_true(hash_same(&in[a->by].id, &want));
		if (t.first_end < next)
			next = t.first_end;
		seen.active++;
		seen.overlap += t.live > 1;
		at++;
	}
	assert_int_equal(set->n, at);
	assert_int_equal(set->too_wide, wide);
	assert_true(set->next_expiry == next);
	seen.wide += wide;
}

/* Statements in any order, some of them repeated; a veteran has forgotten those that
 * have ended, or some of them. */
static size_t shuffle(
	struct fact *all, size_t n, int64_t now, bool veteran, struct decision *ret)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned times = 1 + (rnd(4) == 0);

		if (veteran && statement_end(&all[i].st) <= now && rnd(3) > 0) {
			seen.forgotten++;
			continue;
		}
		seen.voids += all[i].verb == VERB_VOID;
		while (times-- > 0)
			ret[m++] = (struct decision){
				&all[i].st, id_of(all[i].id), slice_of(all[i].body)};
	}
	for (size_t i = m; i > 1; i--) {
		size_t j = rnd((unsigned)i);
		struct decision swap = ret[j];

		ret[j] = ret[i - 1];
		ret[i - 1] = swap;
	}
	return m;
}

static void test_property(void **state)
{
	static struct fact all[STMTS];
	struct decision in[2 * STMTS];
	struct activeset set;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		size_t n = 1 + round % STMTS;

		rng_state = UINT64_C(0x9e3779b97f4a7c15) * (round + 1);
		for (size_t i = 0; i < n; i++)
			draw(all, i);
		for (unsigned look = 0; look < 4; look++) {
			int64_t now = T0 + (int64_t)rnd(19) * UNIT - (int64_t)rnd(2);
			size_t m = shuffle(all, n, now, look % 2, in);

			assert_int_equal(activeset_merge(in, m, now, &set), OK);
			compare(all, n, now, in, m, &set);
			activeset_done(&set);
		}
	}
	assert_true(seen.active > ROUNDS);
	assert_true(seen.idle > ROUNDS);
	assert_true(seen.overlap > ROUNDS / 10);
	assert_true(seen.wide > ROUNDS / 10);
	assert_true(seen.voids > ROUNDS / 10);
	assert_true(seen.forgotten > ROUNDS / 10);
}

/* What the property test feeds the merge is what bundle_parse() accepts. */
static void test_property_input(void **state)
{
	static struct fact all[STMTS];
	static const unsigned char salt[16];
	CLEANUP_BUF struct buf b;
	struct bundle bundle;
	struct diag d = {""};
	size_t parsed = 0;

	(void)state;
	buf_init(&b, BUNDLE_MAX);
	rng_state = 99;
	for (unsigned round = 0; round < 20; round++)
		for (size_t i = 0; i < STMTS; i++) {
			draw(all, i);
			if (!all[i].body[0])
				continue;
			buf_reset(&b);
			bundle_put_header(&b, salt, slice_of("r"));
			buf_puts(&b, all[i].body);
			if (bundle_parse(all[i].verb == VERB_REVOKE ? LINE_REVOKE
								    : LINE_BUNDLE,
				    buf_view(&b), &bundle, &d))
				fail_msg("%s", d.text);
			assert_int_equal(bundle.skipped, 0);
			parsed++;
		}
	assert_true(parsed > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_property),
		cmocka_unit_test(test_property_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
