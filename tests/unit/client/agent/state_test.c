/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/file.h"

static char dir[] = "/tmp/varsel.XXXXXX";
static char path[64];
static const struct config conf = {.state_dir = dir};

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/state.json", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path) || rmdir(dir);
}

static void nothing_yet(void **state)
{
	struct state s;
	struct diag d = {"x"};

	(void)state;
	assert_int_equal(state_load(&conf, &s, &d), OK);
	assert_string_equal(d.text, "");
	assert_string_equal(s.digest, "");
	assert_string_equal(s.hold, "");
	assert_int_equal(s.noutputs, 0);
	state_done(&s);
}

static void there_and_back(void **state)
{
	struct output_state *o;
	struct state s, r;
	struct diag d = {""};

	(void)state;
	assert_int_equal(state_load(&conf, &s, &d), OK);
	assert_int_equal(state_text(&s, &s.digest, "abc"), OK);
	assert_int_equal(state_text(&s, &s.hold, "a \"reason\""), OK);
	s.active = 7;
	s.changed = 11;
	s.next_expiry = INT64_C(1795687200);
	s.good_time = 5;
	s.hold_since = 6;
	s.guarded = true;
	o = state_output(&s, "list-ip");
	o->applied = 8;
	o->count = 9;
	o->spared = 2;
	o->left_out = 3;
	o->serial = UINT32_MAX;
	assert_int_equal(state_text(&s, &o->error, "broken"), OK);
	assert_non_null(state_output(&s, "rpz"));
	assert_string_equal(state_output(&s, "list-ip")->error, "broken");
	assert_int_equal(state_save(&conf, &s, &d), OK);
	state_done(&s);

	assert_int_equal(state_load(&conf, &r, &d), OK);
	assert_string_equal(d.text, "");
	assert_string_equal(r.digest, "abc");
	assert_string_equal(r.hold, "a \"reason\"");
	assert_int_equal(r.active, 7);
	assert_int_equal(r.changed, 11);
	assert_int_equal(r.next_expiry, INT64_C(1795687200));
	assert_true(r.guarded);
	assert_int_equal(r.noutputs, 2);
	assert_string_equal(r.outputs[0].name, "list-ip");
	assert_string_equal(r.outputs[0].error, "broken");
	assert_int_equal(r.outputs[0].serial, UINT32_MAX);
	assert_int_equal(r.outputs[0].left_out, 3);
	assert_null(r.outputs[1].error);
	state_done(&r);
}

static void damage_is_an_empty_state(void **state)
{
	static const char *const bad[] = {
		"", "{", "[]", "{\"digest\": 7}", "{\"digest\": \"\", \"active\": -1}"};
	struct state s;
	struct diag d;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(file_write(path, slice_of(bad[i]), 0600, NULL), OK);
		d.text[0] = '\0';
		assert_int_equal(state_load(&conf, &s, &d), OK);
		assert_non_null(strstr(d.text, "begun anew"));
		assert_string_equal(s.digest, "");
		assert_int_equal(s.noutputs, 0);
		state_done(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_yet),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(damage_is_an_empty_state),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
