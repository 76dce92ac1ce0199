/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/client/agent/input/reading.h"

#define EVENT(more) "{\"Event\": {\"info\": \"x\"" more "}}"
#define ATTR(type, value, more) \
	"{\"type\": \"" type "\", \"value\": \"" value "\", \"to_ids\": true" more "}"

static void types(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ATTR("ip-dst", "192.0.2.1", ""), "2 kind=ip value=192.0.2.1\n"},
		{ATTR("ip-src", "192.0.2.1", ""), "2 kind=ip value=192.0.2.1\n"},
		{ATTR("ip-dst|port", "192.0.2.1|443", ""), "2 kind=ip value=192.0.2.1\n"},
		{ATTR("domain", "a.example", ""), "2 kind=domain value=a.example\n"},
		{ATTR("hostname", "a.example", ""), "2 kind=domain value=a.example\n"},
		{ATTR("hostname|port", "a.example|25", ""),
			"2 kind=domain value=a.example\n"},
		{ATTR("domain|ip", "a.example|192.0.2.1", ""),
			"2 kind=domain value=a.example\n2 kind=ip value=192.0.2.1\n"},
		{ATTR("url", "http://a.example/", ""),
			"2 kind=url value=http://a.example/\n"},
		{ATTR("uri", "http://a.example/", ""),
			"2 kind=url value=http://a.example/\n"},
		{ATTR("email", "x@a.example", ""), "2 kind=email value=x@a.example\n"},
		{ATTR("email-src", "x@a.example", ""),
			"2 kind=email value=x@a.example\n"},
		{ATTR("md5", "aa", ""), "2 kind=md5 value=aa\n"},
		{ATTR("filename|sha256", "a b.exe|cc", ""), "2 kind=sha256 value=cc\n"},
		{ATTR("sha1", "bb", ""), "2 kind=sha1 value=bb\n"},
	};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(text, sizeof(text), "{\"Event\": {\"Attribute\": [\n%s]}}",
			cases[i].text);
		reading_expect("misp", text, cases[i].want);
	}
}

static void tags_and_times(void **state)
{
	(void)state;
	reading_expect("misp",
		EVENT(", \"Tag\": [{\"name\": \"tlp:green\"}], \"Attribute\": [\n" ATTR(
			"domain", "a.example",
			", \"timestamp\": \"1795687200\", \"Tag\": [{\"name\": "
			"\"tlp:amber\"}, "
			"{\"name\": \"Phishing\"}, {\"name\": "
			"\"misp-galaxy:x=\\\"y\\\"\"}]") ",\n" ATTR("domain", "b.example",
			", \"last_seen\": \"2026-11-24T10:00:00.000000+00:00\"") "]"),
		"2 kind=domain value=a.example seen=2026-11-26T10:00:00Z tlp=amber "
		"tag=phishing\n"
		"3 kind=domain value=b.example seen=2026-11-24T10:00:00Z tlp=green\n");
	reading_expect("misp",
		EVENT(", \"Tag\": [{\"name\": \"tlp:mauve\"}], \"Attribute\": [" ATTR(
			"domain", "a.example", "") "]"),
		"1! a TLP tag that is not known\n");
	/* an event for nobody else stays so, whatever an attribute says */
	reading_expect("misp",
		EVENT(", \"Tag\": [{\"name\": \"tlp:red\"}], \"Attribute\": [" ATTR(
			"domain", "a.example",
			", \"Tag\": [{\"name\": \"tlp:white\"}]") "]"),
		"1 kind=domain value=a.example tlp=red\n");
}

static void shapes(void **state)
{
	(void)state;
	reading_expect("misp",
		"{\"response\": [{\"Event\": {\"Attribute\": [" ATTR("domain",
			"a.example", "") "],\n\"Object\": [{\"name\": \"x\", "
					 "\"Attribute\": [\n" ATTR("ip-dst", "192.0.2.1",
						 "") "]}]}},\n{\"Event\": "
						     "{\"Attribute\": [" ATTR("domain",
							     "b.example", "") "]}}]}",
		"1 kind=domain value=a.example\n3 kind=ip value=192.0.2.1\n"
		"4 kind=domain value=b.example\n");
	reading_expect("misp",
		"{\"response\": {\"Attribute\": [" ATTR("domain", "a.example", "") "]}}",
		"1 kind=domain value=a.example\n");
	reading_refused("misp", "{}", "not a MISP event");
	reading_refused("misp", "[]", "not a MISP event");
	reading_refused("misp", "{", "line 1: not JSON");
}

static void passed_over(void **state)
{
	struct reading r;

	(void)state;
	reading_of("misp",
		EVENT(", \"Attribute\": ["
		      "{\"type\": \"domain\", \"value\": \"a.example\", \"to_ids\": "
		      "false},"
		      "{\"type\": \"domain\", \"value\": \"a.example\"}," ATTR(
			      "text", "x", "") "," ATTR("domain", "a.example",
			      ", \"deleted\": true") "]"),
		&r);
	assert_int_equal(r.err, OK);
	assert_string_equal(buf_str(&r.text), "");
	assert_int_equal(r.skipped, 4);
	buf_done(&r.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types),
		cmocka_unit_test(tags_and_times),
		cmocka_unit_test(shapes),
		cmocka_unit_test(passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
