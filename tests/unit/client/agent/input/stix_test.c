/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/client/agent/input/reading.h"

#define BUNDLE(objects) \
	"{\"type\": \"bundle\", \"id\": \"bundle--0\", \"objects\": [\n" objects "\n]}"
#define INDICATOR(pattern, more) \
	"{\"type\": \"indicator\", \"pattern\": \"" pattern "\"" more "}"

static void each_kind(void **state)
{
	(void)state;
	reading_expect("stix",
		BUNDLE(INDICATOR("[ipv4-addr:value = '192.0.2.1']", "") ",\n" INDICATOR(
			"[ipv6-addr:value = '2001:db8::1']",
			"") ",\n" INDICATOR("[domain-name:value = 'evil.example']",
			"") ",\n" INDICATOR("[url:value = 'http://evil.example/a']",
			"") ",\n" INDICATOR("[email-addr:value = 'x@evil.example']",
			"") ",\n" INDICATOR("[file:hashes.MD5 = 'aa']",
			"") ",\n" INDICATOR("[file:hashes.'SHA-1' = 'bb']",
			"") ",\n" INDICATOR("[file:hashes.\\\"SHA-256\\\" = 'cc']", "")),
		"2 kind=ip value=192.0.2.1\n3 kind=ip value=2001:db8::1\n"
		"4 kind=domain value=evil.example\n5 kind=url "
		"value=http://evil.example/a\n"
		"6 kind=email value=x@evil.example\n7 kind=md5 value=aa\n8 kind=sha1 "
		"value=bb\n"
		"9 kind=sha256 value=cc\n");
}

static void patterns(void **state)
{
	(void)state;
	reading_expect("stix",
		BUNDLE(INDICATOR("[domain-name:value='a.example' OR domain-name:value = "
				 "'b.example']  OR [ipv4-addr:value = '192.0.2.0/24']",
			"")),
		"2 kind=domain value=a.example\n2 kind=domain value=b.example\n"
		"2 kind=ip value=192.0.2.0/24\n");
	reading_expect("stix",
		BUNDLE(INDICATOR("[url:value = 'http://x/\\\\'\\\\\\\\']", "")),
		"2 kind=url value=http://x/'\\\n");
	/* half of a pattern that says more would be another pattern */
	reading_expect("stix",
		BUNDLE(INDICATOR("[domain-name:value = 'a.example' AND url:value = 'b']",
			"") ",\n" INDICATOR("[domain-name:value = 'a.example'] "
					    "FOLLOWEDBY "
					    "[url:value = 'b']",
			"") ",\n" INDICATOR("[domain-name:value LIKE 'a%']",
			"") ",\n" INDICATOR("[process:name = 'x']",
			"") ",\n" INDICATOR("[domain-name:value = 'a.example'] WITHIN 5 "
					    "SECONDS",
			"") ",\n" INDICATOR("domain-name:value = 'a'",
			"") ",\n" INDICATOR("[domain-name:value = 'a",
			"") ",\n" INDICATOR("", "")),
		"2! pattern: more than comparisons joined by OR\n"
		"3! pattern: more than comparisons joined by OR\n"
		"4! pattern: compares with something else than =\n"
		"5! pattern: looks at something that is no kind of indicator here\n"
		"6! pattern: more than comparisons joined by OR\n"
		"7! pattern: does not begin with [\n"
		"8! pattern: no text in single quotes after =\n"
		"9! pattern: does not begin with [\n");
	reading_expect("stix",
		BUNDLE(INDICATOR("alert tcp", ", \"pattern_type\": \"snort\"")),
		"2! pattern_type: only stix can be read\n");
}

static void attributes(void **state)
{
	(void)state;
	reading_expect("stix",
		BUNDLE(INDICATOR("[domain-name:value = 'a.example']",
			", \"confidence\": 85, \"valid_from\": "
			"\"2026-11-24T10:00:00.123Z\", "
			"\"indicator_types\": [\"malicious-activity\"], \"labels\": "
			"[\"Emotet\", "
			"\"two words\"]")),
		"2 kind=domain value=a.example confidence=85 seen=2026-11-24T10:00:00Z "
		"tag=malicious-activity,emotet\n");
}

#define MARKED(id)                                     \
	INDICATOR("[domain-name:value = 'a.example']", \
		", \"object_marking_refs\": [\"marking-definition--" id "\"]")
#define A "2 kind=domain value=a.example"

static void markings(void **state)
{
	static const struct {
		const char *bundle, *want;
	} cases[] = {
		{BUNDLE(MARKED("613f2e26-407d-48c7-9eca-b8e91df99dc9")),
			A " tlp=clear\n"},
		{BUNDLE(MARKED("f88d31f6-486f-44da-b317-01333bde0b82")),
			A " tlp=amber\n"},
		{BUNDLE(MARKED("5e57c739-391a-4eb3-b6be-7d15ca92d5ed")), A " tlp=red\n"},
		{BUNDLE(MARKED("939a9414-2ddd-4d32-a0cd-375ea402b003")),
			A " tlp=amber+strict\n"},
		{BUNDLE(MARKED("e828b379-4e03-4974-9ac4-e53a884c97c1")), A " tlp=red\n"},
		{BUNDLE(MARKED("00000000-0000-0000-0000-000000000000")),
			"2! a marking that is not in the bundle: its TLP cannot be "
			"told\n"},
		{BUNDLE(MARKED(
			 "1") ",\n{\"type\": \"marking-definition\", \"id\": "
			      "\"marking-definition--1\", \"definition\": {\"tlp\": "
			      "\"green\"}}"),
			A " tlp=green\n"},
		{BUNDLE(MARKED("1") ",\n{\"type\": \"marking-definition\", \"id\": "
				    "\"marking-definition--1\", \"name\": "
				    "\"TLP:AMBER+STRICT\"}"),
			A " tlp=amber+strict\n"},
		{BUNDLE(MARKED("1") ",\n{\"type\": \"marking-definition\", \"id\": "
				    "\"marking-definition--1\", \"definition\": "
				    "{\"statement\": \"(c)\"}}"),
			A "\n"},
		{BUNDLE(MARKED(
			 "1") ",\n{\"type\": \"marking-definition\", \"id\": "
			      "\"marking-definition--1\", \"name\": \"TLP:MAUVE\"}"),
			"2! a TLP marking that is not known\n"},
		{BUNDLE(INDICATOR("[domain-name:value = 'a.example']",
			 ", \"object_marking_refs\": "
			 "[\"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed\", "
			 "\"marking-definition--34098fce-860f-48ae-8e50-"
			 "ebd3cc5e41da\"]")),
			A " tlp=red\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		reading_expect("stix", cases[i].bundle, cases[i].want);
}

static void passed_over(void **state)
{
	struct reading r;

	(void)state;
	reading_of("stix",
		BUNDLE("{\"type\": \"malware\", \"name\": \"{[\"}, " INDICATOR(
			"[x = 'a']", ", \"revoked\": true") ", " INDICATOR("[x = 'a']",
			", \"valid_until\": \"2020-01-01T00:00:00Z\"")),
		&r);
	assert_int_equal(r.err, OK);
	assert_string_equal(buf_str(&r.text), "");
	assert_int_equal(r.skipped, 3);
	buf_done(&r.text);
	reading_refused("stix", "{\"type\": \"indicator\"}", "not a STIX bundle");
	reading_refused("stix", "{\"type\": \"bundle\"}", "not a STIX bundle");
	reading_refused("stix", "[]", "not a STIX bundle");
	reading_refused("stix", "{\n\n", "line 3: not JSON");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind),
		cmocka_unit_test(patterns),
		cmocka_unit_test(attributes),
		cmocka_unit_test(markings),
		cmocka_unit_test(passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
