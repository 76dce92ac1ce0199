/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/hub/events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char got[1024];
static size_t n;
static bool enough;

static bool on_event(void *ctx, const struct hub_event *ev)
{
	(void)ctx;
	n += (size_t)snprintf(
		got + n, sizeof(got) - n, "%s=%.*s;", ev->kind, SLICE_ARG(ev->data));
	return !enough;
}

static struct events_in in;

static int begin(void **state)
{
	(void)state;
	n = 0;
	got[0] = '\0';
	enough = false;
	events_in_init(&in, -1, on_event, NULL);
	return 0;
}

static int end(void **state)
{
	(void)state;
	events_in_done(&in);
	return 0;
}

static bool take(const char *text)
{
	return events_in_take(&in, slice_of(text));
}

static void whatever_the_pieces(void **state)
{
	static const char stream[] = "retry: 1000\nid: 6\n\n: ping\n\n"
				     "id: 7\nevent: log\ndata: {\"size\": 1}\n\n"
				     "event: queue\r\ndata:{}\r\nid:9\r\n\r\n"
				     "id: 10\ndata: a\ndata: b\n\n";

	(void)state;
	for (size_t piece = 1; piece < sizeof(stream); piece++) {
		end(NULL);
		begin(NULL);
		for (size_t i = 0; i < sizeof(stream) - 1; i += piece) {
			size_t left = sizeof(stream) - 1 - i;

			assert_true(events_in_take(
				&in, slice_mem(stream + i, left < piece ? left : piece)));
		}
		assert_string_equal(got, "log={\"size\": 1};queue={};message=a\nb;");
		assert_int_equal(in.last, 10);
	}
}

static void the_first_line_says_where_it_is(void **state)
{
	(void)state;
	assert_true(take("retry: 1000\nid: 41\n\n"));
	assert_int_equal(in.last, 41);
	assert_string_equal(got, "");
}

static void half_an_event_is_none(void **state)
{
	(void)state;
	assert_true(take("id: 3\ndata: x\n\nid: 4\ndata: lost"));
	events_in_again(&in);
	assert_int_equal(in.last, 3);
	assert_true(take("id: 4\ndata: y\n\n"));
	assert_string_equal(got, "message=x;message=y;");
	assert_int_equal(in.last, 4);
}

static void enough_is_enough(void **state)
{
	(void)state;
	enough = true;
	assert_false(take("id: 1\ndata: x\n\nid: 2\ndata: y\n\n"));
	assert_string_equal(got, "message=x;");
	assert_false(in.failed);
}

static void what_has_no_end_fails(void **state)
{
	bool more = true;

	(void)state;
	for (int i = 0; more && i < 10000; i++)
		more = take("data: and so on and so on and so on\n");
	assert_false(more);
	assert_true(in.failed);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whatever_the_pieces),
		TEST(the_first_line_says_where_it_is),
		TEST(half_an_event_is_none),
		TEST(enough_is_enough),
		TEST(what_has_no_end_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
