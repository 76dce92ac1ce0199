/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/key.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <sodium.h>

/* The keys in the documentation of Go's golang.org/x/mod/sumdb/note. */
#define VKEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define SKEY                                 \
	"PRIVATE+KEY+PeterNeumann+c74f20a3+" \
	"AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"

static void known(void **state)
{
	CLEANUP_SECKEY struct seckey sk = {0};
	CLEANUP_BUF struct buf b;
	struct pubkey pk;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(pubkey_parse(slice_of(VKEY), &pk, NULL), OK);
	assert_string_equal(pk.name, "PeterNeumann");
	assert_int_equal(pk.type, KEY_ED25519);
	assert_memory_equal(pk.id, "\xc7\x4f\x20\xa3", 4);
	pubkey_put(&b, &pk);
	assert_string_equal(buf_str(&b), VKEY);

	assert_int_equal(seckey_parse(slice_of(SKEY), &sk, NULL), OK);
	assert_true(pubkey_same(&sk.pub, &pk));
	buf_reset(&b);
	seckey_put(&b, &sk);
	assert_string_equal(buf_str(&b), SKEY);
	buf_reset(&b);
	pubkey_put(&b, &sk.pub);
	assert_string_equal(buf_str(&b), VKEY);
}

static void refuse(const char *vkey, const char *why)
{
	struct pubkey pk = {.type = 99};
	struct diag d = {0};

	if (pubkey_parse(slice_of(vkey), &pk, &d) != ERR_SYNTAX)
		fail_msg("took \"%s\"", vkey);
	if (!strstr(d.text, why))
		fail_msg("\"%s\" does not say \"%s\"", d.text, why);
	assert_int_equal(pk.type, 99);
}

#define TAIL "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

static void vkeys_refused(void **state)
{
	(void)state;
	refuse("", "not of the form");
	refuse("PeterNeumann", "not of the form");
	refuse("PeterNeumann+c74f20a3", "not of the form");
	refuse("+c74f20a3+" TAIL, "empty");
	refuse("PeterNeumann+c74f20a4+" TAIL, "the id c74f20a4 is not that");
	refuse("PeterNeumanm+c74f20a3+" TAIL, "the id c74f20a3 is not that");
	refuse("PeterNeumann+C74F20A3+" TAIL, "not in lower case");
	refuse("PeterNeumann+c74f20a+" TAIL, "not 8 hex digits");
	refuse("PeterNeumann+c74f20a30+" TAIL, "not 8 hex digits");
	refuse("PeterNeumann+c74f20ag+" TAIL, "not 8 hex digits");
	refuse(VKEY " ", "base64");
	refuse(VKEY "\n", "base64");
	refuse(" " VKEY, "space");
	refuse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=",
		"33 bytes");
	refuse("PeterNeumann+c74f20a3+AA" TAIL, "base64");
	refuse("PeterNeumann+c74f20a3+AhpcaQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"unknown type 0x02");
}

static void names(void **state)
{
	static const char *const bad[] = {"", "a b", "a\tb", "a\nb", "a+b", "a\x7f",
		"a\xc2\x85"
		"b",
		"a\xc2\xa0"
		"b",
		"a\xe2\x80\x83"
		"b",
		"a\xe3\x80\x80"
		"b",
		"a\xe2\x80\xa8"
		"b",
		"a\xe1\x9a\x80"
		"b",
		"\xff", "a\xc3"};
	static const char *const good[] = {"a", "varsel.kl.dk/org/0101/1",
		"varsel.kl.dk/coordinator/s\xc3\xb8ren", "a-b_c.d/e:f=g"};
	char longest[KEY_NAME_MAX + 2];
	struct seckey k;
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (seckey_generate(slice_of(bad[i]), KEY_ED25519, &k, &d) != ERR_SYNTAX)
			fail_msg("took \"%s\"", bad[i]);
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(
			seckey_generate(slice_of(good[i]), KEY_ED25519, &k, &d), OK);
		assert_string_equal(k.pub.name, good[i]);
		seckey_done(&k);
	}
	memset(longest, 'x', sizeof(longest));
	assert_int_equal(seckey_generate((struct slice){longest, KEY_NAME_MAX + 1},
				 KEY_ED25519, &k, &d),
		ERR_SYNTAX);
	assert_non_null(strstr(d.text, "201 bytes, at most 200"));
	assert_int_equal(seckey_generate((struct slice){longest, KEY_NAME_MAX},
				 KEY_COSIGNER, &k, &d),
		OK);
	seckey_done(&k);
	assert_int_equal(seckey_generate((struct slice){"a\0b", 3}, KEY_ED25519, &k, &d),
		ERR_SYNTAX);
	assert_int_equal(seckey_generate(slice_of("a"), 0x02, &k, &d), ERR_SYNTAX);
}

/* Points for which a signature can be had without any secret, or with several. */
static void bad_points(void **state)
{
	static const char *const hex[] = {
		/* the neutral element, order 2, order 4, order 8 */
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		/* not canonical: p + 1 */
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		/* not on the curve */
		"0200000000000000000000000000000000000000000000000000000000000000",
	};
	struct pubkey k;
	struct diag d;
	uint8_t pk[32];

	(void)state;
	for (size_t i = 0; i < sizeof(hex) / sizeof(*hex); i++) {
		(void)sodium_hex2bin(pk, sizeof(pk), hex[i], 64, NULL, NULL, NULL);
		if (pubkey_make(slice_of("x"), KEY_ED25519, pk, &k, &d) != ERR_SYNTAX)
			fail_msg("took %s", hex[i]);
		assert_non_null(strstr(d.text, "prime order"));
	}
}

/* On the curve but with a component of small order: good key plus the order-2 point. */
static void mixed_order(void **state)
{
	uint8_t two[32], sum[32];
	struct pubkey k;

	(void)state;
	assert_int_equal(pubkey_parse(slice_of(VKEY), &k, NULL), OK);
	memset(two, 0xff, sizeof(two));
	two[0] = 0xec;
	two[31] = 0x7f;
	assert_int_equal(crypto_core_ed25519_add(sum, k.pk, two), 0);
	assert_int_equal(
		pubkey_make(slice_of("x"), KEY_ED25519, sum, &k, NULL), ERR_SYNTAX);
}

static void ids(void **state)
{
	struct pubkey a, b, c;

	(void)state;
	assert_int_equal(pubkey_parse(slice_of(VKEY), &a, NULL), OK);
	assert_int_equal(pubkey_make(slice_of(a.name), KEY_COSIGNER, a.pk, &b, NULL), OK);
	assert_int_equal(pubkey_make(slice_of("other"), a.type, a.pk, &c, NULL), OK);
	assert_memory_not_equal(a.id, b.id, 4);
	assert_memory_not_equal(a.id, c.id, 4);
	assert_true(pubkey_same(&a, &b));
	assert_true(pubkey_same(&a, &c));
	c.pk[0] ^= 1;
	assert_false(pubkey_same(&a, &c));
}

static void secret_refused(void **state)
{
	static const char *const bad[] = {"", VKEY, "PRIVATE+KEY+", "private+key+x+y+z",
		"PRIVATE+KEY+PeterNeumann+c74f20a4+"
		"AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
		SKEY "\n", SKEY "A"};
	struct seckey k = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(seckey_parse(slice_of(bad[i]), &k, NULL), ERR_SYNTAX);
	assert_null(k.sk);
	seckey_done(&k);
}

static void generated_differ(void **state)
{
	CLEANUP_SECKEY struct seckey a = {0}, b = {0};

	(void)state;
	assert_int_equal(seckey_generate(slice_of("x"), KEY_ED25519, &a, NULL), OK);
	assert_int_equal(seckey_generate(slice_of("x"), KEY_ED25519, &b, NULL), OK);
	assert_false(pubkey_same(&a.pub, &b.pub));
	seckey_done(&a);
	assert_null(a.sk);
}

static int setup(void **state)
{
	(void)state;
	return sodium_init() < 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
		cmocka_unit_test(vkeys_refused),
		cmocka_unit_test(names),
		cmocka_unit_test(bad_points),
		cmocka_unit_test(mixed_order),
		cmocka_unit_test(ids),
		cmocka_unit_test(secret_refused),
		cmocka_unit_test(generated_differ),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
