/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/receipt.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define HEAD                                                  \
	"varsel/receipt/v1\nhub varsel.kl.dk\norg 0101\n"     \
	"issued 2026-11-24T10:00:01Z\nroot-version 2\n"       \
	"log varsel.kl.dk/feed/kommuner\nsize 7\nroot " ZEROS \
	"\nat 2026-11-24T10:00:00Z\nactive-count 3\nactive-sha256 " ZEROS "\n\n"
#define APPLIED "output rpz applied 2026-11-24T10:00:00Z\n"
#define FAILED  "output nftables failed 2026-11-24T10:00:00Z no such table\n"
#define HOLD    "hold 2026-11-24T09:00:00Z freeze: the newest is old\n"

static void what_is_written_is_read(void **state)
{
	CLEANUP_BUF struct buf out;
	struct diag d = {""};
	struct receipt r;

	(void)state;
	buf_init(&out, RECEIPT_MAX);
	assert_int_equal(receipt_parse(slice_of(HEAD HOLD APPLIED FAILED), &r, &d), OK);
	assert_true(slice_is(r.org, "0101"));
	assert_int_equal(r.root_version, 2);
	assert_int_equal(r.size, 7);
	assert_int_equal(r.active, 3);
	assert_int_equal(r.issued - r.at, 1);
	assert_int_equal(r.outputs, 2);
	assert_int_equal(r.failed, 1);
	assert_true(slice_is(r.hold, "freeze: the newest is old"));
	assert_int_equal(r.at - r.hold_since, 3600);
	receipt_put_header(&out, &r);
	receipt_put_hold(&out, r.hold_since, "freeze: the newest is old");
	receipt_put_output(&out, "rpz", r.at, NULL);
	receipt_put_output(&out, "nftables", r.at, "no such table");
	assert_string_equal(buf_str(&out), HEAD HOLD APPLIED FAILED);
	assert_int_equal(receipt_parse(slice_of(HEAD), &r, &d), OK);
	assert_int_equal(r.outputs, 0);
	assert_int_equal(r.hold.n, 0);
	/* room for later versions */
	assert_int_equal(
		receipt_parse(slice_of(HEAD "filter x y\nfoo\n" FAILED), &r, &d), OK);
	assert_int_equal(r.outputs, 1);
}

static void outputs_one_by_one(void **state)
{
	struct slice rest = slice_of(HEAD HOLD APPLIED "later line\n" FAILED);
	struct receipt_output o;

	(void)state;
	assert_true(receipt_next_output(&rest, &o));
	assert_true(slice_is(o.name, "rpz"));
	assert_int_equal(o.error.n, 0);
	assert_true(receipt_next_output(&rest, &o));
	assert_true(slice_is(o.name, "nftables"));
	assert_true(slice_is(o.error, "no such table"));
	assert_false(receipt_next_output(&rest, &o));
}

/* A name with a blank in it and a reason of any length make a line that is read again. */
static void what_is_too_long_is_cut(void **state)
{
	CLEANUP_BUF struct buf out, long_text;
	struct receipt r;

	(void)state;
	buf_init(&out, RECEIPT_MAX);
	buf_init(&long_text, RECEIPT_MAX);
	for (int i = 0; i < 300; i++)
		buf_puts(&long_text, "ø");
	buf_puts(&out, HEAD);
	receipt_put_hold(&out, 0, buf_str(&long_text));
	receipt_put_output(&out, "list my own", 0, buf_str(&long_text));
	buf_putc(&long_text, 'x');
	receipt_put_output(&out, buf_str(&long_text) + 1, 0, NULL);
	assert_non_null(strstr(buf_str(&out), "output list_my_own failed "));
	assert_int_equal(receipt_parse(slice_of(HEAD HOLD), &r, NULL), OK);
	/* the last name began within a character: the whole is not UTF-8 any more */
	assert_int_equal(receipt_parse(buf_view(&out), &r, NULL), ERR_SYNTAX);
	out.len = (size_t)(strstr(buf_str(&out), "output \xb8") - buf_str(&out));
	assert_int_equal(receipt_parse(buf_view(&out), &r, NULL), OK);
	assert_int_equal(r.hold.n, REASON_MAX);
	assert_int_equal(r.failed, 1);
}

static void refusals_name_the_line(void **state)
{
	static const char *const bad[] = {
		"output rpz applied\n",
		"output rpz applied 2026-11-24\n",
		"output rpz applied 2026-11-24T10:00:00Z because\n",
		"output rpz failed 2026-11-24T10:00:00Z\n",
		"output rpz failed 2026-11-24T10:00:00Z \n",
		"output  applied 2026-11-24T10:00:00Z\n",
		"output rpz thought 2026-11-24T10:00:00Z\n",
		"output " ZEROS "0 applied 2026-11-24T10:00:00Z\n",
		"hold 2026-11-24T10:00:00Z\n",
		"hold now why\n",
		HOLD HOLD,
	};
	CLEANUP_BUF struct buf text;
	struct diag d = {""};
	struct receipt r = {.issued = 7};

	(void)state;
	buf_init(&text, 2 * RECEIPT_MAX);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		buf_reset(&text);
		buf_printf(&text, "%s%s%s", HEAD, APPLIED, bad[i]);
		assert_int_equal(receipt_parse(buf_view(&text), &r, &d), ERR_SYNTAX);
		assert_true(slice_starts(slice_of(d.text),
			i + 1 == sizeof(bad) / sizeof(*bad) ? "line 15: not like"
							    : "line 14: not like"));
	}
	assert_int_equal(receipt_parse(slice_of("varsel/receipt/v1\nhub h\n"), &r, &d),
		ERR_SYNTAX);
	assert_string_equal(d.text, "line 3: field \"org\" is missing");
	assert_int_equal(receipt_parse(slice_of(HEAD "\n" APPLIED), &r, &d), ERR_SYNTAX);
	while (text.len <= RECEIPT_MAX)
		buf_puts(&text, APPLIED);
	assert_int_equal(receipt_parse(buf_view(&text), &r, &d), ERR_LIMIT);
	assert_int_equal(r.issued, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(outputs_one_by_one),
		cmocka_unit_test(what_is_too_long_is_cut),
		cmocka_unit_test(refusals_name_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
