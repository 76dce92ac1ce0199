/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/request.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <sodium.h>

#define HUB   "varsel.kl.dk"
#define NAME  HUB "/org/0101/1"
#define HEX   "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define NONCE "00112233445566778899aabbccddeeff"

static struct seckey key, other;

static int setup(void **state)
{
	(void)state;
	return sodium_init() < 0 ||
	       seckey_generate(slice_of(NAME), KEY_ED25519, &key, NULL) ||
	       seckey_generate(slice_of(NAME), KEY_ED25519, &other, NULL);
}

static int teardown(void **state)
{
	(void)state;
	seckey_done(&key);
	seckey_done(&other);
	return 0;
}

static struct enrol_request request(void)
{
	return (struct enrol_request){.hub = slice_of(HUB),
		.org = slice_of("0101"),
		.issued = 1795514400,
		.link_hash = hash_of(slice_of("secret")),
		.key = key.pub};
}

/* The request as text, signed by `by`. */
static void put_signed(
	struct buf *b, const struct enrol_request *r, const struct seckey *by)
{
	CLEANUP_BUF struct buf text;

	buf_init(&text, REQUEST_NOTE_MAX);
	buf_init(b, REQUEST_NOTE_MAX);
	enrol_request_put(&text, r);
	note_begin(b, buf_view(&text));
	assert_int_equal(note_sign(b, buf_view(&text), by, 0, NULL), OK);
	assert_int_equal(buf_err(b), OK);
}

static void test_enrol(void **state)
{
	struct enrol_request r = request(), got;
	CLEANUP_BUF struct buf b;
	struct diag d = {""};

	(void)state;
	put_signed(&b, &r, &key);
	assert_int_equal(enrol_request_open(buf_view(&b), &got, &d), OK);
	assert_true(slice_same(got.hub, r.hub));
	assert_true(slice_same(got.org, r.org));
	assert_int_equal(got.issued, r.issued);
	assert_true(hash_same(&got.link_hash, &r.link_hash));
	assert_true(pubkey_same(&got.key, &key.pub));
	assert_string_equal(got.key.name, NAME);
}

/* Same name, another key: the signature is nobody's, and the request does not hold. */
static void test_enrol_signature(void **state)
{
	struct enrol_request r = request(), got = {.issued = 7};
	CLEANUP_BUF struct buf b;
	struct diag d = {""};
	char *at;

	(void)state;
	put_signed(&b, &r, &other);
	assert_int_equal(enrol_request_open(buf_view(&b), &got, &d), ERR_SIGNATURE);
	assert_string_equal(d.text, "not signed by the key that it brings");
	assert_int_equal(got.issued, 7);

	buf_done(&b);
	put_signed(&b, &r, &key);
	at = strstr(b.data, "org 0101");
	assert_non_null(at);
	at[4] = '1'; /* in the text, not in the key's name */
	assert_int_equal(enrol_request_open(buf_view(&b), &got, &d), ERR_VALUE);
	at[4] = '0';
	at = strstr(b.data, "10:00:00Z");
	at[0] = '2';
	assert_int_equal(enrol_request_open(buf_view(&b), &got, &d), ERR_SIGNATURE);
}

static enum err parse_with(const char *name, uint8_t type, const char *org)
{
	struct enrol_request r = request(), got;
	CLEANUP_SECKEY struct seckey k = {0};
	CLEANUP_BUF struct buf b;

	buf_init(&b, REQUEST_NOTE_MAX);
	assert_int_equal(seckey_generate(slice_of(name), type, &k, NULL), OK);
	r.key = k.pub;
	r.org = slice_of(org);
	enrol_request_put(&b, &r);
	return enrol_request_parse(buf_view(&b), &got, NULL);
}

/* A key may only be brought under the name that its hub, organisation and number give. */
static void test_enrol_name(void **state)
{
	static const char *const bad[] = {"varsel.kl.dk", HUB "/org/0101",
		HUB "/org/0101/", HUB "/org/0101/x", HUB "/org/0101/1/2",
		HUB "/org/0101/01", HUB "/org/0751/1", HUB "/org/010/1",
		HUB "/coordinator/1", "other.dk/org/0101/1", HUB "x/org/0101/1"};

	(void)state;
	assert_int_equal(parse_with(HUB "/org/0101/1", KEY_ED25519, "0101"), OK);
	assert_int_equal(parse_with(HUB "/org/0101/12", KEY_ED25519, "0101"), OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse_with(bad[i], KEY_ED25519, "0101"), ERR_VALUE);
	assert_int_equal(parse_with(HUB "/org/0101/1", KEY_COSIGNER, "0101"), ERR_VALUE);
	assert_int_equal(parse_with(HUB "/org/01010101010101010/1", KEY_ED25519,
				 "01010101010101010"),
		ERR_LIMIT);
}

static void test_token(void **state)
{
	struct token_request got,
		r = {slice_of(HUB), slice_of(HUB), slice_of("feed read"), 1795514400,
			slice_of(NONCE)};
	CLEANUP_BUF struct buf b;

	(void)state;
	buf_init(&b, REQUEST_NOTE_MAX);
	token_request_put(&b, &r);
	assert_string_equal(buf_str(&b),
		"varsel/token/v1\nhub " HUB "\naud " HUB "\nscope feed read\n"
		"issued 2026-11-24T10:00:00Z\nnonce " NONCE "\n");
	assert_int_equal(token_request_parse(buf_view(&b), &got, NULL), OK);
	assert_true(slice_same(got.hub, r.hub));
	assert_true(slice_same(got.aud, r.aud));
	assert_int_equal(got.issued, r.issued);
	assert_true(slice_is(got.nonce, NONCE));
	assert_true(scope_has(got.scope, "feed"));
	assert_true(scope_has(got.scope, "read"));
	assert_false(scope_has(got.scope, "fee"));
	assert_false(scope_has(got.scope, "reads"));
	assert_false(scope_has(got.scope, ""));
}

static void test_token_refusals(void **state)
{
#define TOKEN(scope, nonce)                           \
	"varsel/token/v1\nhub h\naud h\nscope " scope \
	"\nissued 2026-11-24T10:00:00Z\nnonce " nonce "\n"
	static const char *const bad[] = {TOKEN("feed  read", NONCE),
		TOKEN(" feed", NONCE), TOKEN("feed ", NONCE), TOKEN("feed feed", NONCE),
		TOKEN("feed read feed", NONCE), TOKEN("Feed", NONCE),
		TOKEN("feed\"", NONCE), TOKEN("feed", "00"), TOKEN("feed", NONCE "0"),
		TOKEN("feed", "0011223344556677 899aabbccddeeff"),
		TOKEN("feed", "00112233445566778899AABBCCDDEEFF"),
		TOKEN("feed", NONCE) "more 1\n"};
	struct token_request got;
	struct diag d = {""};

	(void)state;
	assert_int_equal(
		token_request_parse(slice_of(TOKEN("fee feed", NONCE)), &got, &d), OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
			token_request_parse(slice_of(bad[i]), &got, &d), ERR_SYNTAX);
	assert_int_equal(
		token_request_parse(slice_of(TOKEN("feed feed", NONCE)), &got, &d),
		ERR_SYNTAX);
	assert_string_equal(d.text,
		"line 4: field \"scope\": not lower-case words, each once, a blank "
		"between");
}

static void test_length(void **state)
{
	static char text[REQUEST_NOTE_MAX + 1];
	struct enrol_request e;
	struct token_request t;
	struct diag d = {""};

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "varsel/enrol/v1\n", 16);
	text[sizeof(text) - 1] = '\n';
	assert_int_equal(
		enrol_request_parse(slice_mem(text, sizeof(text)), &e, &d), ERR_LIMIT);
	memcpy(text, "varsel/token/v1\n", 16);
	assert_int_equal(
		token_request_parse(slice_mem(text, sizeof(text)), &t, &d), ERR_LIMIT);
	assert_string_equal(d.text, "request: 4097 bytes, at most 4096");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enrol),
		cmocka_unit_test(test_enrol_signature),
		cmocka_unit_test(test_enrol_name),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_token_refusals),
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
