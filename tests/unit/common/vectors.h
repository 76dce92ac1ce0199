/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the test vectors of docs/formats.md are made: every document that crosses the wire,
 * from fixed keys and texts. Included by vectors_test.c alone.
 */
#ifndef VARSEL_TEST_VECTORS_H
#define VARSEL_TEST_VECTORS_H

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/activeset.h"
#include "common/audit.h"
#include "common/checkpoint.h"
#include "common/link.h"
#include "common/report.h"
#include "common/request.h"
#include "common/root.h"
#include "common/tile.h"

#define HUB    "varsel.example"
#define ROOT   HUB "/root/"
#define ORIGIN HUB "/feed/kommuner"
#define SIZE   (1u << 20)

enum who { ROOT_A, ROOT_B, ROOT_C, ANNA, BO, ATTESTER, LOG, FRESH, ORG, PEOPLE };

static const struct {
	const char *name;
	uint8_t type;
} people[PEOPLE] = {
	[ROOT_A] = {ROOT "a", KEY_ED25519},
	[ROOT_B] = {ROOT "b", KEY_ED25519},
	[ROOT_C] = {ROOT "c", KEY_ED25519},
	[ANNA] = {HUB "/coordinator/anna", KEY_ED25519},
	[BO] = {HUB "/coordinator/bo", KEY_ED25519},
	[ATTESTER] = {HUB "/attest/1", KEY_ED25519},
	[LOG] = {ORIGIN, KEY_ED25519},
	[FRESH] = {ORIGIN "/fresh", KEY_COSIGNER},
	[ORG] = {HUB "/org/0101/1", KEY_ED25519},
};

static struct seckey key[PEOPLE];

static inline int64_t at(const char *time)
{
	int64_t t = 0;

	if (clock_parse(slice_of(time), &t, NULL))
		abort();
	return t;
}

/* The seed of a key is the SHA-256 of its name: nobody can take it for a secret. */
static inline void make_key(enum who w)
{
	struct hash seed = hash_of(slice_of(people[w].name));
	uint8_t pk[32], sk[64], raw[33];
	struct pubkey pub;
	struct buf text;

	(void)crypto_sign_seed_keypair(pk, sk, seed.b);
	if (pubkey_make(slice_of(people[w].name), people[w].type, pk, &pub, NULL))
		abort();
	raw[0] = people[w].type;
	memcpy(raw + 1, seed.b, sizeof(seed.b));
	buf_init(&text, 1024);
	buf_printf(&text, "PRIVATE+KEY+%s+", pub.name);
	buf_hex(&text, pub.id, sizeof(pub.id));
	buf_puts(&text, "+");
	buf_base64(&text, raw, sizeof(raw));
	if (seckey_parse(buf_view(&text), &key[w], NULL))
		abort();
	buf_done(&text);
}

/* Signs the text in *b by those listed (PEOPLE ends the list), in place. */
static inline void sign(struct buf *b, const enum who *by, int64_t time)
{
	struct buf text;

	buf_init(&text, SIZE);
	buf_slice(&text, buf_view(b));
	buf_reset(b);
	note_begin(b, buf_view(&text));
	for (; *by != PEOPLE; by++)
		if (note_sign(b, buf_view(&text), &key[*by], time, NULL))
			abort();
	buf_done(&text);
}

#define SIGN(b, ...) sign(b, (const enum who[]){__VA_ARGS__, PEOPLE}, 0)

static inline void add_key(struct root *r, enum role role, enum who w)
{
	r->keys[r->first[ROLE_COUNT]++] = key[w].pub;
	for (size_t i = role + 1; i < ROLE_COUNT; i++)
		r->first[i] = r->first[ROLE_COUNT];
}

static inline void put_root(struct buf *b, int64_t version, enum who second)
{
	struct root r = {.version = version,
		.issued = at(
			version == 1 ? "2026-11-24T00:00:00Z" : "2026-11-25T00:00:00Z"),
		.expires = at("2027-11-24T00:00:00Z"),
		.hub = HUB,
		.threshold_root = 2,
		.threshold_coordinator = 1,
		.max_age = 3600,
		.attest_within = 86400,
		.max_lifetime = 31536000};

	add_key(&r, ROLE_ROOT, ROOT_A);
	add_key(&r, ROLE_ROOT, second);
	add_key(&r, ROLE_COORDINATOR, ANNA);
	add_key(&r, ROLE_COORDINATOR, BO);
	add_key(&r, ROLE_ATTEST, ATTESTER);
	add_key(&r, ROLE_LOG, LOG);
	add_key(&r, ROLE_FRESH, FRESH);
	root_put(b, &r);
}

static inline void root_1(struct buf *b)
{
	put_root(b, 1, ROOT_B);
	SIGN(b, ROOT_A, ROOT_B);
}

/* Key b gives way to c: the old keys a and b and the new ones a and c sign. */
static inline void root_2(struct buf *b)
{
	put_root(b, 2, ROOT_C);
	SIGN(b, ROOT_A, ROOT_B, ROOT_C);
}

static inline void keys(struct buf *b)
{
	for (size_t i = 0; i < PEOPLE; i++) {
		seckey_put(b, &key[i]);
		buf_puts(b, "\n");
		pubkey_put(b, &key[i].pub);
		buf_puts(b, "\n");
	}
}

static inline struct hash text_hash(void (*make)(struct buf *b))
{
	struct note n;
	struct buf b;
	struct hash h;

	buf_init(&b, SIZE);
	make(&b);
	if (note_parse(buf_view(&b), &n, NULL))
		abort();
	h = hash_of(n.text);
	buf_done(&b);
	return h;
}

static inline void enrol_link(struct buf *b)
{
	struct enrol_link l = {.url = slice_of("https://" HUB),
		.hub = slice_of(HUB),
		.org = slice_of("0101"),
		.n = 1,
		.root = text_hash(root_1)};

	for (uint8_t i = 0; i < LINK_SECRET; i++)
		l.secret[i] = i;
	link_put(b, &l);
	buf_puts(b, "\n");
}

static inline void enrol(struct buf *b)
{
	struct enrol_request r = {.hub = slice_of(HUB),
		.org = slice_of("0101"),
		.issued = at("2026-11-24T09:00:00Z"),
		.key = key[ORG].pub};
	uint8_t secret[LINK_SECRET];

	for (uint8_t i = 0; i < LINK_SECRET; i++)
		secret[i] = i;
	r.link_hash = hash_of(slice_mem(secret, sizeof(secret)));
	enrol_request_put(b, &r);
	SIGN(b, ORG);
}

static const struct audit_row audit_rows[] = {
	{.id = 1,
		.actor = "console:root",
		.action = "coordinator-add",
		.subject = HUB "/login/anna",
		.detail = ""},
	{.id = 2,
		.actor = HUB "/login/anna",
		.action = "reject",
		.subject = "17 18",
		.detail = "vores egen skanner på rådhuset"},
};

static inline void audit_text(struct buf *b, size_t i)
{
	struct audit_row r = audit_rows[i];

	r.at = at("2026-11-24T09:00:00Z") + (int64_t)i * 3600;
	audit_put(b, &r);
}

static inline void audit_1(struct buf *b)
{
	audit_text(b, 0);
}

static inline void audit_2(struct buf *b)
{
	audit_text(b, 1);
}

/* The hashes of the first rows, by another way than audit_hash() goes. */
static inline struct hash audit_chain(size_t rows)
{
	struct hash h = {{0}};

	for (size_t i = 0; i < rows; i++) {
		struct buf b;

		buf_init(&b, SIZE);
		buf_put(&b, h.b, sizeof(h.b));
		audit_text(&b, i);
		h = hash_of(buf_view(&b));
		buf_done(&b);
	}
	return h;
}

static inline void token(struct buf *b)
{
	struct token_request r = {.hub = slice_of(HUB),
		.aud = slice_of(HUB),
		.scope = slice_of("report read"),
		.issued = at("2026-11-24T09:59:58Z"),
		.nonce = slice_of("000102030405060708090a0b0c0d0e0f")};

	token_request_put(b, &r);
	SIGN(b, ORG);
}

static inline void report(struct buf *b)
{
	struct report r = {.hub = slice_of(HUB),
		.org = slice_of("0101"),
		.issued = at("2026-11-24T10:00:00Z"),
		.tlp = TLP_AMBER,
		.comment = slice_of("Phishing mod lønkontoret, meldt af servicedesk")};

	report_put_header(b, &r);
	buf_puts(b, "domain evil.example block confidence=90 "
		    "seen=2026-11-24T09:58:00Z tag=phishing\n"
		    "ip 203.0.113.7 block confidence=70\n"
		    "url hxxp://Evil[.]example:80/l%6fgin tlp=green\n"
		    "email faktura@evil.example watch\n");
	SIGN(b, ORG);
}

static inline void put_bundle_header(struct buf *b, uint8_t first, const char *reason)
{
	unsigned char salt[16];

	for (uint8_t i = 0; i < sizeof(salt); i++)
		salt[i] = (uint8_t)(first + i);
	bundle_put_header(b, salt, slice_of(reason));
}

static inline void bundle_1(struct buf *b)
{
	put_bundle_header(b, 0x10, "Campaign 2026-114, three municipalities");
	buf_puts(b, "domain evil.example block until=2026-12-24T00:00:00Z tlp=amber "
		    "confidence=80 orgs=3 tag=phishing\n"
		    "ip 198.51.100.0/24 block until=2026-12-01T00:00:00Z confidence=60 "
		    "orgs=1 override=yes\n"
		    "ip 203.0.113.7 block until=2026-12-01T00:00:00Z tlp=green "
		    "confidence=70 orgs=1\n"
		    "url http://evil.example/login watch until=2026-12-24T00:00:00Z "
		    "tlp=green\n");
}

static inline void bundle_2(struct buf *b)
{
	put_bundle_header(b, 0x20, "A school's own address");
	buf_puts(b, "ip 203.0.113.7\n");
}

static inline void bundle_3(struct buf *b)
{
	put_bundle_header(b, 0x30, "Seen again, by two");
	buf_puts(b, "domain evil.example watch until=2026-12-10T00:00:00Z tlp=clear "
		    "confidence=95 orgs=2\n"
		    "ip 203.0.113.7 block until=2026-11-30T00:00:00Z confidence=40 "
		    "orgs=2\n");
}

static inline void bundle_4(struct buf *b)
{
	put_bundle_header(b, 0x40, "To be voided");
	buf_puts(b, "ip 192.0.2.1 block until=2026-12-24T00:00:00Z\n");
}

static inline void advisory(struct buf *b)
{
	buf_puts(b, "# Phishing against payroll\n\nLook for mail from evil.example.\n");
}

static inline void put_decision(struct buf *b, enum verb v, const char *issued,
	const char *expires, void (*make)(struct buf *b), int64_t count)
{
	struct statement s = {
		.log = ORIGIN, .issued = at(issued), .verb = v, .count = count};
	struct buf bundle;

	buf_init(&bundle, SIZE);
	make(&bundle);
	s.bundle = hash_of(buf_view(&bundle));
	s.bytes = (int64_t)bundle.len;
	s.expires = expires ? at(expires) : s.issued + REVOKE_REMEMBERED;
	s.severity = SEVERITY_WARNING;
	statement_put(b, &s);
	buf_done(&bundle);
}

static inline void approve_1(struct buf *b)
{
	put_decision(b, VERB_APPROVE, "2026-11-24T10:05:00Z", "2026-12-24T00:00:00Z",
		bundle_1, 4);
	SIGN(b, ANNA);
}

static inline void revoke_2(struct buf *b)
{
	put_decision(b, VERB_REVOKE, "2026-11-24T11:00:00Z", NULL, bundle_2, 1);
	SIGN(b, BO);
}

static inline void approve_3(struct buf *b)
{
	put_decision(b, VERB_APPROVE, "2026-11-24T12:00:00Z", "2026-12-10T00:00:00Z",
		bundle_3, 2);
	SIGN(b, ANNA, BO);
}

static inline void approve_4(struct buf *b)
{
	put_decision(b, VERB_APPROVE, "2026-11-24T12:30:00Z", "2026-12-24T00:00:00Z",
		bundle_4, 1);
	SIGN(b, ANNA);
}

static inline void void_5(struct buf *b)
{
	struct statement s = {.log = ORIGIN,
		.issued = at("2026-11-24T13:00:00Z"),
		.verb = VERB_VOID,
		.target = text_hash(approve_4)};

	statement_put(b, &s);
	SIGN(b, BO);
}

static inline void notice_6(struct buf *b)
{
	put_decision(b, VERB_NOTICE, "2026-11-24T13:05:00Z", NULL, advisory, 0);
	SIGN(b, ANNA);
}

/* The log so far, and the tree of its first `n` entries. */
static void (*const logged[])(struct buf *b) = {
	approve_1, revoke_2, approve_3, approve_4, void_5, notice_6};
#define LOGGED (sizeof(logged) / sizeof(logged[0]))

static inline void attest_7(struct buf *b);

static inline void put_entries(struct buf *b, size_t n)
{
	struct buf entry;

	buf_init(&entry, SIZE);
	for (size_t i = 0; i < n; i++) {
		buf_reset(&entry);
		(i < LOGGED ? logged[i] : attest_7)(&entry);
		entry_put(b, buf_view(&entry));
	}
	buf_done(&entry);
}

static inline void grow(struct tiletree *t, size_t n)
{
	struct buf entries;
	struct slice rest, entry;

	tiletree_init(t);
	buf_init(&entries, SIZE);
	put_entries(&entries, n);
	for (rest = buf_view(&entries); rest.n;) {
		struct hash leaf;

		if (entry_next(&rest, &entry, NULL))
			abort();
		leaf = merkle_leaf(entry);
		if (tiletree_append(t, &leaf))
			abort();
	}
	buf_done(&entries);
}

static inline struct hash tree_root(size_t n)
{
	struct tiletree t;
	struct hash h;

	grow(&t, n);
	h = frontier_root(&t.frontier);
	tiletree_done(&t);
	return h;
}

static inline void attest_7(struct buf *b)
{
	struct statement s = {.log = ORIGIN,
		.issued = at("2026-11-24T14:00:00Z"),
		.verb = VERB_ATTEST,
		.size = LOGGED,
		.root = tree_root(LOGGED)};

	statement_put(b, &s);
	SIGN(b, ATTESTER);
}

static inline void entries(struct buf *b)
{
	put_entries(b, LOGGED + 1);
}

static inline void tile(struct buf *b)
{
	struct tile_id id = {.level = 0, .width = LOGGED + 1};
	struct tiletree t;
	struct slice hashes;

	grow(&t, LOGGED + 1);
	if (tiletree_get(&t, &id, &hashes))
		abort();
	buf_slice(b, hashes);
	tiletree_done(&t);
}

static inline void checkpoint(struct buf *b)
{
	struct checkpoint c = {.origin = slice_of(ORIGIN),
		.size = LOGGED + 1,
		.root = tree_root(LOGGED + 1)};

	checkpoint_put(b, &c);
	sign(b, (const enum who[]){LOG, FRESH, PEOPLE}, at("2026-11-24T14:01:00Z"));
}

/* One statement of the log for the merge, with its bundle beside it. */
struct loaded {
	struct buf note, bundle;
	struct statement st;
};

static inline size_t load(struct loaded *l, struct decision *d)
{
	static void (*const bundles[])(struct buf * b) = {
		bundle_1, bundle_2, bundle_3, bundle_4};
	size_t n = 0;

	for (size_t i = 0; i < LOGGED; i++) {
		struct bundle b = {0};
		struct note note;

		buf_init(&l[i].note, SIZE);
		buf_init(&l[i].bundle, SIZE);
		logged[i](&l[i].note);
		if (note_parse(buf_view(&l[i].note), &note, NULL) ||
			statement_parse(note.text, &l[i].st, NULL))
			abort();
		if (i < 4) {
			bundles[i](&l[i].bundle);
			if (bundle_open(&l[i].st, buf_view(&l[i].bundle), &b, NULL))
				abort();
		}
		d[n++] = (struct decision){&l[i].st, hash_of(note.text), b.body};
	}
	return n;
}

static struct hash active_digest; /* what the merge itself says of active() */

/* The lines that active-sha256 of a receipt is computed over, two hours after the last
 * decision. */
static inline void active(struct buf *b)
{
	struct loaded l[LOGGED];
	struct decision d[LOGGED];
	struct activeset set;

	if (activeset_merge(d, load(l, d), at("2026-11-24T15:00:00Z"), &set))
		abort();
	for (size_t i = 0; i < set.n; i++) {
		const struct active *a = &set.a[i];

		buf_printf(b, "%s %.*s %s ", kinds[a->kind].name, SLICE_ARG(a->value),
			action_name((enum action)a->action));
		clock_put(b, a->until);
		buf_puts(b, "\n");
	}
	active_digest = activeset_digest(&set);
	activeset_done(&set);
	for (size_t i = 0; i < LOGGED; i++) {
		buf_done(&l[i].note);
		buf_done(&l[i].bundle);
	}
}

#endif
