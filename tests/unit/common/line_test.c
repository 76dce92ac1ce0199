/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#define UNTIL  "until=2026-12-24T00:00:00Z"
#define MD5    "d41d8cd98f00b204e9800998ecf8427e"
#define SEEN   "seen=2026-11-24T09:58:00Z"
#define TAGS16 "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p"
#define T64    "a23456789-b23456789-c23456789-d23456789-e23456789-f23456789-abcd"

/* What the line reads as, written again; or "!", an error's slug, a blank and a piece of
 * the refusal. NULL: as it came. */
struct line_case {
	const char *in;
	const char *want;
};

static void assert_line(enum line_form form, const struct line_case *c)
{
	CLEANUP_BUF struct buf value = {.max = VALUE_MAX};
	CLEANUP_BUF struct buf out = {.max = 2 * INPUT_LINE_MAX};
	struct line l = {.orgs = 77};
	struct diag d = {""};
	enum err e;

	e = line_parse(form, slice_of(c->in), &value, &l, &d);
	if (c->want && c->want[0] == '!') {
		size_t n = strcspn(c->want, " ");

		if (!e)
			fail_msg("\"%s\" taken", c->in);
		assert_true(slice_is((struct slice){c->want + 1, n - 1}, err_slug(e)));
		if (!strstr(d.text, c->want + n + 1))
			fail_msg("\"%s\": refusal is: %s", c->in, d.text);
		/* untouched on failure */
		assert_int_equal(l.orgs, 77);
		assert_null(l.kind);
		return;
	}
	if (e)
		fail_msg("\"%s\" refused: %s", c->in, d.text);
	line_put(&out, form, &l);
	out.data[out.len - 1] = '\0';
	assert_string_equal(out.data, c->want ? c->want : c->in);
}

#define assert_lines(form, cases)                                          \
	for (size_t i_ = 0; i_ < sizeof(cases) / sizeof((cases)[0]); i_++) \
	assert_line((form), &(cases)[i_])

static void reports(void **state)
{
	static const struct line_case cases[] = {
		{"domain evil.example", NULL},
		{"domain evil.example block", NULL},
		{"domain evil.example watch", NULL},
		{"ip 203.0.113.7 block confidence=70", NULL},
		{"md5 " MD5, NULL},
		{"md5 " MD5 " watch", NULL},
		{"email user@evil.example tlp=green", NULL},
		{"url http://evil.example/a=b block", NULL},
		{"domain evil.example block confidence=90 " SEEN " tag=phishing", NULL},
		/* any spelling of the value, any order of attributes */
		{"domain EVIL[.]example", "domain evil.example"},
		{"url hxxp://evil[.]example", "url http://evil.example/"},
		{"ip 203[.]0[.]113[.]7/32", "ip 203.0.113.7"},
		{"domain blåbær.dk", "domain xn--blbr-roah.dk"},
		{"domain evil.example tag=a " SEEN " tlp=amber confidence=0",
			"domain evil.example tlp=amber confidence=0 " SEEN " tag=a"},
		{"domain evil.example confidence=100 tlp=amber+strict",
			"domain evil.example tlp=amber+strict confidence=100"},
		{"domain evil.example tlp=clear", NULL},
		{"domain evil.example tlp=red", NULL},
		{"domain evil.example tag=a,b tag=c tag=b,a",
			"domain evil.example tag=a,b,c"},
		{"domain evil.example tag=" TAGS16, NULL},
		{"domain evil.example tag=" TAGS16 ",a,p",
			"domain evil.example tag=" TAGS16},
		{"domain evil.example tag=" T64, NULL},
		{"domain evil.example tag=misp:a.b_c-1", NULL},
		/* what a report has not is an unknown attribute there */
		{"domain evil.example " UNTIL " orgs=3 override=yes",
			"domain evil.example"},
		{"domain evil.example until=soon", "domain evil.example"},
		{"domain evil.example colour=red x=y=z e=", "domain evil.example"},
		{"domain evil.example block 9a-B.c=1", "domain evil.example block"},
		{"domain evil.example x=1 x=2", "domain evil.example"},
	};

	(void)state;
	assert_lines(LINE_REPORT, cases);
}

static const struct line_case bad_lines[] = {
	{"", "!syntax a blank at an end"},
	{" ", "!syntax a blank at an end"},
	{"domain", "!syntax no value behind \"domain\""},
	{"domain ", "!syntax a blank at an end"},
	{" domain evil.example", "!syntax a blank at an end"},
	{"domain  evil.example", "!syntax a blank at an end of the line or beside"},
	{"domain evil.example ", "!syntax a blank at an end"},
	{"domain evil.example  block", "!syntax a blank at an end"},
	{"domain evil.example block ", "!syntax a blank at an end"},
	{"domain evil.example block  confidence=1", "!syntax a blank at an end"},
	{"domain\tevil.example", "!not-found kind \"domain?evil.example\""},
	{"domain evil.example\tblock", "!value a blank or control character"},
	{"domain evil.example\x01", "!value a blank or control character"},
	{"hostname evil.example", "!not-found kind \"hostname\": not ip, domain"},
	{"Domain evil.example", "!not-found kind \"Domain\""},
	{"ip6 ::1", "!not-found kind \"ip6\""},
	{"domain evil.example drop", "!not-found action \"drop\": not block or watch"},
	{"domain evil.example BLOCK", "!not-found action \"BLOCK\""},
	{"domain evil.example block watch", "!syntax attribute \"watch\": not like key"},
	{"domain evil.example tlp=red block", "!syntax attribute \"block\": not like"},
	{"domain evil.example =1", "!syntax attribute \"=1\": not like key=value"},
	{"domain dk", "!value domain \"dk\": a public suffix cannot be blocked"},
	{"ip 10.0.0.1/8", "!value ip \"10.0.0.1/8\": bits are set"},
	{"domain 203.0.113.7", "!value the last label is a number"},
	{"email user@evil.example block", "!value this kind can only be watched"},
	{"md5 " MD5 " block", "!value md5 \"" MD5 "\": this kind can only be watched"},
	{"sha256 " MD5, "!value not 64 hex digits"},
	{"domain evil.example confidence=101",
		"!value confidence \"101\": more than 100"},
	{"domain evil.example confidence=9223372036854775808", "!syntax number"},
	{"domain evil.example confidence=-1", "!syntax number \"-1\""},
	{"domain evil.example confidence=07", "!syntax number \"07\""},
	{"domain evil.example confidence=", "!syntax number \"\""},
	{"domain evil.example confidence=7.5", "!syntax number \"7.5\""},
	{"domain evil.example tlp=pink", "!syntax tlp \"pink\": not clear, green"},
	{"domain evil.example tlp=", "!syntax tlp \"\""},
	{"domain evil.example tlp=AMBER", "!syntax tlp \"AMBER\""},
	{"domain evil.example seen=2026-11-24", "!syntax time \"2026-11-24\""},
	{"domain evil.example seen=2026-02-30T00:00:00Z", "!syntax time"},
	{"domain evil.example seen=2026-11-24T09:58:00+01:00", "!syntax time"},
	{"domain evil.example tag=", "!syntax tag \"\": empty"},
	{"domain evil.example tag=a,,b", "!syntax tag \"\": empty"},
	{"domain evil.example tag=a,", "!syntax tag \"\": empty"},
	{"domain evil.example tag=Phishing", "!syntax tag \"Phishing\": only a-z"},
	{"domain evil.example tag=a=b", "!syntax tag \"a=b\": only a-z"},
	{"domain evil.example tag=æ", "!syntax tag \"æ\": only a-z"},
	{"domain evil.example tag=" T64 "e", "!too-large longer than 64 bytes"},
	{"domain evil.example tag=" TAGS16 ",q", "!too-large more than 16 tags"},
	{"domain evil.example tag=" TAGS16 " tag=q", "!too-large more than 16 tags"},
	{"domain evil.example tlp=green tlp=green", "!syntax \"tlp=green\": given twice"},
	{"domain evil.example confidence=1 tag=a confidence=2", "!syntax given twice"},
	{"domain evil.example " SEEN " " SEEN, "!syntax given twice"},
};

static void bad_reports(void **state)
{
	(void)state;
	assert_lines(LINE_REPORT, bad_lines);
}

/* No CPR number goes out, neither in the line nor in the refusal. */
static void cpr(void **state)
{
	static const char *const lines[] = {
		"domain 0101901234.example",
		"domain 0101901234",
		"url http://evil.example/?cpr=010190-1234",
		"url http://evil.example/?cpr=%30%31%30%31%39%30%31%32%33%34",
		"url hxxp://evil[.]example/010190%2d1234/",
		"email 0101901234@evil.example",
		"email 0101901234@evil",
		"domain evil.example tag=010190-1234",
		"domain evil.example note=0101901234",
		"md5 " MD5 " tag=0101901234",
	};
	static const struct line_case exempt[] = {
		/* a digest holds any digits, an address cannot */
		{"md5 01019012340101901234010190123401", NULL},
		{"ip 2001:db8:101:9012:3400::", NULL},
		{"domain evil.example " SEEN, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		CLEANUP_BUF struct buf value = {.max = VALUE_MAX};
		struct diag d = {""};
		struct line l;

		assert_int_equal(
			line_parse(LINE_REPORT, slice_of(lines[i]), &value, &l, &d),
			ERR_VALUE);
		if (!strstr(d.text, "a CPR number") || strstr(d.text, "1234"))
			fail_msg("\"%s\": refusal is: %s", lines[i], d.text);
	}
	assert_lines(LINE_REPORT, exempt);
}

static void bundles(void **state)
{
	static const struct line_case cases[] = {
		{"domain evil.example block " UNTIL, NULL},
		{"md5 " MD5 " watch " UNTIL, NULL},
		{"ip 203.0.113.0/24 watch " UNTIL " tlp=green confidence=70 orgs=1",
			NULL},
		{"domain evil.example block " UNTIL " tlp=amber confidence=80 " SEEN
		 " orgs=3 override=yes tag=a,b",
			NULL},
		{"domain evil.example block tag=a orgs=3 " UNTIL,
			"domain evil.example block " UNTIL " orgs=3 tag=a"},
		{"domain evil.example block " UNTIL " colour=red",
			"domain evil.example block " UNTIL},

		{"domain evil.example", "!syntax domain \"evil.example\": no action"},
		{"domain evil.example " UNTIL,
			"!syntax domain \"evil.example\": no action"},
		{"domain evil.example block",
			"!syntax domain \"evil.example\": no until="},
		{"domain evil.example block until=30d", "!syntax time \"30d\""},
		{"domain evil.example block " UNTIL " " UNTIL, "!syntax given twice"},
		{"domain evil.example block " UNTIL " tlp=red",
			"!value cannot be approved"},
		{"domain evil.example block " UNTIL " override=no",
			"!syntax override \"no\""},
		{"domain evil.example block " UNTIL " override=",
			"!syntax override \"\""},
		{"domain evil.example block " UNTIL " orgs=-1", "!syntax number \"-1\""},
		{"domain evil.example block override " UNTIL,
			"!syntax \"override\": not like"},
		{"md5 " MD5 " block " UNTIL, "!value this kind can only be watched"},
		{"domain evil.example defer " UNTIL, "!not-found action \"defer\""},
		{"asn 64496 block " UNTIL, "!not-found kind \"asn\""},
		/* another spelling of a value would be a second key */
		{"domain Evil.example block " UNTIL, "!value which is evil.example"},
		{"domain evil.example. block " UNTIL, "!value which is evil.example"},
		{"domain evil[.]example block " UNTIL,
			"!value \"[\" cannot stand in a name"},
		{"domain blåbær.dk block " UNTIL, "!value which is xn--blbr-roah.dk"},
		{"ip 203.0.113.7/32 block " UNTIL, "!value which is 203.0.113.7"},
		{"ip ::ffff:203.0.113.7 block " UNTIL, "!value which is 203.0.113.7"},
		{"ip 2001:DB8::1 block " UNTIL, "!value which is 2001:db8::1"},
		{"url http://evil.example block " UNTIL,
			"!value which is http://evil.example/"},
		{"url http://evil.example/%2f block " UNTIL, "!value %2F"},
		{"email A@evil.example watch " UNTIL, "!value which is a@evil.example"},
		{"md5 D41D8CD98F00B204E9800998ECF8427E watch " UNTIL,
			"!value which is d41d"},
	};

	(void)state;
	assert_lines(LINE_BUNDLE, cases);
}

static void revocations(void **state)
{
	static const struct line_case cases[] = {
		{"domain evil.example", NULL},
		{"ip 203.0.113.0/24", NULL},
		{"md5 " MD5, NULL},
		{"domain evil.example block",
			"!syntax something stands behind the value"},
		{"domain evil.example tag=a",
			"!syntax something stands behind the value"},
		{"domain evil.example ", "!syntax a blank at an end"},
		{"domain Evil.example", "!value which is evil.example"},
		{"asn 64496", "!not-found kind \"asn\""},
		{"domain", "!syntax no value"},
	};

	(void)state;
	assert_lines(LINE_REVOKE, cases);
}

/* Where the fields go, which writing them again does not show. */
static void fields(void **state)
{
	static const char text[] = "domain evil.example block " UNTIL " orgs=3 tag=a,b";
	CLEANUP_BUF struct buf value = {.max = VALUE_MAX};
	struct line l, again;

	(void)state;
	assert_int_equal(line_parse(LINE_BUNDLE, slice_of(text), &value, &l, NULL), OK);
	assert_ptr_equal(l.kind, &kinds[KIND_DOMAIN]);
	/* in the line itself: the scratch buffer is used for the next one */
	assert_ptr_equal(l.value.p, text + 7);
	assert_true(slice_is(l.value, "evil.example"));
	assert_int_equal(l.action, ACTION_BLOCK);
	assert_true(l.action_given);
	assert_int_equal(l.tlp, TLP_UNSET);
	assert_int_equal(l.confidence, -1);
	assert_int_equal(l.seen, 0);
	assert_int_equal(l.until, 1798070400);
	assert_int_equal(l.orgs, 3);
	assert_false(l.override);
	assert_int_equal(l.ntags, 2);
	assert_true(slice_is(l.tags[1], "b"));

	assert_int_equal(line_reread(LINE_BUNDLE, slice_of(text), &again), OK);
	assert_ptr_equal(again.kind, l.kind);
	assert_true(slice_same(again.value, l.value));
	assert_int_equal(again.until, l.until);
	assert_int_equal(again.orgs, l.orgs);
	assert_int_equal(again.ntags, 2);
	assert_int_equal(
		line_reread(LINE_BUNDLE, slice_of("asn 1 block"), &again), ERR_NOT_FOUND);
	assert_int_equal(
		line_reread(LINE_BUNDLE, slice_of("ip ::1 drop"), &again), ERR_NOT_FOUND);

	/* without an action it is the kind's own */
	assert_int_equal(
		line_parse(LINE_REPORT, slice_of("ip ::1"), &value, &l, NULL), OK);
	assert_int_equal(l.action, ACTION_BLOCK);
	assert_false(l.action_given);
	assert_int_equal(
		line_parse(LINE_REPORT, slice_of("md5 " MD5), &value, &l, NULL), OK);
	assert_int_equal(l.action, ACTION_WATCH);
	assert_ptr_equal(l.value.p, value.data);
}

static void too_long(void **state)
{
	CLEANUP_BUF struct buf text = {.max = 2 * INPUT_LINE_MAX};
	CLEANUP_BUF struct buf value = {.max = VALUE_MAX};
	struct diag d;
	struct line l;

	(void)state;
	buf_puts(&text, "domain evil.example x=");
	while (text.len < INPUT_LINE_MAX)
		buf_putc(&text, 'y');
	assert_int_equal(line_parse(LINE_REPORT, buf_view(&text), &value, &l, &d), OK);
	buf_putc(&text, 'y');
	assert_int_equal(
		line_parse(LINE_REPORT, buf_view(&text), &value, &l, &d), ERR_LIMIT);
	assert_string_equal(d.text, "longer than 4096 bytes");
}

static void words(void **state)
{
	enum action a = ACTION_WATCH;
	enum tlp t = TLP_UNSET;

	(void)state;
	for (int i = TLP_CLEAR; i <= TLP_RED; i++) {
		assert_int_equal(
			tlp_parse(slice_of(tlp_name((enum tlp)i)), &t, NULL), OK);
		assert_int_equal(t, i);
	}
	assert_string_equal(tlp_name(TLP_UNSET), "");
	assert_int_equal(tlp_parse(slice_of(""), &t, NULL), ERR_SYNTAX);
	assert_int_equal(action_parse(slice_of("block"), &a, NULL), OK);
	assert_int_equal(a, ACTION_BLOCK);
	assert_string_equal(action_name(ACTION_WATCH), "watch");
	assert_int_equal(action_parse(slice_of(""), &a, NULL), ERR_NOT_FOUND);
}

/* The order is that of the bytes "kind SP value". */
static void order(void **state)
{
	static const char *const sorted[][2] = {
		{"domain", "a.example"},
		{"domain", "a.example.dk"},
		{"domain", "b.example"},
		{"email", "a@a.example"},
		{"ip", "10.0.0.1"},
		{"ip", "10.0.0.10"},
		{"ip", "9.0.0.0/8"},
		{"ip", "::"},
		{"md5", MD5},
		{"sha1", "0"},
		{"sha256", "0"},
		{"url", "http://a.example/"},
	};
	const size_t n = sizeof(sorted) / sizeof(sorted[0]);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			int c = line_cmp(kind_by_name(slice_of(sorted[i][0])),
				slice_of(sorted[i][1]),
				kind_by_name(slice_of(sorted[j][0])),
				slice_of(sorted[j][1]));
			char a[128], b[128];
			int want;

			snprintf(a, sizeof(a), "%s %s", sorted[i][0], sorted[i][1]);
			snprintf(b, sizeof(b), "%s %s", sorted[j][0], sorted[j][1]);
			want = strcmp(a, b);
			assert_int_equal((c > 0) - (c < 0), (want > 0) - (want < 0));
			assert_int_equal((c > 0) - (c < 0), (i > j) - (i < j));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports),
		cmocka_unit_test(bad_reports),
		cmocka_unit_test(cpr),
		cmocka_unit_test(bundles),
		cmocka_unit_test(revocations),
		cmocka_unit_test(fields),
		cmocka_unit_test(too_long),
		cmocka_unit_test(words),
		cmocka_unit_test(order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
