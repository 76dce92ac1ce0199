/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of tests/vectors are what this program makes of fixed keys and texts, and
 * they stand in docs/formats.md as its examples: bytes that change here change the
 * format. `vectors_test write` writes the files anew, from the top of the tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/file.h"
#include "tests/unit/common/vectors.h"

#define FOLDER "tests/vectors/"
#define DOC    "docs/formats.md"

/* One file each. What is text stands in the document, too. */
static const struct vector {
	const char *file;
	void (*make)(struct buf *b);
	bool binary;
} vectors[] = {
	{"keys.txt", keys, false},
	{"root.1", root_1, false},
	{"root.2", root_2, false},
	{"link.txt", enrol_link, false},
	{"enrol.note", enrol, false},
	{"token.note", token, false},
	{"audit.1", audit_1, false},
	{"audit.2", audit_2, false},
	{"report.note", report, false},
	{"bundle.1", bundle_1, false},
	{"bundle.2", bundle_2, false},
	{"bundle.3", bundle_3, false},
	{"bundle.4", bundle_4, false},
	{"advisory.md", advisory, false},
	{"entry.0", approve_1, false},
	{"entry.1", revoke_2, false},
	{"entry.2", approve_3, false},
	{"entry.3", approve_4, false},
	{"entry.4", void_5, false},
	{"entry.5", notice_6, false},
	{"entry.6", attest_7, false},
	{"entries", entries, true},
	{"tile", tile, true},
	{"checkpoint", checkpoint, false},
	{"active.txt", active, false},
};

#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static void read_file(const char *path, struct buf *b)
{
	struct diag d = {""};

	buf_init(b, SIZE);
	if (file_read(path, b, &d))
		fail_msg("%s", d.text);
}

static void test_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < VECTORS; i++) {
		CLEANUP_BUF struct buf want, file;
		char path[256];

		(void)snprintf(path, sizeof(path), FOLDER "%s", vectors[i].file);
		read_file(path, &file);
		buf_init(&want, SIZE);
		vectors[i].make(&want);
		if (!slice_same(buf_view(&want), buf_view(&file)))
			fail_msg("%s is not what the code makes", path);
	}
}

/* The document shows each text as it is, between fences. */
static void test_document(void **state)
{
	CLEANUP_BUF struct buf doc, text, block;

	(void)state;
	read_file(DOC, &doc);
	buf_init(&text, SIZE);
	buf_init(&block, SIZE);
	for (size_t i = 0; i < VECTORS; i++) {
		if (vectors[i].binary)
			continue;
		buf_reset(&text);
		vectors[i].make(&text);
		buf_reset(&block);
		buf_printf(&block, "```\n%s```\n", buf_str(&text));
		if (!strstr(buf_str(&doc), buf_str(&block)))
			fail_msg(DOC " does not show " FOLDER "%s", vectors[i].file);
	}
}

/* Hashes that the document names, each computed here. */
static void shown(const char *doc, const char *what, struct hash h)
{
	char line[256], hex[HASH_HEX];

	hash_hex(&h, hex);
	(void)snprintf(line, sizeof(line), "%s `%s`", what, hex);
	if (!strstr(doc, line))
		fail_msg(DOC " does not say: %s", line);
}

static struct hash file_hash(void (*make)(struct buf *b))
{
	struct buf b;
	struct hash h;

	buf_init(&b, SIZE);
	make(&b);
	h = hash_of(buf_view(&b));
	buf_done(&b);
	return h;
}

static void test_hashes(void **state)
{
	CLEANUP_BUF struct buf doc, b;
	struct hash lines;

	(void)state;
	read_file(DOC, &doc);
	buf_init(&b, SIZE);
	shown(buf_str(&doc), "text of `root.1`:", text_hash(root_1));
	shown(buf_str(&doc), "text of `report.note`:", text_hash(report));
	shown(buf_str(&doc), "text of `entry.0`:", text_hash(approve_1));
	shown(buf_str(&doc), "text of `entry.3`:", text_hash(approve_4));
	shown(buf_str(&doc), "hash of `audit.1`:", audit_chain(1));
	shown(buf_str(&doc), "hash of `audit.2`:", audit_chain(2));
	shown(buf_str(&doc), "file `bundle.1`:", file_hash(bundle_1));
	shown(buf_str(&doc), "root of the seven entries:", tree_root(7));
	shown(buf_str(&doc), "file `entries`:", file_hash(entries));
	shown(buf_str(&doc), "file `tile`:", file_hash(tile));
	active(&b);
	shown(buf_str(&doc), "`active-sha256`:", active_digest);
	lines = hash_of(buf_view(&b));
	assert_true(hash_same(&active_digest, &lines));
}

static void named(const char *doc, const char *word)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "`%s`", word);
	if (!strstr(doc, text))
		fail_msg(DOC " does not name %s", text);
}

/* The document names every row of the tables that a reader must know. */
static void test_tables(void **state)
{
	CLEANUP_BUF struct buf doc;
	const char *d;

	(void)state;
	read_file(DOC, &doc);
	d = buf_str(&doc);
	for (size_t i = 0; i < KIND_COUNT; i++)
		named(d, kinds[i].name);
	for (int v = 0; v < VERB_COUNT; v++)
		named(d, verb_name((enum verb)v));
	for (int r = 0; r < ROLE_COUNT; r++)
		named(d, role_name((enum role)r));
	for (int t = TLP_CLEAR; t <= TLP_RED; t++)
		named(d, tlp_name((enum tlp)t));
	named(d, action_name(ACTION_BLOCK));
	named(d, action_name(ACTION_WATCH));
}

/* A reader accepts them: the chain of roots, then everything under it. */
static void test_roots(void **state)
{
	CLEANUP_BUF struct buf one, two, b;
	struct diag d = {""};
	struct statement st;
	struct root r, next;
	struct note n;

	(void)state;
	buf_init(&one, SIZE);
	buf_init(&two, SIZE);
	buf_init(&b, SIZE);
	root_1(&one);
	root_2(&two);
	assert_int_equal(root_open_first(buf_view(&one), &r, &d), OK);
	assert_int_equal(root_open_next(&r, buf_view(&two), &next, &d), OK);
	for (size_t i = 0; i <= LOGGED; i++) {
		buf_reset(&b);
		(i < LOGGED ? logged[i] : attest_7)(&b);
		assert_int_equal(note_parse(buf_view(&b), &n, &d), OK);
		assert_int_equal(statement_parse(n.text, &st, &d), OK);
		assert_int_equal(root_check_statement(&next, &n, &st, &d), OK);
	}
}

static void test_requests(void **state)
{
	CLEANUP_BUF struct buf b;
	struct diag d = {""};
	struct enrol_request e;
	struct enrol_link l;
	struct hash secret;

	(void)state;
	buf_init(&b, SIZE);
	enrol_link(&b);
	assert_int_equal(link_parse(slice_mem(b.data, b.len - 1), &l, &d), OK);
	secret = hash_of(slice_mem(l.secret, sizeof(l.secret)));
	buf_reset(&b);
	enrol(&b);
	assert_int_equal(enrol_request_open(buf_view(&b), &e, &d), OK);
	assert_true(hash_same(&e.link_hash, &secret));
}

static void test_checkpoint(void **state)
{
	const struct pubkey who[] = {key[LOG].pub, key[FRESH].pub};
	CLEANUP_BUF struct buf b;
	struct diag d = {""};
	struct checkpoint c;
	struct hash root;
	struct note n;
	size_t signers;
	int64_t time;

	(void)state;
	buf_init(&b, SIZE);
	checkpoint(&b);
	assert_int_equal(note_parse(buf_view(&b), &n, &d), OK);
	assert_int_equal(note_verify(&n, who, 2, &signers, NULL, &time, &d), OK);
	assert_int_equal(signers, 2);
	assert_int_equal(time, at("2026-11-24T14:01:00Z"));
	assert_int_equal(checkpoint_parse(n.text, &c, &d), OK);
	root = tree_root(LOGGED + 1);
	assert_true(hash_same(&c.root, &root));
}

static void test_report(void **state)
{
	CLEANUP_BUF struct buf b, value;
	struct diag d = {""};
	bool end = false, fatal;
	struct report r;
	struct line l;
	struct note n;
	size_t lines = 0;

	(void)state;
	buf_init(&b, SIZE);
	buf_init(&value, VALUE_MAX);
	report(&b);
	assert_int_equal(note_parse(buf_view(&b), &n, &d), OK);
	assert_int_equal(report_parse(n.text, &r, &d), OK);
	while (report_next(&r, &value, &l, &end, &fatal, &d) == OK && !end) {
		lines++;
		if (l.kind->id == KIND_URL)
			assert_true(slice_is(l.value, "http://evil.example/login"));
	}
	assert_true(end);
	assert_int_equal(lines, 4);
}

static int write_all(void)
{
	struct diag d;

	for (size_t i = 0; i < VECTORS; i++) {
		CLEANUP_BUF struct buf b;
		char path[256];

		(void)snprintf(path, sizeof(path), FOLDER "%s", vectors[i].file);
		buf_init(&b, SIZE);
		vectors[i].make(&b);
		if (buf_err(&b) || file_write(path, buf_view(&b), 0644, &d)) {
			fprintf(stderr, "%s\n", d.text);
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_document),
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_roots),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_checkpoint),
		cmocka_unit_test(test_report),
	};

	if (sodium_init() < 0)
		return 1;
	for (size_t i = 0; i < PEOPLE; i++)
		make_key((enum who)i);
	if (argc == 2 && strcmp(argv[1], "write") == 0)
		return write_all();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
