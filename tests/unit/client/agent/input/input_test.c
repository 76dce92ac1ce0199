/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/client/agent/input/reading.h"

static void formats(void **state)
{
	static const char *const names[] = {"plain", "csv", "json", "stix", "misp"};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_non_null(input_format_of(names[i]));
	while (input_formats[n].name)
		n++;
	assert_int_equal(n, sizeof(names) / sizeof(names[0]));
	assert_null(input_format_of("xml"));
}

static void guesses(void **state)
{
	static const struct {
		const char *file, *text, *want;
	} cases[] = {
		{NULL, "a.example\n", "plain"},
		{"list.txt", "a.example\n", "plain"},
		{"list", "value\n", "plain"},
		{"x.csv", "value\n", "csv"},
		{"x.CSV", "value\n", "csv"},
		{"x.json", "[{\"value\":\"a\"}]", "json"},
		{"x.jsonl", "{\"value\":\"a\"}", "json"},
		{"x.json", "{\"type\": \"bundle\", \"objects\": []}", "stix"},
		{"x.stix", "", "stix"},
		{"x.json", "{\"Event\": {\"Attribute\": []}}", "misp"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(
			input_guess(cases[i].file, slice_of(cases[i].text))->name,
			cases[i].want);
}

static void plain(void **state)
{
	(void)state;
	reading_expect("plain", "", "");
	reading_expect("plain",
		"\xef\xbb\xbf# list of today\r\n"
		"evil.example\r\n"
		"\n"
		"  192.0.2.1\t# seen in the proxy\n"
		"http://evil.example/#top\n"
		"#203.0.113.1\n"
		"last.example",
		"2 value=evil.example\n"
		"4 value=192.0.2.1\n"
		"5 value=http://evil.example/#top\n"
		"7 value=last.example\n");
}

static void csv(void **state)
{
	(void)state;
	reading_expect("csv", "value\nevil.example\n\n192.0.2.1\n",
		"2 value=evil.example\n4 value=192.0.2.1\n");
	reading_expect("csv",
		"tag,Value,kind,action,confidence,seen,tlp\r\n"
		"\"a,b\",evil.example,domain,block,90,2026-11-24T10:00:00Z,green\r\n"
		",\"http://x.example/\"\"q\"\"\",url\r\n",
		"2 kind=domain value=evil.example action=block confidence=90 "
		"seen=2026-11-24T10:00:00Z tlp=green tag=a,b\n"
		"3 kind=url value=http://x.example/\"q\"\n");
	/* a Danish spreadsheet */
	reading_expect(
		"csv", "value;tlp\nevil.example;red\n", "2 value=evil.example tlp=red\n");
	reading_expect("csv", "value\ttlp\nevil.example\tred\n",
		"2 value=evil.example tlp=red\n");
	/* a record of two lines counts both */
	reading_expect("csv", "value,tag\n\"a\nb\",x\nc.example,y\n",
		"2 value=a\nb tag=x\n4 value=c.example tag=y\n");
}

static void csv_refusals(void **state)
{
	(void)state;
	reading_expect("csv", "value,tag\na.example,x,y\n,z\nb.example\n\"c.example\nd\n",
		"2! more fields than there are columns\n3! the value is empty\n"
		"4 value=b.example\n5! a quote is opened and never closed\n");
	reading_refused("csv", "", "line 1: empty");
	reading_refused("csv", "kind,tlp\n", "no column \"value\"");
	reading_refused("csv", "value,tpl\nx,red\n", "column \"tpl\": not one of value");
	reading_refused("csv", "value,value\n", "twice");
	reading_refused("csv", "value,a-very-long-name-of-a-column\n", "not one of");
	reading_refused("csv", "\"value\n", "never closed");
}

static void json(void **state)
{
	(void)state;
	reading_expect("json", "", "");
	reading_expect("json", "[]", "");
	reading_expect("json",
		"[\n {\"value\": \"evil.example\", \"kind\": \"domain\",\n  "
		"\"confidence\": "
		"90},\n {\"value\": \"192.0.2.1\", \"tag\": [\"a\", \"b\"], \"tlp\": "
		"null}\n]",
		"2 kind=domain value=evil.example confidence=90\n"
		"4 value=192.0.2.1 tag=a,b\n");
	reading_expect("json",
		"{\"value\": \"a.example\"}\n\n{\"value\": \"b.example\",\n \"tag\": "
		"\"x\"} "
		"{\"value\": \"{\\\"\"}\n",
		"1 value=a.example\n3 value=b.example tag=x\n4 value={\"\n");
}

static void json_refusals(void **state)
{
	(void)state;
	reading_expect("json",
		"{\"value\": \"a.example\", \"tpl\": \"red\"}\n{\"value\": "
		"7}\n{\"kind\": "
		"\"ip\"}\n"
		"{\"value\": \"b.example\"\n{\"value\": \"c.example\"}\n5\n"
		"{\"value\": \"a\", \"value\": \"b\"}\n",
		"1! field \"tpl\": not one of value, kind, action, confidence, seen, "
		"tlp, tag\n"
		"2! field \"value\": not a text\n3! there is no value\n"
		"4! not JSON: '}' expected near '{'\n5 value=c.example\n6! not an "
		"object\n"
		"7! not JSON: duplicate object key near '\"value\"'\n");
	reading_refused("json", "[{\"value\": \"a\"},\n{]", "line 2: not JSON");
	reading_refused("json", "[1]", "element 1: not an object");
	reading_refused("json", "[] x", "not JSON");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(guesses),
		cmocka_unit_test(plain),
		cmocka_unit_test(csv),
		cmocka_unit_test(csv_refusals),
		cmocka_unit_test(json),
		cmocka_unit_test(json_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
