/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/kind.h"

#include "tests/unit/common/canonical.h"

/* What the formats' table promises of each kind. */
static void table(void **state)
{
	static const struct {
		const char *name;
		bool blockable;
		enum carry carry;
	} rows[] = {
		{"ip", true, CARRY_IP},
		{"domain", true, CARRY_DOMAIN},
		{"url", true, CARRY_URL},
		{"email", false, CARRY_NONE},
		{"md5", false, CARRY_NONE},
		{"sha1", false, CARRY_NONE},
		{"sha256", false, CARRY_NONE},
	};

	(void)state;
	assert_int_equal(sizeof(rows) / sizeof(rows[0]), KIND_COUNT);
	for (size_t i = 0; i < KIND_COUNT; i++) {
		const struct kind *k = &kinds[i];

		assert_string_equal(k->name, rows[i].name);
		assert_int_equal(k->id, i);
		assert_int_equal(k->blockable, rows[i].blockable);
		assert_int_equal(k->action, k->blockable ? ACTION_BLOCK : ACTION_WATCH);
		assert_int_equal(k->carry, rows[i].carry);
		assert_non_null(strstr(k->stix, "'%s']"));
		assert_true(k->misp[0] != '\0');
		assert_ptr_equal(kind_by_name(slice_of(k->name)), k);
	}
}

static void names(void **state)
{
	(void)state;
	assert_null(kind_by_name(slice_of("")));
	assert_null(kind_by_name(slice_of("i")));
	assert_null(kind_by_name(slice_of("ip ")));
	assert_null(kind_by_name(slice_of("IP")));
	assert_null(kind_by_name(slice_of("sha25")));
	assert_null(kind_by_name(slice_of("sha2567")));
	/* line_cmp() compares names alone */
	for (size_t i = 0; i < KIND_COUNT; i++)
		for (size_t j = 0; j < KIND_COUNT; j++)
			if (i != j)
				assert_false(slice_starts(
					slice_of(kinds[i].name), kinds[j].name));
}

/* `want` is "kind value", or "!" and the refusal's beginning. */
static const struct canonical_case looks[] = {
	{"203.0.113.7", "ip 203.0.113.7"},
	{"203[.]0[.]113[.]7", "ip 203.0.113.7"},
	{"203.0.113.0/24", "ip 203.0.113.0/24"},
	{"2001:db8::1", "ip 2001:db8::1"},
	{"2001[:]db8[:][:]1", "ip 2001:db8::1"},
	{"::", "ip ::"},
	{"evil.example", "domain evil.example"},
	{"  evil[.]example\r\n", "domain evil.example"},
	{"Evil(dot)Example", "domain evil.example"},
	{"blåbær[.]dk", "domain xn--blbr-roah.dk"},
	{"evil\u3002example", "domain evil.example"},
	{"bad.cafe", "domain bad.cafe"},
	{"hxxps://evil[.]example/a[.]php", "url https://evil.example/a.php"},
	{"<http://evil.example/?a@b>", "url http://evil.example/?a@b"},
	{"user[at]evil[.]example", "email user@evil.example"},
	{"\"user@evil.example\"", "email user@evil.example"},
	{"D41D8CD98F00B204E9800998ECF8427E", "md5 d41d8cd98f00b204e9800998ecf8427e"},
	{"da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709"},
	{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7"
		"852b855"},
	{"12345678901234567890123456789012", "md5 12345678901234567890123456789012"},

	{"dk", "!domain \"dk\": a public suffix cannot be blocked"},
	{"hello", "!domain \"hello\": a public suffix"},
	{"two words", "!domain \"two words\": a blank"},
	{"1.2.3", "!ip \"1.2.3\": not four numbers"},
	{"1.2.3.4.5", "!ip \"1.2.3.4.5\": not four numbers"},
	{"203.0.113.7/24", "!ip \"203.0.113.7/24\": bits are set"},
	{"1.2.3.0/24/8", "!ip \"1.2.3.0/24/8\": the prefix length"},
	{"::1%eth0", "!ip \"::1%eth0\": an address with a zone"},
	{"a:b:c", "!ip \"a:b:c\": not an IPv4 or IPv6 address"},
	{"http://evil", "!url \"http://evil\": a public suffix"},
	{"smb://evil.example", "!url \"smb://evil.example\": the scheme"},
	{"@evil.example", "!email \"@evil.example\": nothing before"},
	{"", "!value \"\": looks like no"},
	{"   ", "!value \"   \": looks like no"},
	{"evil.example/a", "!value \"evil.example/a\": looks like no"},
	{"203.0.113.7:80", "!value \"203.0.113.7:80\": looks like no"},
	{"evil.example:80", "!value \"evil.example:80\": looks like no"},
	{"d41d8cd98f00b204e9800998ecf8427e00", "!value \"d41d8cd98f00"},
	{"\x01\x1b[31m", "!domain \"??[31m\": a blank or control"},
	{"\xff\xfe", "!domain \"??\": no internationalised name"},
};

static void recognised(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		CLEANUP_BUF struct buf out = {.max = VALUE_MAX};
		const struct kind *kind = NULL;
		struct diag d = {""};
		char text[256];
		enum err e;

		e = kind_recognise(slice_of(looks[i].in), &kind, &out, &d);
		if (looks[i].want[0] == '!') {
			assert_int_equal(e, ERR_VALUE);
			assert_null(kind);
			assert_int_equal(out.len, 0);
			if (strncmp(d.text, looks[i].want + 1,
				    strlen(looks[i].want) - 1) != 0)
				fail_msg("%s", d.text);
			continue;
		}
		if (e)
			fail_msg("%s", d.text);
		snprintf(text, sizeof(text), "%s %s", kind->name, buf_str(&out));
		assert_string_equal(text, looks[i].want);
		assert_stable(kind, buf_view(&out));
		/* the canonical form is recognised as the same again */
		assert_ptr_equal(kind_guess(buf_view(&out)), kind);
	}
}

/* A known kind is held to: a name is no URL, whatever it looks like. */
static void accepted(void **state)
{
	CLEANUP_BUF struct buf out = {.max = VALUE_MAX};
	CLEANUP_BUF struct buf small = {.max = 4};
	CLEANUP_BUF struct buf long_one = {.max = 2 * INPUT_LINE_MAX};
	const struct kind *kind = NULL;
	struct diag d;

	(void)state;
	assert_int_equal(
		kind_accept(&kinds[KIND_DOMAIN], slice_of("evil[.]example"), &out, &d),
		OK);
	assert_string_equal(buf_str(&out), "evil.example");
	assert_int_equal(
		kind_accept(&kinds[KIND_IP], slice_of("evil[.]example"), &out, &d),
		ERR_VALUE);
	assert_int_equal(
		kind_accept(&kinds[KIND_DOMAIN], slice_of("203.0.113.7"), &out, &d),
		ERR_VALUE);
	assert_string_equal(buf_str(&out), "evil.example");

	assert_int_equal(
		kind_accept(&kinds[KIND_DOMAIN], slice_of("evil.example"), &small, &d),
		ERR_LIMIT);
	assert_non_null(strstr(d.text, "no room"));

	while (long_one.len <= INPUT_LINE_MAX)
		buf_puts(&long_one, "[.]a");
	assert_int_equal(kind_recognise(buf_view(&long_one), &kind, &out, &d), ERR_LIMIT);
	assert_int_equal(
		kind_accept(&kinds[KIND_URL], buf_view(&long_one), &out, &d), ERR_LIMIT);
	assert_non_null(strstr(d.text, "longer than 4096 bytes"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(names),
		cmocka_unit_test(recognised),
		cmocka_unit_test(accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
