/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#define ROOT "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEADER                                                                           \
	"varsel/plan/v1\nnet unavailable\nnet-why no answer\nnow 1800000000\ngood-time " \
	"0\n"                                                                            \
	"hold the local clock\nhold-since 17\nroot-ends 1\nlog varsel.example/feed/x\n"  \
	"root-version 2\nsize 3\nroot " ROOT "\n"
#define DUE  HEADER "due 1\nchanged 4\n\n"
#define END  "\nnext-expiry 1900000000\n"
#define LINE "domain evil.example block 1900000000 1700000000 - 0\n"

static enum err parse_in_parts(
	const char *input, size_t size, struct plan *ret, struct diag *d)
{
	struct slice rest = slice_of(input);
	struct plan_reader r;
	enum err e = OK;

	*ret = (struct plan){0};
	plan_begin(&r);
	while (!e && rest.n) {
		struct slice part = slice_mem(rest.p, rest.n < size ? rest.n : size);

		e = plan_take(&r, part, d);
		rest = slice_mem(rest.p + part.n, rest.n - part.n);
	}
	if (!e)
		e = plan_end(&r, ret, d);
	plan_reader_done(&r);
	return e;
}

/* However it comes. */
static enum err parse(const char *input, struct plan *ret, struct diag *d)
{
	enum err whole = parse_in_parts(input, SIZE_MAX, ret, d);

	for (size_t size = 1; size < 8; size++) {
		struct plan p;
		struct diag other = {""};

		assert_int_equal(parse_in_parts(input, size, &p, &other), whole);
		assert_string_equal(other.text, d->text);
		assert_int_equal(p.set.n, ret->set.n);
		assert_true(hash_same(&p.followed.digest, &ret->followed.digest));
		plan_done(&p);
	}
	return whole;
}

static char *put(const struct plan *p)
{
	CLEANUP_BUF struct buf line = {.max = INPUT_LINE_MAX};
	char *out = NULL;
	size_t n;
	FILE *f = open_memstream(&out, &n);

	assert_non_null(f);
	plan_put(p, f);
	for (size_t i = 0; i < p->set.n; i++)
		plan_put_entry(&p->set.a[i], &line, f);
	if (p->due)
		plan_put_end(p->set.next_expiry, f);
	assert_int_equal(fclose(f), 0);
	return out;
}

static void there_and_back(void **state)
{
	static const char *const text[] = {
		HEADER "due 0\n",
		DUE END,
		DUE LINE "ip 203.0.113.0/24 watch 1900000000 1700000000 100 1\n"
			 "url http://evil.example/a block 1 0 0 0\n" END,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++) {
		struct plan p;
		struct diag d = {""};
		char *out;

		assert_int_equal(parse(text[i], &p, &d), OK);
		out = put(&p);
		assert_string_equal(out, text[i]);
		free(out);
		plan_done(&p);
	}
}

static void all_of_it(void **state)
{
	struct plan p;
	struct diag d = {""};
	struct hash digest;

	(void)state;
	assert_int_equal(parse(DUE "domain evil.example block 9 8 - 0\nip 203.0.113.7 "
				   "watch 7 6 50 1\n" END,
				 &p, &d),
		OK);
	assert_int_equal(p.net, ERR_UNAVAILABLE);
	assert_string_equal(p.net_why.text, "no answer");
	assert_string_equal(p.hold, "the local clock");
	assert_int_equal(p.hold_since, 17);
	assert_true(p.root_ends && p.due);
	assert_string_equal(p.followed.log, "varsel.example/feed/x");
	assert_int_equal(p.set.n, 2);
	assert_int_equal(p.followed.active, 2);
	digest = activeset_digest(&p.set);
	assert_true(hash_same(&digest, &p.followed.digest));
	assert_int_equal(p.set.next_expiry, 1900000000);
	assert_int_equal(p.set.a[0].confidence, -1);
	assert_int_equal(p.set.a[1].kind, KIND_IP);
	assert_int_equal(p.set.a[1].action, ACTION_WATCH);
	assert_int_equal(p.set.a[1].until, 7);
	assert_int_equal(p.set.a[1].since, 6);
	assert_true(p.set.a[1].override && !p.set.a[0].override);
	plan_done(&p);
}

/* What would be written into a rule, a zone or a file as it came. */
static void refused(void **state)
{
	static const struct {
		const char *line, *why;
	} row[] = {
		{"ip 203.0.113.7;} block 9 8 - 0\n", "line 16: not a canonical ip"},
		{"ip 203.0.113.007 block 9 8 - 0\n", "line 16: not a canonical ip"},
		{"ip 0.0.0.0/0 block 9 8 - 0\n", "line 16: too wide a prefix"},
		{"domain evil.example. block 9 8 - 0\n",
			"line 16: not a canonical domain"},
		{"domain $INCLUDE block 9 8 - 0\n", "line 16: not a canonical domain"},
		{"domain *.evil.example block 9 8 - 0\n",
			"line 16: not a canonical domain"},
		{"domain EVIL.example block 9 8 - 0\n",
			"line 16: not a canonical domain"},
		{"email a@evil.example block 9 8 - 0\n",
			"line 16: email cannot be blocked"},
		{"host evil.example block 9 8 - 0\n", "line 16: not an entry"},
		{"domain evil.example drop 9 8 - 0\n", "line 16: not an entry"},
		{"domain evil.example block 09 8 - 0\n", "line 16: not an entry"},
		{"domain evil.example block 9 8 101 0\n", "line 16: not an entry"},
		{"domain evil.example block 9 8 - 2\n", "line 16: not an entry"},
		{"domain evil.example block 9 8 - 0 \n", "line 16: not an entry"},
		{"domain evil.example block 9 8 -\n", "line 16: not an entry"},
		{LINE LINE, "line 17: out of order"},
		{"ip 203.0.113.7 block 9 8 - 0\n" LINE, "line 17: out of order"},
		{"", "line 16: ends too early"},
		{LINE, "line 17: ends too early"},
		{"domain evil.exam", "line 16: cut off"},
		{"\n", "line 17: ends too early"},
		{"\n" LINE, "line 17: not next-expiry"},
		{"\nnext-expiry 07\n", "line 17: not next-expiry"},
		{END LINE, "line 18: behind the end"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct plan p;
		struct diag d = {""};
		char *text;

		assert_true(asprintf(&text, DUE "%s", row[i].line) > 0);
		assert_int_not_equal(parse(text, &p, &d), OK);
		free(text);
		if (!strstr(d.text, row[i].why))
			fail_msg("%s: %s", row[i].line, d.text);
	}
}

/* What somebody else writes may be of any length, in one part or in many. */
static void too_long(void **state)
{
	static char line[INPUT_LINE_MAX + 64], head[PLAN_HEAD_MAX + 64];
	struct plan_reader r;
	struct plan p;
	struct diag d = {""};

	(void)state;
	memset(line, 'a', sizeof(line) - 1);
	assert_int_equal(parse_in_parts(line, 1000, &p, &d), ERR_LIMIT);
	assert_string_equal(d.text, "the plan: line 1: too long");
	for (size_t i = 0; i + 2 < sizeof(head); i += 2)
		memcpy(head + i, "a\n", 2);
	assert_int_equal(parse_in_parts(head, 1000, &p, &d), ERR_LIMIT);
	plan_begin(&r);
	assert_int_equal(
		plan_take(&r, slice_mem(line, (size_t)PLAN_MAX + 1), &d), ERR_LIMIT);
	plan_reader_done(&r);
}

static void not_a_plan(void **state)
{
	static const char *const text[] = {"", "varsel/plan/v1\n", HEADER,
		HEADER "due 2\n", HEADER "due 1\n", HEADER "due 0\nchanged 4\n",
		HEADER "due 0\n\n", DUE "\r\n", "varsel/plan/v1\nnet perfect\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++) {
		struct plan p;
		struct diag d = {""};

		assert_int_not_equal(parse(text[i], &p, &d), OK);
		assert_true(strncmp(d.text, "the plan: ", 10) == 0);
	}
}

/* Words of the hub, cut in the middle of a character, must not make the rest unreadable.
 */
static void words_from_outside(void **state)
{
	struct plan p = {.net = ERR_BUSY,
			    .net_why = {"K\xc3\xb8"
					"benhavn\nnow 7\x7f \xc3"},
			    .followed = {.log = "x"}},
		    r;
	struct diag d = {""};
	char *out = put(&p);

	(void)state;
	assert_int_equal(parse(out, &r, &d), OK);
	assert_string_equal(r.net_why.text, "K\xc3\xb8"
					    "benhavn?now 7? ?");
	free(out);
	plan_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(all_of_it),
		cmocka_unit_test(refused),
		cmocka_unit_test(too_long),
		cmocka_unit_test(not_a_plan),
		cmocka_unit_test(words_from_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
