/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>

#include "client/feed/verify.h"
#include "common/clock.h"

#define ORIGIN "hub.test/feed/kommuner"

static struct seckey root_key, coord, coord2, log_key, fresh, stranger;
static struct root root;

static void make_key(struct seckey *k, const char *name, uint8_t type)
{
	struct diag d;

	assert_int_equal(seckey_generate(slice_of(name), type, k, &d), OK);
}

static int setup(void **state)
{
	(void)state;
	make_key(&root_key, "hub.test/root/a", KEY_ED25519);
	make_key(&coord, "hub.test/coordinator/a", KEY_ED25519);
	make_key(&coord2, "hub.test/coordinator/b", KEY_ED25519);
	make_key(&log_key, ORIGIN, KEY_ED25519);
	make_key(&fresh, ORIGIN "/fresh", KEY_COSIGNER);
	make_key(&stranger, "hub.test/coordinator/c", KEY_ED25519);
	root = (struct root){.version = 1,
		.threshold_root = 1,
		.threshold_coordinator = 2,
		.max_age = 3600,
		.max_lifetime = 30 * 86400,
		.keys = {root_key.pub, coord.pub, coord2.pub, log_key.pub, fresh.pub},
		.first = {0, 1, 3, 3, 4, 5}};
	return 0;
}

static int teardown(void **state)
{
	struct seckey *keys[] = {&root_key, &coord, &coord2, &log_key, &fresh, &stranger};

	(void)state;
	for (size_t i = 0; i < 6; i++)
		seckey_done(keys[i]);
	return 0;
}

static void sign(struct buf *note, const char *text, const struct seckey *const *keys)
{
	struct diag d;

	buf_init(note, 65536);
	note_begin(note, slice_of(text));
	for (; *keys; keys++)
		assert_int_equal(
			note_sign(note, slice_of(text), *keys, 1800000000, &d), OK);
}

static void checkpoints(void **state)
{
	static const char good[] =
		ORIGIN "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
	static const char other[] = "hub.test/feed/test\n0\n"
				    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
	const struct {
		const char *text;
		const struct seckey *keys[4];
		enum err want;
	} table[] = {
		{good, {&log_key, &fresh}, OK},
		{good, {&fresh, &stranger, &log_key}, OK},
		{good, {&log_key}, ERR_SIGNATURE},
		{good, {&fresh}, ERR_SIGNATURE},
		{good, {&coord, &stranger}, ERR_SIGNATURE},
		{other, {&log_key, &fresh}, ERR_WRONG_HUB},
		{"not a checkpoint\n", {&log_key, &fresh}, ERR_SYNTAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct checkpoint c;
		struct buf note;
		struct note n;
		struct diag d;
		int64_t time = 0;

		sign(&note, table[i].text, table[i].keys);
		assert_int_equal(
			verify_checkpoint(&root, buf_view(&note), &n, &c, &time, &d),
			table[i].want);
		if (table[i].want)
			assert_true(slice_starts(slice_of(d.text), "checkpoint: "));
		else
			assert_true(time == 1800000000 && c.size == 0);
		buf_done(&note);
	}
}

static struct statement statement(enum verb verb)
{
	struct statement st = {.verb = verb,
		.issued = 1800000000,
		.log = ORIGIN,
		.expires = 1800000000 + 86400,
		.bytes = 100,
		.count = 1};

	if (verb == VERB_REVOKE)
		st.expires = st.issued + REVOKE_REMEMBERED;
	return st;
}

/* Parses and judges one as a log would hold it. */
static enum err judge(const struct statement *st, const struct seckey *const *keys)
{
	struct feed_statement s;
	struct buf text, note;
	struct diag d;
	enum err e;

	buf_init(&text, 8192);
	statement_put(&text, st);
	sign(&note, buf_str(&text), keys);
	e = verify_entry(ORIGIN, 7, buf_view(&note), &s, &d);
	if (!e) {
		struct hash id = hash_of(buf_view(&text));

		assert_int_equal(s.index, 7);
		assert_true(hash_same(&s.id, &id));
		e = verify_statement(&root, &s, &d);
	}
	if (e)
		assert_non_null(strstr(d.text, "log entry 7: "));
	buf_done(&text);
	buf_done(&note);
	return e;
}

static void statements(void **state)
{
	struct statement approve = statement(VERB_APPROVE),
			 revoke = statement(VERB_REVOKE), longer = approve,
			 foreign = approve;
	const struct seckey *both[] = {&coord, &coord2, NULL};
	const struct seckey *one[] = {&coord2, NULL};
	const struct seckey *twice[] = {&coord, &coord, NULL};
	const struct seckey *hubs[] = {&log_key, &coord, NULL};

	(void)state;
	longer.expires = longer.issued + root.max_lifetime + 1;
	(void)snprintf(foreign.log, sizeof(foreign.log), "hub.test/feed/test");
	assert_int_equal(judge(&approve, both), OK);
	assert_int_equal(judge(&approve, one), ERR_SIGNATURE);
	assert_int_equal(judge(&approve, twice), ERR_SIGNATURE);
	assert_int_equal(judge(&approve, hubs), ERR_SIGNATURE);
	assert_int_equal(judge(&revoke, one), OK);
	assert_int_equal(judge(&revoke, (const struct seckey *[]){&stranger, NULL}),
		ERR_SIGNATURE);
	assert_int_equal(judge(&longer, both), ERR_VALUE);
	assert_int_equal(judge(&foreign, both), ERR_WRONG_HUB);
}

static void what_is_no_statement_is_refused(void **state)
{
	static char big[STATEMENT_MAX + 1];
	struct feed_statement s;
	struct diag d;

	(void)state;
	memset(big, 'x', sizeof(big));
	assert_int_equal(verify_entry(ORIGIN, 0, slice_of(""), &s, &d), ERR_SYNTAX);
	assert_int_equal(verify_entry(ORIGIN, 0, slice_of("x\n"), &s, &d), ERR_SYNTAX);
	assert_int_equal(
		verify_entry(ORIGIN, 3, slice_mem(big, sizeof(big)), &s, &d), ERR_LIMIT);
	assert_true(slice_starts(slice_of(d.text), "log entry 3: over 8192 bytes"));
}

static void a_void_must_be_valid_itself(void **state)
{
	struct feed_statement st[3] = {{.st = statement(VERB_APPROVE), .valid = true},
		{.st = {.verb = VERB_VOID}, .valid = true},
		{.st = statement(VERB_APPROVE), .valid = true}};

	(void)state;
	st[0].id = hash_of(slice_of("a"));
	st[2].id = hash_of(slice_of("b"));
	st[1].st.target = st[0].id;
	verify_voids(st, 3);
	assert_true(st[0].voided);
	assert_false(st[2].voided);
	st[1].valid = false;
	verify_voids(st, 3);
	assert_false(st[0].voided);
	st[1].valid = true;
	st[1].parked = true;
	verify_voids(st, 3);
	assert_false(st[0].voided);
}

static void what_is_over_is_not_wanted(void **state)
{
	struct feed_statement s = {.st = statement(VERB_APPROVE), .valid = true};
	int64_t issued = s.st.issued;

	(void)state;
	assert_true(verify_wants_bundle(&s, issued));
	assert_false(verify_wants_bundle(&s, s.st.expires));
	s.voided = true;
	assert_false(verify_wants_bundle(&s, issued));
	s.voided = false;
	s.parked = true;
	assert_false(verify_wants_bundle(&s, issued));
	s.parked = false;
	s.valid = false;
	assert_false(verify_wants_bundle(&s, issued));
	assert_true(verify_is_live(&s, issued)); /* a later root may know its keys */
	s.dead = true;
	assert_false(verify_is_live(&s, issued));
	s = (struct feed_statement){
		.st = {.verb = VERB_VOID, .issued = issued}, .valid = true};
	assert_true(verify_is_live(&s, issued + 365 * 86400));
	assert_false(verify_is_live(&s, issued + REVOKE_REMEMBERED));
	assert_false(verify_wants_bundle(&s, issued));
	s.st.verb = VERB_NOTICE;
	assert_true(verify_is_live(&s, issued));
	assert_true(verify_wants_bundle(&s, issued));
	assert_false(verify_is_live(&s, issued + NOTICE_SHOWN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checkpoints),
		cmocka_unit_test(statements),
		cmocka_unit_test(what_is_no_statement_is_refused),
		cmocka_unit_test(a_void_must_be_valid_itself),
		cmocka_unit_test(what_is_over_is_not_wanted),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, setup, teardown);
}
