/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/neverblock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/file.h"

/* "value (origin)" LF for each entry. */
static void expect(struct allow *a, const char *want)
{
	CLEANUP_BUF struct buf b = {.max = 1u << 16};

	for (size_t i = 0; i < a->n; i++)
		buf_printf(&b, "%.*s (%s)%s\n", SLICE_ARG(a->e[i].value), a->e[i].origin,
			a->e[i].automatic ? "" : " local");
	assert_string_equal(buf_str(&b), want);
	allow_done(a);
}

static void resolvers(void **state)
{
	struct allow a;

	(void)state;
	allow_init(&a);
	assert_int_equal(
		neverblock_resolvers(
			slice_of("# x\nsearch kommune.example\nnameserver 192.0.2.53\n"
				 "nameserver\tfe80::1%eth0 # local\nnameserver x\n"
				 "options edns0\nnameserver 2001:db8::53"),
			&a),
		OK);
	expect(&a, "192.0.2.53 (resolver of /etc/resolv.conf)\n"
		   "fe80::1 (resolver of /etc/resolv.conf)\n"
		   "2001:db8::53 (resolver of /etc/resolv.conf)\n");
}

static void gateways(void **state)
{
	struct allow a;

	(void)state;
	allow_init(&a);
	assert_int_equal(neverblock_gateways(
				 slice_of("Iface\tDestination\tGateway "
					  "\tFlags\tRefCnt\tUse\tMetric\tMask\t"
					  "\tMTU\tWindow\tIRTT                       \n"
					  "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000"
					  "000\t0\t0\t0\n"
					  "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFF"
					  "FFF\t0\t0\t0\n"
					  "tun0\t00000000\t0A0000C6\t0003\t0\t0\t0\t00000"
					  "080\t0\t0\t0\n"
					  "junk\n"),
				 &a),
		OK);
	assert_int_equal(
		neverblock_gateways6(slice_of("00000000000000000000000000000000 00 "
					      "00000000000000000000000000000000 00 "
					      "20010db8000000000000000000000001 00000400 "
					      "00000001 00000000 "
					      "00000003     eth0\n"
					      "20010db8000000000000000000000000 40 "
					      "00000000000000000000000000000000 00 "
					      "00000000000000000000000000000000 00000100 "
					      "00000001 00000000 "
					      "00000001     eth0\n"
					      "00000000000000000000000000000000 00 "
					      "00000000000000000000000000000000 00 "
					      "00000000000000000000000000000000 ffffffff "
					      "00000001 00000000 "
					      "00200200       lo\nzz\n"),
			&a),
		OK);
	expect(&a, "192.0.2.1 (default gateway)\n2001:db8::1 (default gateway)\n");
}

/* The whole of it on this machine: the hub and the loopback are always there, and the
 * hub's addresses are remembered for the day when no name server answers. */
static void gathered(void **state)
{
	char dir[] = "/tmp/varsel.XXXXXX", never[64], kept[64];
	char hub[] = "http://127.0.0.1:9/", named[] = "https://hub.invalid";
	struct config c = {
		.hub = hub, .state_dir = dir, .never_block = never, .deadline = 60};
	const struct allow_entry *e;
	struct allow a;
	struct diag d = {""};

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(never, sizeof(never), "%s/never-block", dir);
	(void)snprintf(kept, sizeof(kept), "%s/hub-addresses", dir);
	hub[strlen(hub) - 1] = '\0';
	if (neverblock_gather(&c, false, &a, &d))
		fail_msg("%s", d.text);
	assert_int_equal(
		allow_match(&a, &kinds[KIND_IP], slice_of("127.0.0.1"), &e), ALLOW_ALL);
	assert_int_equal(
		allow_match(&a, &kinds[KIND_IP], slice_of("::1"), &e), ALLOW_ALL);
	allow_done(&a);
	assert_true(file_exists(kept));

	assert_int_equal(file_write(kept, slice_of("192.0.2.80\n"), 0600, NULL), OK);
	assert_int_equal(file_write(never, slice_of("ours.example\n"), 0600, NULL), OK);
	c.hub = named;
	for (int offline = 0; offline < 2; offline++) {
		if (neverblock_gather(&c, offline, &a, &d))
			fail_msg("%s", d.text);
		assert_int_equal(
			allow_match(&a, &kinds[KIND_IP], slice_of("192.0.2.80"), &e),
			ALLOW_ALL);
		assert_string_equal(e->origin, "the hub");
		assert_true(e->automatic);
		assert_int_equal(
			allow_match(&a, &kinds[KIND_DOMAIN], slice_of("hub.invalid"), &e),
			ALLOW_ALL);
		assert_int_equal(allow_match(&a, &kinds[KIND_DOMAIN],
					 slice_of("x.ours.example"), &e),
			ALLOW_ALL);
		assert_false(e->automatic);
		allow_done(&a);
	}
	assert_int_equal(unlink(kept), 0);
	assert_int_equal(unlink(never), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolvers),
		cmocka_unit_test(gateways),
		cmocka_unit_test(gathered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
