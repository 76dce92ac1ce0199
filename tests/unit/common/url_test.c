/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/url.h"

#include "tests/unit/common/canonical.h"

#define NUMERIC "!a numeric host that is not four numbers"

static void hosts(void **state)
{
	static const struct canonical_case cases[] = {
		{"http://evil.example/", "http://evil.example/"},
		{"HTTPS://Evil.EXAMPLE", "https://evil.example/"},
		{"http://evil.example./a", "http://evil.example/a"},
		{"ftp://evil.example/pub", "ftp://evil.example/pub"},
		{"http://%65vil.example/", "http://evil.example/"},
		{"http://evil%2Eexample/", "http://evil.example/"},
		{"http://a_b.evil.example/", "http://a_b.evil.example/"},
		{"http://blåbær.dk/", "http://xn--blbr-roah.dk/"},
		{"http://bl%C3%A5b%C3%A6r.dk/", "http://xn--blbr-roah.dk/"},
		{"http://evil\u3002example/", "http://evil.example/"},
		{"http://203.0.113.7/", "http://203.0.113.7/"},
		{"http://[2001:DB8::0001]/", "http://[2001:db8::1]/"},
		{"http://[2001:db8::1]", "http://[2001:db8::1]/"},
		{"http://[::ffff:203.0.113.7]/", "http://203.0.113.7/"},
		{"http://[::203.0.113.7]:81/", "http://[::cb00:7107]:81/"},
		/* an @ in what is no host */
		{"http://evil.example/a@b", "http://evil.example/a@b"},
		{"http://evil.example?a@b", "http://evil.example/?a@b"},
		{"http://evil.example#a@b", "http://evil.example/"},
	};

	(void)state;
	assert_cases(&kinds[KIND_URL], cases);
}

static void ports(void **state)
{
	static const struct canonical_case cases[] = {
		{"http://evil.example:80/", "http://evil.example/"},
		{"https://evil.example:443/", "https://evil.example/"},
		{"ftp://evil.example:21/", "ftp://evil.example/"},
		{"http://evil.example:443/", "http://evil.example:443/"},
		{"https://evil.example:80/", "https://evil.example:80/"},
		{"http://evil.example:0080/", "http://evil.example/"},
		{"http://evil.example:08080/", "http://evil.example:8080/"},
		{"http://evil.example:65535/", "http://evil.example:65535/"},
		{"http://evil.example:/", "http://evil.example/"},
		{"http://203.0.113.7:80", "http://203.0.113.7/"},
		{"http://[2001:db8::1]:080/", "http://[2001:db8::1]/"},
		{"http://evil.example:0/", "!port 0"},
		{"http://evil.example:65536/", "!ort number"},
		{"http://evil.example:99999999999999999999/", "!ort number"},
		{"http://evil.example:80a/", "!ort number"},
		{"http://evil.example:-80/", "!ort number"},
		{"http://evil.example:+80/", "!ort number"},
		{"http://evil.example:80:80/", "!url"},
		{"http://evil.example:0x50/", "!ort number"},
		{"http://evil.example:%38%30/", "!ort number"},
	};

	(void)state;
	assert_cases(&kinds[KIND_URL], cases);
}

static void paths(void **state)
{
	static const struct canonical_case cases[] = {
		{"http://x.dk/a/./b/../c", "http://x.dk/a/c"},
		{"http://x.dk/a/b/../../../../c", "http://x.dk/c"},
		{"http://x.dk/..", "http://x.dk/"},
		{"http://x.dk/.", "http://x.dk/"},
		{"http://x.dk/a/..", "http://x.dk/"},
		{"http://x.dk/a/.", "http://x.dk/a/"},
		{"http://x.dk/a/b/..", "http://x.dk/a/"},
		{"http://x.dk/a//b/../../c", "http://x.dk/a/c"},
		{"http://x.dk//a//", "http://x.dk//a//"},
		{"http://x.dk/.../..a/.b/c..", "http://x.dk/.../..a/.b/c.."},
		{"http://x.dk/a/;/../b", "http://x.dk/a/b"},
		/* decoded first, and only then taken for dot segments */
		{"http://x.dk/a/%2e%2E/b", "http://x.dk/b"},
		{"http://x.dk/c/a/%2e%2e/../b", "http://x.dk/b"},
		{"http://x.dk/%2e/a/.%2e/b", "http://x.dk/b"},
		{"http://x.dk/a%2f..%2fb", "http://x.dk/a%2F..%2Fb"},
		{"http://x.dk/a/..%2fb", "http://x.dk/a/..%2Fb"},
		{"http://x.dk/%7Euser/%41%5a%61%7a%30%39%2d%2e%5f",
			"http://x.dk/~user/AZaz09-._"},
		{"http://x.dk/%3a%40%2c%3d%21", "http://x.dk/%3A%40%2C%3D%21"},
		{"http://x.dk/:@,=!$&'()*+;", "http://x.dk/:@,=!$&'()*+;"},
		{"http://x.dk/%20%0a%00%7f%ff", "http://x.dk/%20%0A%00%7F%FF"},
		{"http://x.dk/%2541", "http://x.dk/%2541"},
		{"http://x.dk/%25%34%31", "http://x.dk/%2541"},
		{"http://x.dk/%%34%31", "http://x.dk/%2541"},
		{"http://x.dk/%", "http://x.dk/%25"},
		{"http://x.dk/%4", "http://x.dk/%254"},
		{"http://x.dk/%zz%4g", "http://x.dk/%25zz%254g"},
		{"http://x.dk/\"<>[]^`{|}", "http://x.dk/%22%3C%3E%5B%5D%5E%60%7B%7C%7D"},
		{"http://x.dk/blåbær", "http://x.dk/bl%C3%A5b%C3%A6r"},
		{"http://x.dk/a%E2%80%AEb", "http://x.dk/a%E2%80%AEb"},
		/* the case of a path matters */
		{"http://x.dk/Path/UPPER", "http://x.dk/Path/UPPER"},
		{"http://x.dk/it's(f)'", "http://x.dk/it's(f)'"},
	};

	(void)state;
	assert_cases(&kinds[KIND_URL], cases);
}

static void queries(void **state)
{
	static const struct canonical_case cases[] = {
		{"http://x.dk?a=b", "http://x.dk/?a=b"},
		{"http://x.dk/?", "http://x.dk/"},
		{"http://x.dk/a?#", "http://x.dk/a"},
		{"http://x.dk/a?b#c?d", "http://x.dk/a?b"},
		{"http://x.dk/a#b?c", "http://x.dk/a"},
		{"http://x.dk/#", "http://x.dk/"},
		{"http://x.dk/a?b?c/../d", "http://x.dk/a?b?c/../d"},
		{"http://x.dk/a??", "http://x.dk/a??"},
		{"http://x.dk/a?%61=%2f&c=%3f", "http://x.dk/a?a=%2F&c=%3F"},
		{"http://x.dk/a?u=http://y.dk/%2e%2e/",
			"http://x.dk/a?u=http://y.dk/../"},
		{"http://x.dk/a?x[]={\"a\"}", "http://x.dk/a?x%5B%5D=%7B%22a%22%7D"},
		{"http://x.dk/a?æ=%c3%a6", "http://x.dk/a?%C3%A6=%C3%A6"},
		{"http://x.dk/a?b+c%20d", "http://x.dk/a?b+c%20d"},
		{"http://x.dk/a?100%", "http://x.dk/a?100%25"},
	};

	(void)state;
	assert_cases(&kinds[KIND_URL], cases);
}

static const struct canonical_case refused[] = {
	{"", "!no scheme"},
	{"evil.example/a", "!no scheme"},
	{"http:evil.example", "!no scheme"},
	{"http:/evil.example", "!no scheme"},
	{"://evil.example/", "!the scheme is not"},
	{"//evil.example://", "!the scheme is not"},
	{"smb://evil.example/a", "!the scheme is not http, https or ftp"},
	{"file://evil.example/a", "!the scheme is not"},
	{"javascript://evil.example/%0aalert(1)", "!the scheme is not"},
	{"hxxp://evil.example/", "!the scheme is not"},
	{"httpss://evil.example/", "!the scheme is not"},
	{"http:http://evil.example/", "!the scheme is not"},
	{"http://", "!no host"},
	{"http:///evil.example/", "!no host"},
	{"http://?a", "!no host"},
	{"http://#a", "!no host"},
	{"http://:80/", "!no host"},
	/* who is meant by a@b depends on the reader */
	{"http://user@evil.example/", "!user information"},
	{"http://user:pw@evil.example/", "!user information"},
	{"http://@evil.example/", "!user information"},
	{"http://good.example:80@evil.example/", "!user information"},
	{"http://good.example%40evil.example/", "!\"@\" cannot stand in a name"},
	{"http://good.example\\@evil.example/", "!a backslash"},
	{"http:\\\\evil.example\\a", "!a backslash"},
	{"http://evil.example/a\\..\\b", "!a backslash"},
	{"http://evil.example/a?b\\c", "!a backslash"},
	{"http://evil.example%5ca/", "!\"\\\" cannot stand in a name"},
	{"http://evil.example%2fa/", "!\"/\" cannot stand in a name"},
	{"http://evil.example%00.dk/", "!a blank or control character"},
	{"http://evil.example%0a.dk/", "!a blank or control character"},
	{"http://evil%.example/", "!\"%\" cannot stand in a name"},
	{"http://evil%2565.example/", "!\"%\" cannot stand in a name"},
	{"http://*.evil.example/", "!\"*\" cannot stand in a name"},
	{"http://evil..example/", "!a label is empty"},
	{"http://evil/", "!needs two labels"},
	{"http://localhost:8080/", "!needs two labels"},
	/* what curl, browsers and the C library read as different addresses */
	{"http://127.1/", NUMERIC},
	{"http://2130706433/", NUMERIC},
	{"http://0x7f000001/", NUMERIC},
	{"http://0x7f.0.0.1/", NUMERIC},
	{"http://0177.0.0.1/", NUMERIC},
	{"http://1.2.3.04/", NUMERIC},
	{"http://45.155.205.010/", NUMERIC},
	{"http://45.155.205.8./", NUMERIC},
	{"http://1.2.3.256/", NUMERIC},
	{"http://1.2.3.4.5/", NUMERIC},
	{"http://256/", NUMERIC},
	{"http://1.0x/", NUMERIC},
	{"http://a.0xFf/", NUMERIC},
	{"http://a.0XFF./", NUMERIC},
	{"http://%31%32%37.1/", NUMERIC},
	{"http://127%2e1/", NUMERIC},
	{"http://1.2.3.%30%34/", NUMERIC},
	{"http://１２７.１/", "!the last label is a number"},
	{"http://１２７.0.0.１/", "!the last label is a number"},
	{"http://a.０x7f/", NUMERIC},
	{"http://①②⑦.①/", "!the last label is a number"},
	{"http://[::1/", "!a bracket that is not closed"},
	{"http://[::1%25eth0]/", "!a zone"},
	{"http://[::1%eth0]/", "!a zone"},
	{"http://[::1/64]/", "!a bracket that is not closed"},
	{"http://[]/", "!not an IPv6 address"},
	{"http://[1.2.3.4]/", "!not an IPv6 address"},
	{"http://[evil.example]/", "!not an IPv6 address"},
	{"http://[v1.a]/", "!not an IPv6 address"},
	{"http://[::1]a/", "!url"},
	{"http://[::1].evil.example/", "!url"},
	{"http://a[::1]/", "!url"},
	{"http://::1/", "!url"},
	{"http://evil.example /", "!a blank or control character"},
	{"http://evil.example/a b", "!a blank or control character"},
	{" http://evil.example/", "!a blank or control character"},
	{"http://evil.example/\n", "!a blank or control character"},
	{"http://evil.example/a\tb", "!a blank or control character"},
	{"ht\ntp://evil.example/", "!a blank or control character"},
	{"http://evil.example/\x7f", "!a blank or control character"},
	{"http://evil\u00a0.example/", "!url"},
};

static void refusals(void **state)
{
	(void)state;
	assert_cases(&kinds[KIND_URL], refused);
}

static void limits(void **state)
{
	CLEANUP_BUF struct buf in = {.max = 1 << 20};
	CLEANUP_BUF struct buf out = {.max = VALUE_MAX};
	struct diag d;

	(void)state;
	buf_puts(&in, "http://evil.example/");
	while (in.len < URL_MAX)
		buf_putc(&in, 'a');
	assert_int_equal(url_canonicalise(buf_view(&in), &out, &d), OK);
	assert_int_equal(out.len, URL_MAX);
	buf_reset(&out);
	buf_putc(&in, 'a');
	assert_int_equal(url_canonicalise(buf_view(&in), &out, &d), ERR_LIMIT);
	assert_non_null(strstr(d.text, "longer than 2048 bytes"));
	assert_int_equal(out.len, 0);
	while (in.len <= INPUT_LINE_MAX)
		buf_puts(&in, "/..");
	assert_int_equal(url_canonicalise(buf_view(&in), &out, &d), ERR_LIMIT);
	assert_non_null(strstr(d.text, "longer than 4096 bytes"));
	buf_reset(&in);
	buf_puts(&in, "http://");
	while (in.len < 2000)
		buf_puts(&in, "%61");
	buf_puts(&in, ".dk/");
	assert_int_equal(url_canonicalise(buf_view(&in), &out, &d), ERR_LIMIT);
	buf_reset(&in);
	buf_puts(&in, "http://");
	while (in.len < 2000)
		buf_putc(&in, 'a');
	assert_int_equal(url_canonicalise(buf_view(&in), &out, &d), ERR_LIMIT);
	assert_non_null(strstr(d.text, "the host is longer"));
	assert_int_equal(out.len, 0);
}

static void host_of(void **state)
{
	static const struct {
		const char *url;
		const char *host;
	} cases[] = {
		{"http://evil.example/", "evil.example"},
		{"http://evil.example:81/a:b", "evil.example"},
		{"http://203.0.113.7/", "203.0.113.7"},
		{"https://203.0.113.7:8443/?a", "203.0.113.7"},
		{"http://[2001:db8::1]/", "2001:db8::1"},
		{"http://[2001:db8::1]:81/", "2001:db8::1"},
		{"http://evil.example/?u=https://good.example/", "evil.example"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_true(slice_is(url_host(slice_of(cases[i].url)), cases[i].host));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts),
		cmocka_unit_test(ports),
		cmocka_unit_test(paths),
		cmocka_unit_test(queries),
		cmocka_unit_test(refusals),
		cmocka_unit_test(limits),
		cmocka_unit_test(host_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
