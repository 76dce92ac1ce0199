/* SPDX-License-Identifier: BSD-2-Clause */
/* Organisations, links, enrolment, tokens, coordinators, root documents. */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "common/link.h"
#include "common/request.h"
#include "server/core/coordinators.h"
#include "server/core/enrol.h"
#include "server/core/roots.h"
#include "server/core/token.h"
#include "tests/integration/core/world.h"

static void says(const char *why)
{
	if (!strstr(w.d.text, why))
		fail_msg("\"%s\" does not say \"%s\"", w.d.text, why);
}

static enum err org_add(
	const char *code, const char *name, const char *sector, bool *added)
{
	struct org org;

	return orgs_add(
		w.db, &w.coordinator, code, name, sector, w.now, &w.a, &org, added, &w.d);
}

static void test_orgs(void **state)
{
	struct orgs list;
	bool added;

	(void)state;
	assert_int_equal(org_add("0751", "Aarhus", NULL, &added), OK);
	assert_true(added);
	assert_int_equal(org_add("0101", "København", "kommune", &added), OK);
	assert_int_equal(org_add("0101", "København", "kommune", &added), OK);
	assert_false(added);
	assert_int_equal(org_add("0101", "Kopenhagen", "kommune", &added), ERR_CONFLICT);
	says("København");
	assert_int_equal(org_add("0101", "København", NULL, &added), ERR_CONFLICT);
	assert_int_equal(org_add("a/b", "x", NULL, &added), ERR_VALUE);
	assert_int_equal(org_add("", "x", NULL, &added), ERR_VALUE);
	assert_int_equal(org_add("12345678901234567", "x", NULL, &added), ERR_VALUE);
	assert_int_equal(org_add("1", "", NULL, &added), ERR_VALUE);
	assert_int_equal(org_add("1", "a\nb", NULL, &added), ERR_VALUE);
	assert_int_equal(org_add("1", "a\xff", NULL, &added), ERR_VALUE);
	assert_int_equal(orgs_list(w.db, &w.a, &list, &w.d), OK);
	assert_int_equal(list.n, 2);
	assert_string_equal(list.item[0].code, "0101");
	assert_string_equal(list.item[0].name, "København");
	assert_string_equal(list.item[0].sector, "kommune");
	assert_int_equal(list.item[0].keys, 0);
	assert_int_equal(list.item[0].last_seen, 0);
	assert_false(list.item[0].suspended);
	assert_int_equal(orgs_seen(w.db, "0101", NOW + 5, &w.d), OK);
	assert_int_equal(orgs_seen(w.db, "0101", NOW + 50, &w.d), OK);
	assert_int_equal(orgs_list(w.db, &w.a, &list, &w.d), OK);
	assert_int_equal(list.item[0].last_seen, NOW + 5);
	assert_int_equal(
		world_sql("SELECT count(*) FROM audit WHERE action = 'org-add'"), 2);
}

static struct enrol_link new_link(const char *code)
{
	struct enrol_link link;
	const char *url;
	int64_t expires;

	assert_int_equal(orgs_link(&w.core, w.db, &w.coordinator, code, w.now, &w.a, &url,
				 &expires, &w.d),
		OK);
	assert_int_equal(expires, w.now + 86400);
	assert_int_equal(link_parse(slice_of(url), &link, &w.d), OK);
	return link;
}

/* Uses the link with a new key named for `code` and `n`, signed by that key. */
static enum err use_link(const struct enrol_link *link, const char *code, int64_t n)
{
	CLEANUP_SECKEY struct seckey key = {0};
	CLEANUP_BUF struct buf text = {.max = REQUEST_NOTE_MAX},
			       note = {.max = REQUEST_NOTE_MAX};
	struct enrol_request req = {
		.hub = slice_of(HUB), .org = slice_of(code), .issued = w.now};
	struct enrolled done;
	char *name = arena_printf(&w.a, HUB "/org/%s/%lld", code, (long long)n);

	assert_int_equal(seckey_generate(slice_of(name), KEY_ED25519, &key, &w.d), OK);
	req.link_hash = hash_of(slice_mem(link->secret, sizeof(link->secret)));
	req.key = key.pub;
	enrol_request_put(&text, &req);
	note_begin(&note, buf_view(&text));
	assert_int_equal(note_sign(&note, buf_view(&text), &key, 0, &w.d), OK);
	return enrol_take(&w.core, w.db, buf_view(&note), w.now, &w.a, &done, &w.d);
}

static void test_links(void **state)
{
	struct enrol_link link, second, other;
	struct slice stored;
	struct note root;
	struct hash h;
	bool added;

	(void)state;
	assert_int_equal(org_add("0101", "København", NULL, &added), OK);
	assert_int_equal(org_add("0751", "Aarhus", NULL, &added), OK);
	link = new_link("0101");
	assert_true(slice_is(link.url, "https://" HUB));
	assert_true(slice_is(link.org, "0101"));
	assert_int_equal(link.n, 1);
	assert_int_equal(roots_get(w.db, 1, &w.a, &stored, &w.d), OK);
	assert_int_equal(note_parse(stored, &root, &w.d), OK);
	h = hash_of(root.text);
	assert_true(hash_same(&h, &link.root));
	second = new_link("0101");
	assert_int_equal(second.n, 2);
	other = new_link("0751");

	assert_int_equal(use_link(&other, "0101", 1), ERR_FORBIDDEN); /* not its link */
	assert_int_equal(use_link(&link, "0101", 2), ERR_FORBIDDEN);  /* not its number */
	assert_int_equal(use_link(&link, "0999", 1), ERR_FORBIDDEN);
	assert_int_equal(use_link(&link, "0101", 1), OK);
	assert_int_equal(use_link(&link, "0101", 1), ERR_FORBIDDEN); /* used */
	w.now += 86400;
	assert_int_equal(use_link(&second, "0101", 2), ERR_FORBIDDEN); /* expired */
	assert_int_equal(world_sql("SELECT count(*) FROM org_key"), 1);
	/* The secret itself is nowhere. */
	assert_int_equal(
		world_sql("SELECT count(*) FROM enrol_link WHERE length(secret_hash)"
			  " = 32"),
		3);
	assert_int_equal(orgs_link(&w.core, w.db, &w.coordinator, "0999", w.now, &w.a,
				 &(const char *){NULL}, &(int64_t){0}, &w.d),
		ERR_NOT_FOUND);
	(void)world_sql("DELETE FROM root");
	assert_int_equal(orgs_link(&w.core, w.db, &w.coordinator, "0101", w.now, &w.a,
				 &(const char *){NULL}, &(int64_t){0}, &w.d),
		ERR_CONFLICT);
	says("root add");
}

static struct slice token_note(
	const char *scope, int64_t issued, const char *nonce, const struct seckey *key)
{
	CLEANUP_BUF struct buf text = {.max = REQUEST_NOTE_MAX},
			       note = {.max = REQUEST_NOTE_MAX};
	struct token_request req = {.hub = slice_of(HUB),
		.aud = slice_of(HUB),
		.scope = slice_of(scope),
		.issued = issued,
		.nonce = slice_of(nonce)};

	token_request_put(&text, &req);
	note_begin(&note, buf_view(&text));
	assert_int_equal(note_sign(&note, buf_view(&text), key, 0, &w.d), OK);
	return slice_mem(arena_dup(&w.a, buf_view(&note)), note.len);
}

static enum err token(const char *scope, const struct seckey *key, struct grant *ret)
{
	static unsigned serial;
	char nonce[NONCE_HEX + 1];

	(void)snprintf(nonce, sizeof(nonce), "%032x", serial++);
	return token_take(&w.core, w.db, token_note(scope, w.now, nonce, key), w.now,
		&w.a, ret, &w.d);
}

static void test_tokens(void **state)
{
	static const char nonce[] = "00112233445566778899aabbccddeeff";
	CLEANUP_SECKEY struct seckey stranger = {0};
	struct member m;
	struct grant g;

	(void)state;
	member_enrol(&m, "0101");
	assert_int_equal(token("feed", &m.key, &g), OK);
	assert_string_equal(g.key, m.name);
	assert_string_equal(g.org, "0101");
	assert_string_equal(g.role, "member");
	assert_int_equal(g.scopes, SCOPE_FEED);
	assert_int_equal(g.lifetime, 86400);
	assert_int_equal(token("feed report read", &m.key, &g), OK);
	assert_int_equal(g.scopes, SCOPES_MEMBER);
	assert_int_equal(g.lifetime, 900);
	assert_int_equal(token("coordinate", &m.key, &g), ERR_FORBIDDEN);
	says("coordinate");
	assert_int_equal(token("everything", &m.key, &g), ERR_VALUE);

	assert_int_equal(seckey_generate(slice_of(HUB "/org/0101/9"), KEY_ED25519,
				 &stranger, &w.d),
		OK);
	assert_int_equal(token("feed", &stranger, &g), ERR_UNAUTHORIZED);
	/* Another key under a known name. */
	seckey_done(&stranger);
	assert_int_equal(
		seckey_generate(slice_of(m.name), KEY_ED25519, &stranger, &w.d), OK);
	assert_int_not_equal(token("feed", &stranger, &g), OK);

	assert_int_equal(token_take(&w.core, w.db, token_note("feed", NOW, nonce, &m.key),
				 NOW, &w.a, &g, &w.d),
		OK);
	assert_int_equal(token_take(&w.core, w.db, token_note("read", NOW, nonce, &m.key),
				 NOW + 299, &w.a, &g, &w.d),
		ERR_CONFLICT);
	assert_int_equal(token_take(&w.core, w.db, token_note("feed", NOW, nonce, &m.key),
				 NOW + 301, &w.a, &g, &w.d),
		ERR_STALE);
	assert_int_equal(token_take(&w.core, w.db, token_note("feed", NOW, nonce, &m.key),
				 NOW - 301, &w.a, &g, &w.d),
		ERR_FUTURE);
	/* Nonces do not pile up. */
	w.now += 3600;
	assert_int_equal(token("feed", &m.key, &g), OK);
	assert_int_equal(world_sql("SELECT count(*) FROM token_nonce"), 1);
	member_done(&m);
}

static void test_suspension_and_return(void **state)
{
	struct enrol_link open, again;
	struct member m;
	struct grant g;
	struct texts off;

	(void)state;
	member_enrol(&m, "0101");
	open = new_link("0101");
	assert_int_equal(
		orgs_suspend(w.db, &w.coordinator, "0999", NOW, &w.d), ERR_NOT_FOUND);
	assert_int_equal(orgs_suspend(w.db, &w.coordinator, "0101", NOW, &w.d), OK);
	assert_int_equal(orgs_suspend(w.db, &w.coordinator, "0101", NOW, &w.d), OK);
	assert_int_equal(
		world_sql("SELECT count(*) FROM audit WHERE action = 'org-suspend'"), 1);
	assert_int_equal(token("feed", &m.key, &g), ERR_FORBIDDEN);
	assert_int_equal(use_link(&open, "0101", open.n), ERR_FORBIDDEN);
	assert_int_equal(orgs_keys_off(w.db, &w.a, &off, &w.d), OK);
	assert_int_equal(off.n, 1);
	assert_string_equal(off.item[0], m.name);
	again = new_link("0101");
	assert_int_equal(use_link(&again, "0101", again.n), OK);
	assert_int_equal(world_sql("SELECT count(*) FROM org WHERE state = 'active'"), 1);
	/* The old key stays off. */
	assert_int_equal(token("feed", &m.key, &g), ERR_FORBIDDEN);
	member_done(&m);
}

static void test_coordinators(void **state)
{
	CLEANUP_SECKEY struct seckey login = {0};
	CLEANUP_BUF struct buf vkey = {.max = VKEY_MAX}, wrong = {.max = VKEY_MAX};
	struct grant g;
	struct texts off;
	bool changed;

	(void)state;
	assert_int_equal(
		seckey_generate(slice_of(HUB "/login/anna"), KEY_ED25519, &login, &w.d),
		OK);
	pubkey_put(&vkey, &login.pub);
	pubkey_put(&wrong, &w.anna.pub);
	assert_int_equal(token("coordinate", &login, &g), ERR_UNAUTHORIZED);
	assert_int_equal(coordinators_add(&w.core, w.db, "console:test", "anna",
				 buf_str(&wrong), NOW, &changed, &w.d),
		ERR_VALUE);
	says("/login/anna");
	assert_int_equal(coordinators_add(&w.core, w.db, "console:test", "a/b",
				 buf_str(&vkey), NOW, &changed, &w.d),
		ERR_VALUE);
	assert_int_equal(coordinators_add(&w.core, w.db, "console:test", "anna", "x", NOW,
				 &changed, &w.d),
		ERR_SYNTAX);
	assert_int_equal(coordinators_add(&w.core, w.db, "console:test", "anna",
				 buf_str(&vkey), NOW, &changed, &w.d),
		OK);
	assert_true(changed);
	assert_int_equal(coordinators_add(&w.core, w.db, "console:test", "anna",
				 buf_str(&vkey), NOW, &changed, &w.d),
		OK);
	assert_false(changed);
	assert_int_equal(token("coordinate read feed", &login, &g), OK);
	assert_null(g.org);
	assert_string_equal(g.role, "coordinator");
	assert_int_equal(token("report", &login, &g), ERR_FORBIDDEN);
	assert_int_equal(
		coordinators_remove(&w.core, w.db, "console:test", "anna", NOW, &w.d),
		OK);
	assert_int_equal(
		coordinators_remove(&w.core, w.db, "console:test", "anna", NOW, &w.d),
		ERR_NOT_FOUND);
	assert_int_equal(token("coordinate", &login, &g), ERR_FORBIDDEN);
	assert_int_equal(orgs_keys_off(w.db, &w.a, &off, &w.d), OK);
	assert_int_equal(off.n, 1);
	assert_string_equal(off.item[0], HUB "/login/anna");
}

/* Root `version` with anna as the coordinator, this log's keys or `log`, signed by `by`.
 */
static struct slice root_note(int64_t version, const struct pubkey *log,
	const struct pubkey *fresh, const struct seckey *by)
{
	struct root r = {.version = version,
		.issued = NOW,
		.expires = NOW + 300 * 86400,
		.hub = HUB,
		.threshold_root = 1,
		.threshold_coordinator = 1,
		.max_age = 3600,
		.max_lifetime = 300 * 86400,
		.keys = {w.root.pub, w.anna.pub, *log, *fresh},
		.first = {0, 1, 2, 2, 3, 4}};
	CLEANUP_BUF struct buf text = {.max = ROOT_MAX}, note = {.max = ROOT_MAX};

	root_put(&text, &r);
	note_begin(&note, buf_view(&text));
	assert_int_equal(note_sign(&note, buf_view(&text), by, 0, &w.d), OK);
	return slice_mem(arena_dup(&w.a, buf_view(&note)), note.len);
}

static enum err add(struct slice note, bool *added)
{
	struct pubkey log, fresh;
	struct root root;

	log_keys(w.core.log, &log, &fresh);
	return roots_add(&w.core, w.db, "console:test", note, &log, &fresh, NOW, &w.a,
		&root, added, &w.d);
}

static void test_roots(void **state)
{
	CLEANUP_SECKEY struct seckey other = {0};
	struct pubkey log, fresh;
	struct slice first, second, stored;
	struct root newest;
	bool added;

	(void)state;
	log_keys(w.core.log, &log, &fresh);
	second = root_note(2, &log, &fresh, &w.root);
	assert_int_equal(add(root_note(2, &log, &fresh, &w.anna), &added), ERR_SIGNATURE);
	assert_int_not_equal(add(root_note(3, &log, &fresh, &w.root), &added), OK);
	assert_int_equal(roots_newest(w.db, &w.a, &newest, NULL, &w.d), OK);
	assert_int_equal(newest.version, 1);
	assert_int_equal(add(second, &added), OK);
	assert_true(added);
	assert_int_equal(add(second, &added), OK);
	assert_false(added);
	assert_int_equal(roots_newest(w.db, &w.a, &newest, NULL, &w.d), OK);
	assert_int_equal(newest.version, 2);
	assert_int_equal(roots_get(w.db, 2, &w.a, &stored, &w.d), OK);
	assert_true(slice_same(stored, second));
	assert_int_equal(roots_get(w.db, 1, &w.a, &first, &w.d), OK);
	assert_int_equal(add(first, &added), OK);
	assert_false(added);
	assert_int_equal(add(root_note(1, &log, &fresh, &w.root), &added), ERR_CONFLICT);
	assert_int_equal(roots_get(w.db, 3, &w.a, &stored, &w.d), ERR_NOT_FOUND);

	/* One that names another log's key would make every client hold. */
	(void)world_sql("DELETE FROM root");
	assert_int_equal(
		seckey_generate(slice_of(ORIGIN), KEY_ED25519, &other, &w.d), OK);
	assert_int_equal(
		add(root_note(1, &other.pub, &fresh, &w.root), &added), ERR_CONFLICT);
	says("log.key");
}

#define TEST(f) cmocka_unit_test_setup(f, world_fresh)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_orgs),
		TEST(test_links),
		TEST(test_tokens),
		TEST(test_suspension_and_return),
		TEST(test_coordinators),
		TEST(test_roots),
	};

	return cmocka_run_group_tests(tests, world_start, world_stop);
}
