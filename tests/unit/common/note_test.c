/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sodium.h>

#define DASH "\xe2\x80\x94 "

/* The example in the documentation of Go's golang.org/x/mod/sumdb/note. */
#define VKEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define SKEY                                 \
	"PRIVATE+KEY+PeterNeumann+c74f20a3+" \
	"AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define TEXT                                                         \
	"If you think cryptography is the answer to your problem,\n" \
	"then you don't know what your problem is.\n"
#define SIG                                                     \
	DASH "PeterNeumann "                                    \
	     "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuG" \
	     "UgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
/* Well-formed signatures by nobody we know: of an unknown length, and of a known one. */
#define ODD DASH "someone AAAAAQID\n"
#define FAKE                                                           \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static struct pubkey neumann;
static struct seckey alice, bob, clock_key;

static void known_note(void **state)
{
	struct note n;
	size_t signers = 9;
	bool who = false;
	int64_t time = 9;

	(void)state;
	assert_int_equal(note_parse(slice_of(TEXT "\n" SIG), &n, NULL), OK);
	assert_true(slice_is(n.text, TEXT));
	assert_int_equal(n.nsigs, 1);
	assert_true(slice_is(n.sigs[0].name, "PeterNeumann"));
	assert_true(slice_is(n.sigs[0].line, SIG));
	assert_int_equal(note_verify(&n, &neumann, 1, &signers, &who, &time, NULL), OK);
	assert_int_equal(signers, 1);
	assert_true(who);
	assert_int_equal(time, 0);
}

static void known_signature(void **state)
{
	CLEANUP_SECKEY struct seckey k = {0};
	CLEANUP_BUF struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(seckey_parse(slice_of(SKEY), &k, NULL), OK);
	note_begin(&b, slice_of(TEXT));
	assert_int_equal(note_sign(&b, slice_of(TEXT), &k, 0, NULL), OK);
	assert_string_equal(buf_str(&b), TEXT "\n" SIG);
}

static void refuse(struct slice bytes, const char *why)
{
	struct note n;
	struct diag d = {0};

	if (note_parse(bytes, &n, &d) != ERR_SYNTAX)
		fail_msg("took it, although \"%s\"", why);
	if (!strstr(d.text, why))
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
}

static void malformed(void **state)
{
	static const struct {
		const char *note, *why;
	} row[] = {
		{"", "no blank line"},
		{"\n", "no blank line"},
		{"a\n", "no blank line"},
		{"a\n" SIG, "no blank line"},
		{"a\n\n", "line 3: no signature"},
		{"a\n\nb\n", "line 3: not a signature: no em dash"},
		{"a\n\n" SIG "b\n", "line 4: not a signature: no em dash"},
		{"a\n\n" SIG "\n", "line 5: no signature"},
		{"a\n\n- x AAAAAAAA\n", "no em dash"},
		{"a\n\n\xe2\x80\x94x AAAAAAAA\n", "no em dash"},
		{"a\n\n" DASH "AAAAAAAA\n", "no key name"},
		{"a\n\n" DASH " AAAAAAAA\n", "no key name"},
		{"a\n\n" DASH "x+y AAAAAAAA\n", "no key name"},
		{"a\n\n" DASH "x AAAAAAAA \n", "not canonical base64"},
		{"a\n\n" DASH "x  AAAAAAAA\n", "not canonical base64"},
		{"a\n\n" DASH "x AAAAAAB=\n", "not canonical base64"},
		{"a\n\n" DASH "x AAAAAAA\n", "not canonical base64"},
		{"a\n\n" DASH "x AAAAAA==\n", "only 4 bytes"},
		{"a\n\n" DASH "x AAAA\n", "only 3 bytes"},
		{"a\n\n" DASH "x \n", "only 0 bytes"},
		{"a\n\n" DASH "x AAAAAAAA", "line 3: the note does not end in LF"},
		{"a\r\n\r\n" SIG, "line 1: a carriage return"},
		{"a\nb\tc\n\n" SIG, "line 2: a control character (byte 0x09)"},
		{"a\n\xff\n\n" SIG, "line 2: not UTF-8 (byte 0xff)"},
		{"a\n\xed\xa0\x80\n\n" SIG, "line 2: not UTF-8"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		refuse(slice_of(row[i].note), row[i].why);
	refuse((struct slice){"a\0\n\n" DASH "x AAAAAAAA\n", 19}, "byte 0x00");
}

/* A note with so many signatures of so many bytes. */
static void put_sigs(struct buf *b, int n, size_t bytes)
{
	static const uint8_t raw[SIG_LINES_MAX];

	buf_reset(b);
	buf_puts(b, "a\n\n");
	for (int i = 0; i < n; i++) {
		buf_puts(b, DASH "x ");
		buf_base64(b, raw, bytes);
		buf_putc(b, '\n');
	}
}

static void limits(void **state)
{
	CLEANUP_BUF struct buf b;
	struct note n;

	(void)state;
	buf_init(&b, 100000);
	put_sigs(&b, NOTE_SIGS_MAX, 68);
	assert_int_equal(note_parse(buf_view(&b), &n, NULL), OK);
	assert_int_equal(n.nsigs, NOTE_SIGS_MAX);
	put_sigs(&b, NOTE_SIGS_MAX + 1, 68);
	refuse(buf_view(&b), "line 19: more than 16 signatures");
	put_sigs(&b, 1, 6000);
	assert_int_equal(note_parse(buf_view(&b), &n, NULL), OK);
	assert_int_equal(n.sigs[0].len, 0);
	put_sigs(&b, 1, 6140);
	refuse(buf_view(&b), "bytes of signatures, at most 8192");
}

/* The text may hold blank lines: the last one parts it from the signatures. */
static void blank_lines(void **state)
{
	struct note n;

	(void)state;
	assert_int_equal(note_parse(slice_of("a\n\nb\n\n\n" SIG), &n, NULL), OK);
	assert_true(slice_is(n.text, "a\n\nb\n\n"));
	/* a signature line in the text is text */
	assert_int_equal(note_parse(slice_of("a\n\n" SIG "\n" ODD), &n, NULL), OK);
	assert_true(slice_is(n.text, "a\n\n" SIG));
	assert_int_equal(n.nsigs, 1);
}

static void sign(struct buf *b, const char *text, const struct seckey *k, int64_t time)
{
	assert_int_equal(note_sign(b, slice_of(text), k, time, NULL), OK);
}

static void distinct_signers(void **state)
{
	CLEANUP_SECKEY struct seckey again = {0};
	CLEANUP_BUF struct buf b;
	struct pubkey known[4] = {alice.pub, bob.pub, alice.pub, clock_key.pub};
	bool who[4];
	struct note n;
	size_t signers;

	(void)state;
	/* alice's key under a second name */
	assert_int_equal(pubkey_make(slice_of("alias"), KEY_ED25519, alice.pub.pk,
				 &known[2], NULL),
		OK);
	again.pub = known[2];
	again.sk = sodium_malloc(64);
	assert_non_null(again.sk);
	memcpy(again.sk, alice.sk, 64);

	buf_init(&b, 5000);
	note_begin(&b, slice_of("text\n"));
	sign(&b, "text\n", &alice, 0);
	sign(&b, "text\n", &alice, 0);
	sign(&b, "text\n", &again, 0);
	assert_int_equal(note_parse(buf_view(&b), &n, NULL), OK);
	assert_int_equal(n.nsigs, 3);
	assert_int_equal(note_verify(&n, known, 4, &signers, who, NULL, NULL), OK);
	assert_int_equal(signers, 1);
	assert_true(who[0] && !who[1] && who[2] && !who[3]);

	sign(&b, "text\n", &bob, 0);
	assert_int_equal(note_parse(buf_view(&b), &n, NULL), OK);
	assert_int_equal(note_verify(&n, known, 4, &signers, who, NULL, NULL), OK);
	assert_int_equal(signers, 2);
	assert_true(who[0] && who[1] && who[2] && !who[3]);

	/* unknown signers neither count nor harm */
	assert_int_equal(note_verify(&n, known + 1, 1, &signers, NULL, NULL, NULL), OK);
	assert_int_equal(signers, 1);
	assert_int_equal(note_verify(&n, NULL, 0, &signers, NULL, NULL, NULL), OK);
	assert_int_equal(signers, 0);
}

static void bad_signatures(void **state)
{
	static const char *const sigs[] = {
		/* one bit, another text, another length under a known key's name and id
		 */
		DASH "PeterNeumann "
		     "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuG"
		     "UgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAI=\n",
		DASH "PeterNeumann x08go/AA\n",
		SIG DASH "PeterNeumann x08go/AA\n",
	};
	char text[2000];
	struct note n;
	struct diag d;
	size_t signers = 9;

	(void)state;
	for (size_t i = 0; i < sizeof(sigs) / sizeof(*sigs); i++) {
		(void)snprintf(text, sizeof(text), "%s\n%s", TEXT, sigs[i]);
		assert_int_equal(note_parse(slice_of(text), &n, NULL), OK);
		assert_int_equal(note_verify(&n, &neumann, 1, &signers, NULL, NULL, &d),
			ERR_SIGNATURE);
		assert_non_null(strstr(d.text, "PeterNeumann"));
		assert_int_equal(signers, 9);
	}
	assert_int_equal(note_parse(slice_of("other\n\n" SIG), &n, NULL), OK);
	assert_int_equal(
		note_verify(&n, &neumann, 1, &signers, NULL, NULL, &d), ERR_SIGNATURE);
}

/* Another's signature under a known name has another id: it is by an unknown key. */
static void same_name_other_key(void **state)
{
	CLEANUP_SECKEY struct seckey twin = {0};
	CLEANUP_BUF struct buf b;
	struct note n;
	size_t signers;

	(void)state;
	assert_int_equal(
		seckey_generate(slice_of(alice.pub.name), KEY_ED25519, &twin, NULL), OK);
	buf_init(&b, 2000);
	note_begin(&b, slice_of("text\n"));
	sign(&b, "text\n", &twin, 0);
	assert_int_equal(note_parse(buf_view(&b), &n, NULL), OK);
	assert_int_equal(note_verify(&n, &alice.pub, 1, &signers, NULL, NULL, NULL), OK);
	assert_int_equal(signers, 0);
}

/* Ids have 32 bits: when two known keys share name and id, either may have signed. */
static void colliding_ids(void **state)
{
	CLEANUP_BUF struct buf b;
	struct pubkey known[2] = {bob.pub, alice.pub};
	bool who[2];
	struct note n;
	size_t signers;

	(void)state;
	memcpy(known[0].name, alice.pub.name, sizeof(known[0].name));
	memcpy(known[0].id, alice.pub.id, 4);
	buf_init(&b, 2000);
	note_begin(&b, slice_of("text\n"));
	sign(&b, "text\n", &alice, 0);
	assert_int_equal(note_parse(buf_view(&b), &n, NULL), OK);
	assert_int_equal(note_verify(&n, known, 2, &signers, who, NULL, NULL), OK);
	assert_int_equal(signers, 1);
	assert_true(!who[0] && who[1]);
	assert_int_equal(
		note_verify(&n, known, 1, &signers, who, NULL, NULL), ERR_SIGNATURE);
}

/* c2sp.org/tlog-cosignature, put together by hand. */
static void cosignature(void **state)
{
	static const char text[] = "log.example/x\n0\nAAAA\n";
	uint8_t raw[4 + 8 + 64] = {0};
	CLEANUP_BUF struct buf signed_text, b;
	struct note n;
	size_t signers;
	int64_t time;

	(void)state;
	memcpy(raw, clock_key.pub.id, 4);
	raw[8] = 0x65; /* 1700000000 = 0x6553f100 */
	raw[9] = 0x53;
	raw[10] = 0xf1;
	buf_init(&signed_text, 1000);
	buf_printf(&signed_text, "cosignature/v1\ntime 1700000000\n%s", text);
	(void)crypto_sign_detached(raw + 12, NULL, (const uint8_t *)signed_text.data,
		signed_text.len, clock_key.sk);
	buf_init(&b, 1000);
	buf_printf(&b, "%s\n" DASH "%s ", text, clock_key.pub.name);
	buf_base64(&b, raw, sizeof(raw));
	buf_putc(&b, '\n');

	assert_int_equal(note_parse(buf_view(&b), &n, NULL), OK);
	assert_int_equal(
		note_verify(&n, &clock_key.pub, 1, &signers, NULL, &time, NULL), OK);
	assert_int_equal(signers, 1);
	assert_int_equal(time, 1700000000);

	/* and ours is the same, byte for byte */
	buf_reset(&signed_text);
	note_begin(&signed_text, slice_of(text));
	sign(&signed_text, text, &clock_key, 1700000000);
	assert_string_equal(buf_str(&signed_text), buf_str(&b));
}

static void cosignature_times(void **state)
{
	CLEANUP_BUF struct buf b;
	struct note n;
	struct diag d;
	size_t signers;
	int64_t time;

	(void)state;
	buf_init(&b, 2000);
	note_begin(&b, slice_of("t\n"));
	sign(&b, "t\n", &clock_key, 2000);
	sign(&b, "t\n", &clock_key, 3000);
	sign(&b, "t\n", &clock_key, 1000);
	assert_int_equal(note_parse(buf_view(&b), &n, NULL), OK);
	assert_int_equal(
		note_verify(&n, &clock_key.pub, 1, &signers, NULL, &time, NULL), OK);
	assert_int_equal(signers, 1);
	assert_int_equal(time, 3000);

	/* the time is part of what is signed */
	n.sigs[1].sig[7] ^= 1;
	assert_int_equal(note_verify(&n, &clock_key.pub, 1, &signers, NULL, &time, &d),
		ERR_SIGNATURE);
	n.sigs[1].sig[7] ^= 1;
	n.sigs[1].sig[0] = 0xff;
	assert_int_equal(note_verify(&n, &clock_key.pub, 1, &signers, NULL, &time, &d),
		ERR_SIGNATURE);
	assert_int_equal(note_sign(&b, slice_of("t\n"), &clock_key, -1, &d), ERR_VALUE);
}

/* Bytes behind a good signature would be a second spelling of it. */
static void signature_with_a_tail(void **state)
{
	CLEANUP_BUF struct buf b;
	uint8_t raw[4 + 72] = {0};
	struct note n;
	struct diag d;
	size_t signers;

	(void)state;
	memcpy(raw, alice.pub.id, 4);
	(void)crypto_sign_detached(raw + 4, NULL, (const uint8_t *)"t\n", 2, alice.sk);
	buf_init(&b, 1000);
	buf_puts(&b, "t\n\n" DASH "alice ");
	buf_base64(&b, raw, sizeof(raw));
	buf_putc(&b, '\n');
	assert_int_equal(note_parse(buf_view(&b), &n, NULL), OK);
	assert_int_equal(n.sigs[0].len, 72);
	assert_int_equal(
		note_verify(&n, &alice.pub, 1, &signers, NULL, NULL, &d), ERR_SIGNATURE);
}

/* A time of 2^63 and more is none, even when the key's owner signed it. */
static void cosignature_beyond_time(void **state)
{
	static const char text[] = "cosignature/v1\ntime -1\nt\n";
	CLEANUP_BUF struct buf b;
	uint8_t raw[4 + 72];
	struct note n;
	struct diag d;
	size_t signers;
	int64_t time;

	(void)state;
	memcpy(raw, clock_key.pub.id, 4);
	memset(raw + 4, 0xff, 8);
	(void)crypto_sign_detached(
		raw + 12, NULL, (const uint8_t *)text, strlen(text), clock_key.sk);
	buf_init(&b, 1000);
	buf_puts(&b, "t\n\n" DASH "clock ");
	buf_base64(&b, raw, sizeof(raw));
	buf_putc(&b, '\n');
	assert_int_equal(note_parse(buf_view(&b), &n, NULL), OK);
	assert_int_equal(note_verify(&n, &clock_key.pub, 1, &signers, NULL, &time, &d),
		ERR_SIGNATURE);
}

/* One kind of signature must not be taken for the other, whatever the ids say. */
static void types_apart(void **state)
{
	CLEANUP_BUF struct buf b;
	struct pubkey as_text = clock_key.pub, as_clock = alice.pub;
	struct note n;
	size_t signers;

	(void)state;
	as_text.type = KEY_ED25519;
	as_clock.type = KEY_COSIGNER;
	buf_init(&b, 2000);
	note_begin(&b, slice_of("t\n"));
	sign(&b, "t\n", &clock_key, 2000);
	sign(&b, "t\n", &alice, 2000);
	assert_int_equal(note_parse(buf_view(&b), &n, NULL), OK);
	assert_int_equal(
		note_verify(&n, &as_text, 1, &signers, NULL, NULL, NULL), ERR_SIGNATURE);
	assert_int_equal(
		note_verify(&n, &as_clock, 1, &signers, NULL, NULL, NULL), ERR_SIGNATURE);
}

static void sign_refuses(void **state)
{
	CLEANUP_BUF struct buf b;
	struct diag d;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(note_sign(&b, slice_of(""), &alice, 0, &d), ERR_SYNTAX);
	assert_int_equal(note_sign(&b, slice_of("a"), &alice, 0, &d), ERR_SYNTAX);
	assert_int_equal(note_sign(&b, slice_of("a\r\n"), &alice, 0, &d), ERR_SYNTAX);
	assert_int_equal(note_sign(&b, slice_of("\xff\n"), &alice, 0, &d), ERR_SYNTAX);
	assert_int_equal(b.len, 0);
	b.max = 50;
	assert_int_equal(note_sign(&b, slice_of("a\n"), &alice, 0, &d), ERR_LIMIT);
}

static void put_known(void **state)
{
	CLEANUP_BUF struct buf b, out, want;
	struct note n;

	(void)state;
	buf_init(&b, 3000);
	buf_init(&out, 3000);
	buf_init(&want, 3000);
	note_begin(&b, slice_of("text\n"));
	buf_puts(&b, ODD);
	sign(&b, "text\n", &bob, 0);
	sign(&b, "text\n", &alice, 0);
	buf_puts(&b, DASH "x " FAKE "\n");
	note_begin(&want, slice_of("text\n"));
	sign(&want, "text\n", &bob, 0);
	sign(&want, "text\n", &alice, 0);
	assert_int_equal(note_parse(buf_view(&b), &n, NULL), OK);
	assert_int_equal(n.nsigs, 4);
	note_put_known(&out, &n, (struct pubkey[]){alice.pub, bob.pub}, 2);
	assert_string_equal(buf_str(&out), buf_str(&want));
}

static int setup(void **state)
{
	(void)state;
	return sodium_init() < 0 || pubkey_parse(slice_of(VKEY), &neumann, NULL) ||
	       seckey_generate(slice_of("alice"), KEY_ED25519, &alice, NULL) ||
	       seckey_generate(slice_of("bob"), KEY_ED25519, &bob, NULL) ||
	       seckey_generate(slice_of("clock"), KEY_COSIGNER, &clock_key, NULL);
}

static int teardown(void **state)
{
	(void)state;
	seckey_done(&alice);
	seckey_done(&bob);
	seckey_done(&clock_key);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_note),
		cmocka_unit_test(known_signature),
		cmocka_unit_test(malformed),
		cmocka_unit_test(limits),
		cmocka_unit_test(blank_lines),
		cmocka_unit_test(distinct_signers),
		cmocka_unit_test(bad_signatures),
		cmocka_unit_test(same_name_other_key),
		cmocka_unit_test(colliding_ids),
		cmocka_unit_test(cosignature),
		cmocka_unit_test(cosignature_times),
		cmocka_unit_test(cosignature_beyond_time),
		cmocka_unit_test(signature_with_a_tail),
		cmocka_unit_test(types_apart),
		cmocka_unit_test(sign_refuses),
		cmocka_unit_test(put_known),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
