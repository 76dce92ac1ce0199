/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/counters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/file.h"

#define BOOTED 1000 /* seconds ago */

static const char listed[] =
	"{\"nftables\": [{\"metainfo\": {\"version\": \"1.0.6\"}}, {\"set\": "
	"{\"family\": "
	"\"inet\", \"name\": \"net4\", \"elem\": ["
	"{\"elem\": {\"val\": {\"prefix\": {\"addr\": \"198.51.100.0\", \"len\": 29}}, "
	"\"timeout\": 1000, \"expires\": 990, \"counter\": {\"packets\": 7, \"bytes\": "
	"1}}}, "
	"{\"elem\": {\"val\": {\"range\": [\"198.51.100.12\", \"198.51.100.255\"]}, "
	"\"timeout\": 2000, \"expires\": 1900, \"counter\": {\"packets\": 20, \"bytes\": "
	"1}}}, "
	"{\"elem\": {\"val\": \"203.0.113.9\", \"timeout\": 50, \"expires\": 40, "
	"\"counter\": {\"packets\": 0, \"bytes\": 0}}}, "
	"{\"elem\": {\"val\": \"2001:db8::7\", \"timeout\": 50, \"expires\": 40, "
	"\"counter\": {\"packets\": 1, \"bytes\": 1}}}], "
	"\"stmt\": [{\"counter\": null}]}}]}";

static void read_into(struct counter_table *t)
{
	struct diag d = {""};

	assert_int_equal(counters_read(t, "net4", slice_of(listed), BOOTED, &d), OK);
	counters_sort(t);
}

static void elements_that_counted(void **state)
{
	struct counter_table t = {.total = -1};
	struct counter_table few = {0};
	struct diag d = {""};

	(void)state;
	read_into(&t);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.total, 28);
	assert_string_equal(t.row[0].first, "198.51.100.0");
	assert_string_equal(t.row[0].last, "198.51.100.7");
	assert_int_equal(t.row[0].born, BOOTED - 10);
	assert_string_equal(t.row[1].last, "198.51.100.255");
	assert_int_equal(t.row[1].packets, 20);
	assert_string_equal(t.row[2].first, "2001:db8::7");
	assert_string_equal(t.row[2].last, "2001:db8::7");
	/* a set of protocols counts in the total alone */
	assert_int_equal(counters_read(&few, "dropped",
				 slice_of("[{\"elem\": {\"val\": \"ipv4\", \"counter\": "
					  "{\"packets\": 5, \"bytes\": 1}}}]"),
				 BOOTED, &d),
		OK);
	assert_int_equal(few.total, 5);
	assert_int_equal(few.n, 0);
	assert_int_equal(
		counters_read(&few, "dropped",
			slice_of("[{\"elem\": {\"val\": \"ipv4\", \"cou"), BOOTED, &d),
		ERR_SYNTAX);
	/* another spelling than nft's is not silence; a set without elements is */
	assert_int_equal(counters_read(&few, "dropped",
				 slice_of("[{\"elem\":{\"val\":\"ipv4\",\"counter\":{"
					  "\"packets\":5}}}]"),
				 BOOTED, &d),
		ERR_SYNTAX);
	assert_int_equal(
		counters_read(&few, "dropped",
			slice_of("{\"set\": {\"name\": \"dropped\"}}"), BOOTED, &d),
		OK);
	counters_empty(&t);
}

static void only_what_is_new(void **state)
{
	struct counter_table then = {0};
	struct counter now;

	(void)state;
	read_into(&then);
	now = then.row[1];
	assert_int_equal(counter_since(&then, &now), 0);
	now.packets = 25;
	now.born++; /* ages are whole seconds */
	assert_int_equal(counter_since(&then, &now), 5);
	assert_int_equal(counter_since(NULL, &now), 25);
	/* each of these is another element in the same place */
	now.packets = 19;
	assert_int_equal(counter_since(&then, &now), 19);
	now.packets = 25;
	now.born += 5;
	assert_int_equal(counter_since(&then, &now), 25);
	now = then.row[1];
	now.timeout++;
	assert_int_equal(counter_since(&then, &now), 20);
	counters_empty(&then);
}

static void there_and_back(void **state)
{
	char path[] = "/tmp/varsel.XXXXXX";
	struct counters in = {.run = 3, .boot = "b-1"}, out = {0};
	struct counter_table *t = counters_table(&in, "nftables-a b");
	struct diag d = {""};
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_non_null(t);
	read_into(t);
	t->read = 77;
	assert_non_null(counters_table(&in, "never-read"));
	assert_int_equal(counters_save(path, &in, &d), OK);
	assert_int_equal(counters_load(path, &out, &d), OK);
	assert_string_equal(d.text, "");
	assert_int_equal(out.run, 3);
	assert_string_equal(out.boot, "b-1");
	assert_int_equal(out.n, 1);
	assert_string_equal(out.table[0].title, "nftables-a b");
	assert_int_equal(out.table[0].total, 28);
	assert_int_equal(out.table[0].read, 77);
	assert_int_equal(out.table[0].n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(counter_since(&in.table[0], &out.table[0].row[i]), 0);
	counters_done(&out);
	/* damaged: begun anew, and said */
	assert_int_equal(
		file_write(path, slice_of("varsel-counters 1 3\nnet4 x\n"), 0600, &d),
		OK);
	assert_int_equal(counters_load(path, &out, &d), OK);
	assert_int_equal(out.run, 0);
	assert_non_null(strstr(d.text, "damaged"));
	assert_int_equal(unlink(path), 0);
	d.text[0] = '\0';
	assert_int_equal(counters_load(path, &out, &d), OK);
	assert_string_equal(d.text, "");
	(void)close(fd);
	counters_done(&in);
	counters_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_that_counted),
		cmocka_unit_test(only_what_is_new),
		cmocka_unit_test(there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
