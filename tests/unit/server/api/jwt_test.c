/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/api/jwt.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define HUB "hub.varsel.test"
#define NOW INT64_C(1700000000)

static unsigned char secret[JWT_KEY_BYTES], other[JWT_KEY_BYTES];
static struct jwt_key key = {HUB, secret, NULL};

static void put_base64url(struct buf *b, const void *p, size_t n)
{
	char out[1024];

	assert_non_null(sodium_bin2base64(
		out, sizeof(out), p, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
	buf_puts(b, out);
}

/* A token made without libjwt, so that the header can lie. */
static void forge(
	struct buf *b, const char *head, const char *claims, const unsigned char *with)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];

	buf_reset(b);
	put_base64url(b, head, strlen(head));
	buf_putc(b, '.');
	put_base64url(b, claims, strlen(claims));
	if (!with) {
		buf_putc(b, '.');
		return;
	}
	crypto_auth_hmacsha256(mac, (const unsigned char *)b->data, b->len, with);
	buf_putc(b, '.');
	put_base64url(b, mac, sizeof(mac));
}

#define HEAD "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define WHO                                                                    \
	"\"sub\":\"" HUB "/org/0101/1\",\"org\":\"0101\",\"role\":\"member\"," \
	"\"scope\":\"feed read\""
#define TIMES "\"iat\":1700000000,\"nbf\":1700000000,\"exp\":1700000900"
#define US    "\"iss\":\"" HUB "\",\"aud\":\"" HUB "\""
#define GOOD  "{" US "," WHO "," TIMES "}"

static enum err check(const char *head, const char *claims, const unsigned char *with,
	int64_t now, struct diag *d)
{
	struct buf CLEANUP_BUF token;
	struct arena CLEANUP_ARENA a;
	struct caller who;
	unsigned scopes;

	buf_init(&token, JWT_MAX * 2);
	arena_init(&a, 1 << 20);
	forge(&token, head, claims, with);
	return jwt_check(&key, buf_view(&token), now, &a, &who, &scopes, d);
}

static void made_and_checked(void **state)
{
	const struct grant member = {
		HUB "/org/0101/1", "0101", "member", SCOPE_REPORT | SCOPE_READ, 900};
	const struct grant coordinator = {
		HUB "/login/anna", NULL, "coordinator", SCOPE_COORDINATE, 900};
	struct arena CLEANUP_ARENA a;
	struct caller who;
	const char *token;
	unsigned scopes;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_int_equal(jwt_make(&key, &member, NOW, &a, &token, NULL), OK);
	assert_int_equal(
		jwt_check(&key, slice_of(token), NOW, &a, &who, &scopes, NULL), OK);
	assert_string_equal(who.key, member.key);
	assert_string_equal(who.org, "0101");
	assert_int_equal(scopes, SCOPE_REPORT | SCOPE_READ);
	assert_int_equal(
		jwt_check(&key, slice_of(token), NOW + 899, &a, &who, &scopes, NULL), OK);
	assert_int_equal(
		jwt_check(&key, slice_of(token), NOW + 900, &a, &who, &scopes, NULL),
		ERR_UNAUTHORIZED);
	assert_int_equal(jwt_make(&key, &coordinator, NOW, &a, &token, NULL), OK);
	assert_int_equal(
		jwt_check(&key, slice_of(token), NOW, &a, &who, &scopes, NULL), OK);
	assert_null(who.org);
	assert_int_equal(scopes, SCOPE_COORDINATE);
}

/* What held once is not decoded again, and ends all the same. */
static void known(void **state)
{
	const struct grant member = {
		HUB "/org/0101/1", "0101", "member", SCOPE_REPORT | SCOPE_READ, 900};
	struct jwt_key k = {HUB, secret, NULL};
	struct arena CLEANUP_ARENA a;
	struct caller who;
	const char *token;
	char *altered;
	unsigned scopes;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_int_equal(jwt_known_new(&k.known), OK);
	assert_int_equal(jwt_make(&k, &member, NOW, &a, &token, NULL), OK);
	assert_int_equal(
		jwt_check(&k, slice_of(token), NOW, &a, &who, &scopes, NULL), OK);
	/* with another key it would not hold: it was not looked at */
	k.key = other;
	assert_int_equal(
		jwt_check(&k, slice_of(token), NOW + 899, &a, &who, &scopes, NULL), OK);
	assert_string_equal(who.key, member.key);
	assert_string_equal(who.org, "0101");
	assert_int_equal(scopes, SCOPE_REPORT | SCOPE_READ);
	k.key = secret;
	assert_int_equal(
		jwt_check(&k, slice_of(token), NOW + 900, &a, &who, &scopes, NULL),
		ERR_UNAUTHORIZED);
	altered = arena_dup(&a, slice_of(token));
	altered[strlen(altered) - 2] ^= 1;
	assert_int_equal(jwt_check(&k, slice_of(altered), NOW, &a, &who, &scopes, NULL),
		ERR_UNAUTHORIZED);
	jwt_known_free(k.known);
}

static void forged_like_ours(void **state)
{
	struct diag d = {""};

	(void)state;
	assert_int_equal(check(HEAD, GOOD, secret, NOW, &d), OK);
	assert_int_equal(check("{\"alg\":\"HS256\"}", GOOD, secret, NOW, &d), OK);
}

#define REFUSED "the token does not hold: "

static const struct {
	const char *head, *claims;
	const unsigned char *with;
	int64_t now;
	const char *why;
} confused[] = {
	{"{\"alg\":\"none\",\"typ\":\"JWT\"}", GOOD, NULL, NOW,
		"it is not three parts of base64url"},
	{"{\"alg\":\"none\",\"typ\":\"JWT\"}", GOOD, secret, NOW,
		"its algorithm is not HS256"},
	{"{\"alg\":\"None\"}", GOOD, secret, NOW, "its algorithm is not HS256"},
	{"{\"alg\":\"RS256\",\"typ\":\"JWT\"}", GOOD, secret, NOW,
		"its algorithm is not HS256"},
	{"{\"alg\":\"HS384\",\"typ\":\"JWT\"}", GOOD, secret, NOW,
		"its algorithm is not HS256"},
	{"{\"alg\":\"hs256\",\"typ\":\"JWT\"}", GOOD, secret, NOW,
		"its algorithm is not HS256"},
	{"{\"alg\":\"HS256\",\"alg\":\"none\"}", GOOD, secret, NOW,
		"its header is not {\"alg\", \"typ\"}"},
	{"{\"alg\":\"HS256\",\"kid\":\"/dev/null\"}", GOOD, secret, NOW,
		"its header is not {\"alg\", \"typ\"}"},
	{"{\"typ\":\"JWT\"}", GOOD, secret, NOW, "its header is not {\"alg\", \"typ\"}"},
	{"{\"alg\":\"HS256\",\"typ\":\"JOSE\"}", GOOD, secret, NOW,
		"its type is not JWT"},
	{"{", GOOD, secret, NOW, "its header is not {\"alg\", \"typ\"}"},
	{HEAD, GOOD, other, NOW, "its signature is not this hub's"},
	{HEAD, GOOD, NULL, NOW, "it is not three parts of base64url"},
	{HEAD, GOOD, secret, NOW + 900, "it has expired"},
	{HEAD, GOOD, secret, NOW - 1, "it is not valid yet"},
	{HEAD, "{" US "," WHO ",\"nbf\":1}", secret, NOW, "it has expired"},
	{HEAD, "{" US "," WHO ",\"exp\":\"1700000900\",\"nbf\":1}", secret, NOW,
		"it has expired"},
	{HEAD, "{" US "," WHO ",\"exp\":1700000900}", secret, NOW, "it is not valid yet"},
	{HEAD, "{\"iss\":\"x\",\"aud\":\"" HUB "\"," WHO "," TIMES "}", secret, NOW,
		"another hub made it"},
	{HEAD, "{\"iss\":\"" HUB "\",\"aud\":\"x\"," WHO "," TIMES "}", secret, NOW,
		"it was made for another hub"},
	{HEAD, "{\"iss\":\"" HUB "\",\"aud\":[\"" HUB "\"]," WHO "," TIMES "}", secret,
		NOW, "it was made for another hub"},
	{HEAD, "{\"iss\":\"" HUB "\"," WHO "," TIMES "}", secret, NOW,
		"it was made for another hub"},
	{HEAD, "{" US "," TIMES "}", secret, NOW, "sub or scope is missing"},
	{HEAD,
		"{" US "," TIMES
		",\"sub\":\"k\",\"scope\":\"feed root\",\"role\":\"member\","
		"\"org\":\"1\"}",
		secret, NOW, "sub or scope is missing"},
	{HEAD, "{" US "," TIMES ",\"sub\":\"k\",\"scope\":\"feed\",\"role\":\"admin\"}",
		secret, NOW, "its role is unknown"},
	{HEAD, "{" US "," TIMES ",\"sub\":\"k\",\"scope\":\"feed\",\"role\":\"member\"}",
		secret, NOW, "its role is unknown"},
	{HEAD,
		"{" US "," TIMES
		",\"sub\":\"k\",\"scope\":\"feed\",\"role\":\"coordinator\","
		"\"org\":\"1\"}",
		secret, NOW, "its role is unknown"},
	{HEAD, "[]", secret, NOW, "another hub made it"},
	{HEAD, "", secret, NOW, "it is not three parts of base64url"},
};

static void confusions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(confused) / sizeof(*confused); i++) {
		struct diag d = {""};

		assert_int_equal(check(confused[i].head, confused[i].claims,
					 confused[i].with, confused[i].now, &d),
			ERR_UNAUTHORIZED);
		assert_int_equal(strncmp(d.text, REFUSED, strlen(REFUSED)), 0);
		assert_string_equal(d.text + strlen(REFUSED), confused[i].why);
	}
}

static void shapes(void **state)
{
	static const char *const row[] = {
		"",
		".",
		"..",
		"...",
		"a",
		"a.b",
		"a.b.",
		".a.b",
		"a..b",
		"a.b.c.d",
		"a b.c.d",
		"a=.b.c",
		"a+.b.c",
		"\xc3\xb8.a.b",
		"e30.e30.e30",
	};
	struct arena CLEANUP_ARENA a;
	struct caller who;
	unsigned scopes;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		assert_int_equal(
			jwt_check(&key, slice_of(row[i]), NOW, &a, &who, &scopes, NULL),
			ERR_UNAUTHORIZED);
}

static void without_a_key(void **state)
{
	const struct jwt_key none = {HUB, NULL, NULL};
	const struct grant g = {HUB "/org/0101/1", "0101", "member", SCOPE_FEED, 900};
	struct buf CLEANUP_BUF token;
	struct arena CLEANUP_ARENA a;
	struct caller who;
	const char *made;
	unsigned scopes;

	(void)state;
	buf_init(&token, JWT_MAX);
	arena_init(&a, 1 << 20);
	forge(&token, HEAD, GOOD, secret);
	assert_int_equal(jwt_check(&none, buf_view(&token), NOW, &a, &who, &scopes, NULL),
		ERR_UNAUTHORIZED);
	assert_int_equal(jwt_make(&none, &g, NOW, &a, &made, NULL), ERR_INTERNAL);
}

static enum err load(const char *text, mode_t mode, struct diag *d)
{
	char path[] = "/tmp/varsel.XXXXXX";
	struct jwt_key k = {NULL, NULL, NULL};
	int fd = mkstemp(path);
	enum err e;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	e = jwt_key_load(path, HUB, &k, d);
	if (!e)
		assert_int_equal(k.key[0], 0x01);
	jwt_key_done(&k);
	unlink(path);
	return e;
}

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void key_files(void **state)
{
	struct jwt_key k;

	(void)state;
	assert_int_equal(load(HEX64 "\n", 0600, NULL), OK);
	assert_int_equal(load(HEX64, 0400, NULL), OK);
	assert_int_equal(load(HEX64 "\n", 0640, NULL), ERR_NOPERM);
	assert_int_equal(load("", 0600, NULL), ERR_CONFIG);
	assert_int_equal(load(HEX64 "00\n", 0600, NULL), ERR_CONFIG);
	assert_int_equal(load("x" HEX64, 0600, NULL), ERR_CONFIG);
	assert_int_equal(jwt_key_load("/nonexistent", HUB, &k, NULL), ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_and_checked),
		cmocka_unit_test(known),
		cmocka_unit_test(forged_like_ours),
		cmocka_unit_test(confusions),
		cmocka_unit_test(shapes),
		cmocka_unit_test(without_a_key),
		cmocka_unit_test(key_files),
	};

	if (sodium_init() < 0)
		return 1;
	memset(secret, 7, sizeof(secret));
	memset(other, 9, sizeof(other));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
