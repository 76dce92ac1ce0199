/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as lines of a log: each hit is of an indicator that is wanted, in a line that
 * is there, once; and those lines have them all that the sieve lets through. */
#include <stdlib.h>

#include "client/agent/hunt/format.h"
#include "client/agent/hunt/rpz.h"
#include "client/agent/hunt/scan.h"
#include "tests/fuzz/canonical.h"

static struct active wanted[] = {
	{.value = {"45.1.1.159", 10}, .kind = KIND_IP},
	{.value = {"45.9.0.0/24", 11}, .kind = KIND_IP},
	{.value = {"2a0f:1::5", 9}, .kind = KIND_IP},
	{.value = {"evil.example", 12}, .kind = KIND_DOMAIN},
	{.value = {"xn--bcher-kva.example", 21}, .kind = KIND_DOMAIN},
	{.value = {"http://evil.example/a", 21}, .kind = KIND_URL},
	{.value = {"boss@evil.example", 17}, .kind = KIND_EMAIL},
	{.value = {"d41d8cd98f00b204e9800998ecf8427e", 32}, .kind = KIND_MD5},
};

struct seen {
	uint64_t line;
	uint64_t lines;
	unsigned hits;
	uint64_t all; /* a digest of every hit */
};

static void on_hit(void *ctx, const struct active *a, struct slice matched,
	struct slice line, uint64_t number)
{
	struct seen *x = ctx;
	unsigned bit = 1u << (a - wanted);

	if (number != x->line)
		x->hits = 0;
	MUST(number >= 1 && number <= x->lines && number >= x->line);
	MUST(a >= wanted && a < wanted + sizeof(wanted) / sizeof(wanted[0]));
	MUST(!(x->hits & bit));
	MUST(matched.n > 0 && memmem(line.p, line.n, matched.p, matched.n));
	MUST(log_time(line, 1764000000) >= -62200000000);
	MUST(log_format_of(line)->source[0]);
	x->line = number;
	x->hits |= bit;
	x->all = (x->all * 31 + number) * 31 + bit;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct activeset set = {
		.a = wanted, .n = sizeof(wanted) / sizeof(wanted[0])};
	CLEANUP_NEEDLES struct needles needles = {0};
	struct seen x = {.lines = 1};
	struct slice name, text = slice_mem(data, size), line;
	uint64_t all;
	struct scan scan;

	for (size_t i = 0; i < size; i++)
		x.lines += data[i] == '\n';
	MUST(needles_build(&set, &needles) == OK);
	scan_init(&scan, &needles);
	scan.hit = on_hit;
	scan.ctx = &x;
	scan_text(&scan, text);
	MUST(scan.line <= x.lines);
	all = x.all;
	x.line = x.all = scan.line = 0;
	while (text.n) {
		(void)slice_cut(&text, '\n', &line);
		scan_line(&scan, line);
	}
	MUST(x.all == all);
	scan_done(&scan);
	if (rpz_line(slice_mem(data, size), &name))
		MUST(name.n > 0 && memmem(data, size, name.p, name.n));
	return 0;
}
