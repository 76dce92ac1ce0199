/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/digest.h"

#include "tests/unit/common/canonical.h"

#define D32 "d41d8cd98f00b204e9800998ecf8427e"
#define U32 "D41D8CD98F00B204E9800998ECF8427E"

static void digests(void **state)
{
	static const struct canonical_case md5[] = {
		{D32, D32},
		{U32, D32},
		{"00000000000000000000000000000000", "00000000000000000000000000000000"},
		{"", "!not 32 hex digits but 0 bytes"},
		{D32 "0", "!not 32 hex digits but 33 bytes"},
		{D32 "\n", "!not 32 hex digits but 33 bytes"},
		{"d41d8cd98f00b204e9800998ecf8427", "!not 32 hex digits but 31 bytes"},
		{"g41d8cd98f00b204e9800998ecf8427e", "!byte 1 is not a hex digit"},
		{"d41d8cd98f00b204e9800998ecf8427 ", "!byte 32 is not a hex digit"},
		{"d4:d8cd98f00b204e9800998ecf8427e", "!byte 3 is not a hex digit"},
		{"0xd41d8cd98f00b204e9800998ecf842", "!byte 2 is not a hex digit"},
	};
	static const struct canonical_case sha1[] = {
		{D32 "01234567", D32 "01234567"},
		{U32 "ABCDEFab", D32 "abcdefab"},
		{D32, "!not 40 hex digits but 32 bytes"},
		{D32 "0123456z", "!byte 40 is not a hex digit"},
	};
	static const struct canonical_case sha256[] = {
		{U32 D32, D32 D32},
		{D32, "!not 64 hex digits but 32 bytes"},
		{D32 D32 "00", "!not 64 hex digits but 66 bytes"},
		{D32 "/41d8cd98f00b204e9800998ecf8427e", "!byte 33 is not a hex digit"},
		{D32 ":41d8cd98f00b204e9800998ecf8427e", "!byte 33 is not a hex digit"},
		{D32 "@41d8cd98f00b204e9800998ecf8427e", "!byte 33 is not a hex digit"},
		{D32 "G41d8cd98f00b204e9800998ecf8427e", "!byte 33 is not a hex digit"},
	};

	(void)state;
	assert_cases(&kinds[KIND_MD5], md5);
	assert_cases(&kinds[KIND_SHA1], sha1);
	assert_cases(&kinds[KIND_SHA256], sha256);
}

static void hex(void **state)
{
	(void)state;
	assert_true(digest_is_hex(slice_of("0123456789abcdefABCDEF")));
	assert_false(digest_is_hex(slice_of("")));
	assert_false(digest_is_hex(slice_of("0g")));
	assert_false(digest_is_hex(slice_mem("0\0", 2)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests),
		cmocka_unit_test(hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
