/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/activeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define T0    1795514400 /* 2026-11-24T10:00:00Z */
#define T1    "2026-12-01T00:00:00Z"
#define T1_S  1796083200
#define T2    "2026-12-24T00:00:00Z"
#define T2_S  1798070400
#define LINES 64

/* A handful of statements, written as a test wants them. */
struct world {
	struct statement st[LINES];
	struct decision in[LINES];
	size_t n;
	struct activeset set;
};

static struct hash id_of(unsigned n)
{
	return (struct hash){{(uint8_t)(n >> 8), (uint8_t)n}};
}

/* The id of each is the order in which it was added. */
static size_t add(struct world *w, enum verb v, int64_t issued, const char *body)
{
	size_t i = w->n++;

	w->st[i] = (struct statement){.verb = v, .issued = issued};
	w->st[i].expires = issued + REVOKE_REMEMBERED; /* also the longest approve */
	w->in[i] = (struct decision){&w->st[i], id_of((unsigned)i), slice_of(body)};
	return i;
}

static void add_void(struct world *w, int64_t issued, size_t target)
{
	size_t i = add(w, VERB_VOID, issued, "");

	w->st[i].target = w->in[target].id;
}

static void merge(struct world *w, int64_t now)
{
	assert_int_equal(activeset_merge(w->in, w->n, now, &w->set), OK);
}

static const struct active *find(
	const struct world *w, const char *kind, const char *value)
{
	return activeset_find(&w->set, kind_by_name(slice_of(kind)), slice_of(value));
}

static void test_simple(void **state)
{
	struct world w = {0};
	const struct active *a;
	struct line l;

	(void)state;
	add(&w, VERB_APPROVE, T0,
		"domain evil.example block until=" T1 " confidence=80 orgs=3 tag=phish\n"
		"ip 192.0.2.7 watch until=" T2 " override=yes\n");
	merge(&w, T0 + 1);
	assert_int_equal(w.set.n, 2);
	assert_int_equal(w.set.next_expiry, T1_S);
	a = &w.set.a[0];
	assert_int_equal(a->kind, KIND_DOMAIN);
	assert_true(slice_is(a->value, "evil.example"));
	assert_true(
		slice_is(a->attrs, "block until=" T1 " confidence=80 orgs=3 tag=phish"));
	assert_int_equal(a->until, T1_S);
	assert_int_equal(a->by, 0);
	assert_int_equal(a->action, ACTION_BLOCK);
	assert_int_equal(a->confidence, 80);
	assert_int_equal(a->since, T0);
	assert_false(a->override);
	active_line(a, &l);
	assert_int_equal(l.orgs, 3);
	assert_int_equal(l.ntags, 1);
	assert_true(slice_is(l.tags[0], "phish"));
	a = find(&w, "ip", "192.0.2.7");
	assert_ptr_equal(a, &w.set.a[1]);
	assert_int_equal(a->action, ACTION_WATCH);
	assert_int_equal(a->confidence, -1);
	assert_true(a->override);
	assert_null(find(&w, "ip", "192.0.2.70"));
	assert_null(find(&w, "ip", "192.0.2."));
	assert_null(find(&w, "domain", "192.0.2.7"));
	activeset_done(&w.set);

	/* at its until it is over */
	merge(&w, T1_S - 1);
	assert_int_equal(w.set.n, 2);
	activeset_done(&w.set);
	merge(&w, T1_S);
	assert_int_equal(w.set.n, 1);
	assert_int_equal(w.set.next_expiry, T2_S);
	activeset_done(&w.set);
	merge(&w, T2_S);
	assert_int_equal(w.set.n, 0);
	assert_true(w.set.next_expiry == INT64_MAX);
	activeset_done(&w.set);
	assert_int_equal(activeset_merge(NULL, 0, T0, &w.set), OK);
	assert_int_equal(w.set.n, 0);
}

/* A later approve decides the attributes, and the longest the end. */
static void test_overlap(void **state)
{
	struct world w = {0};
	const struct active *a;

	(void)state;
	add(&w, VERB_APPROVE, T0 + 1, "ip 192.0.2.7 watch until=" T1 " confidence=20\n");
	add(&w, VERB_APPROVE, T0, "ip 192.0.2.7 block until=" T2 " confidence=90\n");
	merge(&w, T0 + 2);
	assert_int_equal(w.set.n, 1);
	a = w.set.a;
	assert_int_equal(a->action, ACTION_WATCH);
	assert_int_equal(a->confidence, 20);
	assert_int_equal(a->by, 0);
	assert_int_equal(a->until, T2_S);
	assert_int_equal(a->since, T0);
	assert_int_equal(w.set.next_expiry, T1_S);
	activeset_done(&w.set);
	/* when the later one has ended, the earlier stands alone */
	merge(&w, T1_S);
	assert_int_equal(w.set.n, 1);
	assert_int_equal(w.set.a->action, ACTION_BLOCK);
	assert_int_equal(w.set.a->by, 1);
	activeset_done(&w.set);

	/* in one second the greater hash decides */
	w.st[1].issued = T0 + 1;
	merge(&w, T0 + 2);
	assert_int_equal(w.set.a->by, 1);
	assert_int_equal(w.set.a->confidence, 90);
	activeset_done(&w.set);
}

static void test_revoke(void **state)
{
	struct world w = {0};

	(void)state;
	add(&w, VERB_APPROVE, T0,
		"domain evil.example block until=" T2 "\nip 192.0.2.7 block until=" T2
		"\n");
	add(&w, VERB_REVOKE, T0, "ip 192.0.2.7\n");
	merge(&w, T0 + 1);
	/* in the same second the revocation wins */
	assert_null(find(&w, "ip", "192.0.2.7"));
	assert_non_null(find(&w, "domain", "evil.example"));
	activeset_done(&w.set);

	/* shortened: revoked, then approved again */
	add(&w, VERB_APPROVE, T0 + 1, "ip 192.0.2.7 block until=" T1 "\n");
	merge(&w, T0 + 2);
	assert_int_equal(find(&w, "ip", "192.0.2.7")->until, T1_S);
	activeset_done(&w.set);

	/* an old approval logged again changes nothing */
	add(&w, VERB_APPROVE, T0 - 5, "ip 192.0.2.7 block until=" T2 "\n");
	merge(&w, T0 + 2);
	assert_int_equal(find(&w, "ip", "192.0.2.7")->until, T1_S);
	activeset_done(&w.set);

	/* of two revocations the newest counts, and another key is not touched */
	add(&w, VERB_REVOKE, T0 + 1, "ip 192.0.2.7\n");
	merge(&w, T0 + 2);
	assert_null(find(&w, "ip", "192.0.2.7"));
	assert_int_equal(w.set.n, 1);
	activeset_done(&w.set);
}

static void test_void(void **state)
{
	struct world w = {0};
	size_t first;

	(void)state;
	first = add(&w, VERB_APPROVE, T0,
		"ip 192.0.2.7 block until=" T2 "\nip 192.0.2.8 block until=" T2 "\n");
	add(&w, VERB_APPROVE, T0 + 1, "ip 192.0.2.8 watch until=" T1 "\n");
	add_void(&w, T0 + 2, first);
	merge(&w, T0 + 3);
	assert_int_equal(w.set.n, 1);
	assert_int_equal(w.set.a->until, T1_S);
	activeset_done(&w.set);
	/* it is a statement that is voided, not its order in the log */
	w.n = 0;
	add_void(&w, T0 + 2, 1);
	w.st[0].target = id_of(1);
	add(&w, VERB_APPROVE, T0, "ip 192.0.2.7 block until=" T2 "\n");
	merge(&w, T0 + 3);
	assert_int_equal(w.set.n, 0);
	activeset_done(&w.set);
	/* a revocation cannot be voided */
	w.n = 0;
	add(&w, VERB_APPROVE, T0, "ip 192.0.2.7 block until=" T2 "\n");
	first = add(&w, VERB_REVOKE, T0 + 1, "ip 192.0.2.7\n");
	add_void(&w, T0 + 2, first);
	merge(&w, T0 + 3);
	assert_int_equal(w.set.n, 0);
	activeset_done(&w.set);
}

/* What has ended may be forgotten by one and kept by another: it counts for neither. */
static void test_ended(void **state)
{
	struct world w = {0};

	(void)state;
	add(&w, VERB_APPROVE, T0, "ip 192.0.2.7 block until=" T2 "\n");
	w.st[0].expires = T1_S;
	merge(&w, T1_S - 1);
	assert_int_equal(w.set.n, 1);
	activeset_done(&w.set);
	merge(&w, T1_S);
	assert_int_equal(w.set.n, 0);
	activeset_done(&w.set);

	w.st[0].expires = T2_S;
	add_void(&w, T1_S - REVOKE_REMEMBERED, 0);
	merge(&w, T1_S - 1);
	assert_int_equal(w.set.n, 0);
	activeset_done(&w.set);
	merge(&w, T1_S);
	assert_int_equal(w.set.n, 1);
	activeset_done(&w.set);
}

static void test_too_wide(void **state)
{
	struct world w = {0};

	(void)state;
	add(&w, VERB_APPROVE, T0,
		"ip 0.0.0.0/0 block until=" T2 "\nip 10.0.0.0/15 block until=" T2
		" override=yes\nip 10.1.0.0/16 block until=" T2
		"\nip 2001::/31 block until=" T2 "\nip 2001:db8::/32 block until=" T2
		"\n");
	merge(&w, T0 + 1);
	assert_int_equal(w.set.n, 2);
	assert_true(slice_is(w.set.a[0].value, "10.1.0.0/16"));
	assert_true(slice_is(w.set.a[1].value, "2001:db8::/32"));
	assert_int_equal(w.set.too_wide, 3);
	activeset_done(&w.set);
}

/* Sorted by bytes, over all kinds, however many bundles they come from; what is known to
 * later versions only is passed over. */
static void test_sorted(void **state)
{
	struct world w = {0};
	CLEANUP_BUF struct buf want;
	struct hash h, digest;

	(void)state;
	add(&w, VERB_APPROVE, T0,
		"asn 1 block until=" T2 "\ndomain a-b.example block until=" T2
		"\ndomain a.example explode until=" T2
		"\nurl http://a.example/ block until=" T2 "\n");
	add(&w, VERB_APPROVE, T0,
		"domain a.b.example watch until=" T1 "\nip 10.0.0.1 block until=" T2
		"\nip 9.0.0.1 block until=" T2 "\n");
	merge(&w, T0 + 1);
	buf_init(&want, 4096);
	buf_puts(&want, "domain a-b.example block " T2 "\ndomain a.b.example watch " T1
			"\nip 10.0.0.1 block " T2 "\nip 9.0.0.1 block " T2
			"\nurl http://a.example/ block " T2 "\n");
	assert_int_equal(w.set.n, 5);
	h = hash_of(buf_view(&want));
	digest = activeset_digest(&w.set);
	assert_memory_equal(&digest, &h, sizeof(h));
	activeset_done(&w.set);
}

/* A million lines from twenty bundles: all there, sorted, and within the time that a
 * pull has. Half of the keys stand in two bundles. */
#define BUNDLES 20

static void test_many(void **state)
{
	static struct statement st[BUNDLES];
	struct decision in[BUNDLES];
	struct buf text[BUNDLES];
	struct activeset set;
	clock_t start;
	double spent;

	(void)state;
	for (unsigned i = 0; i < BUNDLES; i++) {
		buf_init(&text[i], 2 * BUNDLE_MAX);
		st[i] = (struct statement){
			.verb = VERB_APPROVE, .issued = T0 + i, .expires = T2_S};
		for (unsigned j = 0; j < BUNDLE_LINES; j++) {
			unsigned v = j % 2 ? j * BUNDLES + i : j * BUNDLES + i / 2 * 2;

			buf_printf(&text[i],
				"domain host-%08u.campaign.example block until=" T2
				" tlp=amber confidence=80 orgs=3 tag=phishing\n",
				v);
		}
		assert_int_equal(buf_err(&text[i]), OK);
		in[i] = (struct decision){&st[i], id_of(i), buf_view(&text[i])};
	}
	start = clock();
	assert_int_equal(activeset_merge(in, BUNDLES, T0 + 100, &set), OK);
	spent = (double)(clock() - start) / CLOCKS_PER_SEC;
	print_message("[          ] %u lines merged in %.2f s\n", BUNDLES * BUNDLE_LINES,
		spent);
	assert_int_equal(set.n, BUNDLES * BUNDLE_LINES * 3 / 4);
	for (size_t i = 1; i < set.n; i++)
		assert_true(slice_cmp(set.a[i - 1].value, set.a[i].value) < 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	assert_true(spent < 2.0);
#endif
	activeset_done(&set);
	for (unsigned i = 0; i < BUNDLES; i++)
		buf_done(&text[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_simple),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_revoke),
		cmocka_unit_test(test_void),
		cmocka_unit_test(test_ended),
		cmocka_unit_test(test_too_wide),
		cmocka_unit_test(test_sorted),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
