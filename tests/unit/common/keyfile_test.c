/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "common/file.h"
#include "common/key.h"

static char dir[64], path[80];
static struct seckey key;

static mode_t mode_of(const char *file)
{
	struct stat st;

	assert_int_equal(stat(file, &st), 0);
	return st.st_mode & 07777;
}

static void read_all(struct buf *b)
{
	buf_init(b, 10000);
	assert_int_equal(file_read(path, b, NULL), OK);
}

static void write_all(const char *text, mode_t mode)
{
	assert_int_equal(file_write(path, slice_of(text), mode, NULL), OK);
}

static void plain(void **state)
{
	CLEANUP_SECKEY struct seckey back = {0};
	bool sealed = true;

	(void)state;
	assert_int_equal(seckey_save(path, &key, NULL), OK);
	assert_int_equal(mode_of(path), 0600);
	assert_int_equal(seckey_is_sealed(path, &sealed, NULL), OK);
	assert_false(sealed);
	assert_int_equal(seckey_load(path, &back, NULL), OK);
	assert_memory_equal(back.sk, key.sk, 64);
	assert_string_equal(back.pub.name, key.pub.name);
}

static void never_over_another(void **state)
{
	CLEANUP_BUF struct buf b;
	char other[100];
	struct diag d;

	(void)state;
	write_all("precious\n", 0644);
	assert_int_equal(seckey_save(path, &key, &d), ERR_CONFLICT);
	assert_non_null(strstr(d.text, path));
	assert_int_equal(
		seckey_save_sealed(path, &key, slice_of("pass"), &d), ERR_CONFLICT);
	read_all(&b);
	assert_string_equal(buf_str(&b), "precious\n");
	(void)snprintf(other, sizeof(other), "%s.tmp", path);
	assert_false(file_exists(other));
	(void)snprintf(other, sizeof(other), "%s/none/key", dir);
	assert_int_equal(seckey_save(other, &key, &d), ERR_CANTCREAT);
}

static void plain_refused(void **state)
{
	CLEANUP_BUF struct buf b = {.max = 1000};
	const char *whole;
	char text[1000];
	struct seckey k = {0};
	struct diag d;

	(void)state;
	seckey_put(&b, &key);
	buf_putc(&b, '\n');
	whole = buf_str(&b);
	assert_int_equal(seckey_load(path, &k, &d), ERR_NOT_FOUND);
	assert_int_equal(seckey_save(path, &key, NULL), OK);
	for (mode_t bit = 1; bit < 0100; bit <<= 1) {
		assert_int_equal(chmod(path, 0600 | bit), 0);
		assert_int_equal(seckey_load(path, &k, &d), ERR_NOPERM);
		assert_non_null(strstr(d.text, "chmod 600"));
	}
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	write_all(text, 0600);
	assert_int_equal(seckey_load(path, &k, &d), ERR_SYNTAX);
	write_all("", 0600);
	assert_int_equal(seckey_load(path, &k, &d), ERR_SYNTAX);
	write_all("PRIVATE+KEY+x+y+z\n", 0600);
	assert_int_equal(seckey_load(path, &k, &d), ERR_SYNTAX);
	assert_non_null(strstr(d.text, path));
	(void)snprintf(text, sizeof(text), "%s", whole);
	write_all(text, 0600);
	assert_int_equal(seckey_load(path, &k, &d), OK);
	seckey_done(&k);
	(void)snprintf(text, sizeof(text), "%s\n", whole);
	write_all(text, 0600);
	assert_int_equal(seckey_load(path, &k, &d), ERR_SYNTAX);
	(void)snprintf(text, sizeof(text), "%.*s", (int)strlen(whole) - 1, whole);
	write_all(text, 0600);
	assert_int_equal(seckey_load(path, &k, &d), ERR_SYNTAX);
	assert_null(k.sk);
}

static void sealed(void **state)
{
	CLEANUP_SECKEY struct seckey back = {0};
	CLEANUP_BUF struct buf b;
	struct diag d;
	bool is = false;

	(void)state;
	assert_int_equal(seckey_save_sealed(path, &key,
				 slice_of("r\xc3\xb8"
					  "d gr\xc3\xb8"
					  "d"),
				 &d),
		OK);
	assert_int_equal(mode_of(path), 0600);
	assert_int_equal(seckey_is_sealed(path, &is, &d), OK);
	assert_true(is);
	assert_int_equal(
		seckey_load_sealed(path, slice_of("rod grod"), &back, &d), ERR_NOPERM);
	assert_non_null(strstr(d.text, "wrong passphrase"));
	assert_null(back.sk);
	assert_int_equal(seckey_load_sealed(path,
				 slice_of("r\xc3\xb8"
					  "d gr\xc3\xb8"
					  "d"),
				 &back, &d),
		OK);
	assert_memory_equal(back.sk, key.sk, 64);
	read_all(&b);
	assert_null(strstr(buf_str(&b), "PRIVATE"));
	assert_int_equal(seckey_load(path, &back, &d), ERR_SYNTAX);
}

/* Writes the sealed file again with `from` replaced; the result of loading it. */
static enum err load_changed(
	const char *text, const char *from, const char *to, struct diag *d)
{
	const char *at = strstr(text, from);
	char changed[5000];
	struct seckey k = {0};
	enum err e;

	assert_non_null(at);
	(void)snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - text), text, to,
		at + strlen(from));
	write_all(changed, 0600);
	e = seckey_load_sealed(path, slice_of("pass"), &k, d);
	seckey_done(&k);
	return e;
}

/* What a hostile file may not do: eat the memory, or show a vkey it does not hold. */
static void sealed_changed(void **state)
{
	CLEANUP_SECKEY struct seckey other = {0};
	CLEANUP_BUF struct buf b, mine, theirs;
	struct diag d;
	const char *text;

	(void)state;
	assert_int_equal(seckey_save_sealed(path, &key, slice_of("pass"), NULL), OK);
	read_all(&b);
	text = buf_str(&b);
	assert_int_equal(load_changed(text, "ops 3", "ops 3", &d), OK);
	assert_int_equal(load_changed(text, "ops 3", "ops 13", &d), ERR_LIMIT);
	assert_non_null(strstr(d.text, "line 4: ops: 13 is not between 1 and 12"));
	assert_int_equal(load_changed(text, "ops 3", "ops 0", &d), ERR_LIMIT);
	assert_int_equal(
		load_changed(text, "memory 268435456", "memory 1099511627776", &d),
		ERR_LIMIT);
	assert_int_equal(
		load_changed(text, "memory 268435456", "memory 1", &d), ERR_LIMIT);
	assert_int_equal(
		load_changed(text, "memory 268435456", "memory 8192", &d), ERR_NOPERM);
	assert_int_equal(load_changed(text, "salt ", "salt 0", &d), ERR_LIMIT);
	assert_int_equal(load_changed(text, "nonce ", "nonce zz", &d), ERR_LIMIT);
	assert_int_equal(load_changed(text, "box ", "box =", &d), ERR_SYNTAX);
	assert_int_equal(
		load_changed(text, "sealed-key/v1", "sealed-key/v2", &d), ERR_SYNTAX);
	assert_int_equal(
		load_changed(text, "salt ", "colour red\nsalt ", &d), ERR_SYNTAX);

	buf_init(&mine, 1000);
	buf_init(&theirs, 1000);
	assert_int_equal(
		seckey_generate(slice_of(key.pub.name), KEY_ED25519, &other, &d), OK);
	pubkey_put(&mine, &key.pub);
	pubkey_put(&theirs, &other.pub);
	assert_int_equal(
		load_changed(text, buf_str(&mine), buf_str(&theirs), &d), ERR_SYNTAX);
	assert_non_null(strstr(d.text, "not that of the vkey"));

	/* nor the same key under another name */
	assert_int_equal(
		pubkey_make(slice_of("other"), KEY_ED25519, key.pub.pk, &other.pub, &d),
		OK);
	buf_reset(&theirs);
	pubkey_put(&theirs, &other.pub);
	assert_int_equal(
		load_changed(text, buf_str(&mine), buf_str(&theirs), &d), ERR_SYNTAX);
}

static int setup(void **state)
{
	(void)state;
	if (sodium_init() < 0)
		return -1;
	(void)snprintf(dir, sizeof(dir), "/tmp/varsel.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/key", dir);
	return (int)seckey_generate(
		slice_of("varsel.kl.dk/coordinator/a"), KEY_ED25519, &key, NULL);
}

static int clean(void **state)
{
	(void)state;
	(void)unlink(path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	seckey_done(&key);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(plain, clean),
		cmocka_unit_test_teardown(never_over_another, clean),
		cmocka_unit_test_teardown(plain_refused, clean),
		cmocka_unit_test_teardown(sealed, clean),
		cmocka_unit_test_teardown(sealed_changed, clean),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
