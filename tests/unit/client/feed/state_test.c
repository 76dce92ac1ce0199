/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/feed/state.h"
#include "common/file.h"
#include "fakehub.h"

static void fill(struct head *h)
{
	struct hash leaf = hash_of(slice_of("leaf"));

	head_init(h);
	(void)snprintf(h->origin, sizeof(h->origin), "hub.test/feed/kommuner");
	for (int i = 0; i < 7; i++)
		frontier_append(&h->log, &leaf);
	h->root_version = 3;
	h->root_polled = 1800000000;
	h->fresh = 1800000001;
	h->generation = 2;
	h->journal = 4711;
	h->trusted = 6;
	h->wake = 1800000002;
	h->skipped = 5;
	h->attested = 1800000003;
	h->disputed = 8;
	assert_int_equal(head_add_missing(h, &leaf), OK);
	assert_int_equal(head_add_missing(h, &leaf), OK); /* once is enough */
}

static void round_trip(struct head *h)
{
	struct head back;
	struct buf one, two;
	struct diag d;

	buf_init(&one, HEAD_MAX);
	buf_init(&two, HEAD_MAX);
	head_put(&one, h);
	assert_int_equal(head_parse(buf_view(&one), &back, &d), OK);
	head_put(&two, &back);
	assert_string_equal(buf_str(&one), buf_str(&two));
	assert_int_equal(back.log.size, h->log.size);
	assert_int_equal(back.log.n, h->log.n);
	assert_memory_equal(back.log.h, h->log.h, h->log.n * sizeof(struct hash));
	assert_int_equal(back.hold_since, h->hold_since);
	assert_string_equal(back.hold, h->hold);
	assert_int_equal(back.nmissing, 1);
	assert_int_equal(back.trusted, 6);
	assert_int_equal(back.attested, 1800000003);
	assert_int_equal(back.disputed, 8);
	head_done(&back);
	buf_done(&one);
	buf_done(&two);
}

static void what_is_written_is_read(void **state)
{
	struct head h;

	(void)state;
	fill(&h);
	round_trip(&h);
	h.hold_since = 1800000003;
	(void)snprintf(h.hold, sizeof(h.hold), "rollback: it had more, på dansk");
	round_trip(&h);
	head_done(&h);
}

static void every_flipped_bit_is_seen(void **state)
{
	struct head h, back;
	struct buf text;
	struct diag d;

	(void)state;
	fill(&h);
	buf_init(&text, HEAD_MAX);
	head_put(&text, &h);
	for (size_t i = 0; i < text.len; i++) {
		text.data[i] ^= 1;
		assert_int_equal(head_parse(buf_view(&text), &back, &d), ERR_SYNTAX);
		text.data[i] ^= 1;
	}
	for (size_t n = 0; n < text.len; n++)
		assert_int_equal(
			head_parse(slice_mem(text.data, n), &back, &d), ERR_SYNTAX);
	buf_done(&text);
	head_done(&h);
}

static void missing_bundles_are_found(void **state)
{
	struct hash here = hash_of(slice_of("leaf")), other = hash_of(slice_of("x"));
	struct head h;

	(void)state;
	fill(&h);
	assert_true(head_is_missing(&h, &here));
	assert_false(head_is_missing(&h, &other));
	head_done(&h);
}

static void touch(const char *dir, const char *name)
{
	char *path = state_path(dir, "%s", name);
	struct diag d;

	assert_int_equal(file_write(path, slice_of(name), 0600, &d), OK);
	free(path);
}

static bool there(const char *dir, const char *name)
{
	char *path = state_path(dir, "%s", name);
	bool yes = file_exists(path);

	free(path);
	return yes;
}

static glob_t found(const char *dir, const char *pattern)
{
	char *path = state_path(dir, "%s", pattern);
	glob_t g;

	assert_int_equal(glob(path, 0, NULL, &g), 0);
	free(path);
	return g;
}

static size_t count(const char *dir, const char *pattern)
{
	glob_t g = found(dir, pattern);
	size_t n = g.gl_pathc;

	globfree(&g);
	return n;
}

static void setting_aside_moves_all_but_bundles(void **state)
{
	char dir[] = "/tmp/varsel.XXXXXX";
	struct diag d;
	char *bundle;

	(void)state;
	assert_non_null(mkdtemp(dir));
	bundle = state_path(dir, "bundle");
	assert_int_equal(file_mkdir(bundle, 0755, &d), OK);
	touch(dir, "head");
	touch(dir, "journal.3");
	touch(dir, "bundle/x");
	assert_int_equal(state_set_aside(dir, 3, &d), OK);
	assert_false(there(dir, "head"));
	assert_false(there(dir, "journal.3"));
	assert_true(there(dir, "bundle/x"));
	free(bundle);
	assert_int_equal(count(dir, "damaged.*/head"), 1);
	assert_int_equal(count(dir, "damaged.*/journal.3"), 1);
	fake_remove_tree(dir);
}

static void evidence_is_kept_once_and_bounded(void **state)
{
	char dir[] = "/tmp/varsel.XXXXXX", text[32];
	struct buf note;
	struct diag d;
	glob_t g;

	(void)state;
	assert_non_null(mkdtemp(dir));
	state_evidence(dir, "stored", slice_of("text"), slice_of("the note"));
	state_evidence(dir, "stored", slice_of("text"), slice_of("signed again"));
	g = found(dir, "evidence/*-stored");
	assert_int_equal(g.gl_pathc, 1);
	buf_init(&note, 100);
	assert_int_equal(file_read(g.gl_pathv[0], &note, &d), OK);
	assert_string_equal(buf_str(&note), "the note");
	buf_done(&note);
	globfree(&g);
	for (int i = 0; i < 200; i++) {
		(void)snprintf(text, sizeof(text), "text %d", i);
		state_evidence(dir, "received", slice_of(text), slice_of("x"));
	}
	assert_true(count(dir, "evidence/*") <= 100);
	fake_remove_tree(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(every_flipped_bit_is_seen),
		cmocka_unit_test(missing_bundles_are_found),
		cmocka_unit_test(setting_aside_moves_all_but_bundles),
		cmocka_unit_test(evidence_is_kept_once_and_bounded),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
