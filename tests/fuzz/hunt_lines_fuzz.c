/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as lines of a log: each hit is of an indicator that is wanted, in a line that
 * is there, once; and those lines have them all that the sieve lets through. */
#include <stdlib.h>

#include "client/agent/hunt/format.h"
#include "client/agent/hunt/rpz.h"
#include "client/agent/hunt/scan.h"
#include "tests/fuzz/canonical.h"

#define UNTIL " block until=2026-12-24T10:00:00Z\n"

static const char wanted[] =
	"domain evil.example" UNTIL "domain xn--bcher-kva.example" UNTIL
	"email boss@evil.example" UNTIL "ip 2a0f:1::5" UNTIL "ip 45.1.1.159" UNTIL
	"ip 45.9.0.0/24" UNTIL "md5 d41d8cd98f00b204e9800998ecf8427e" UNTIL
	"url http://evil.example/a" UNTIL;

static const struct statement approve = {
	.verb = VERB_APPROVE, .issued = 1764000000, .expires = 1798106400};

struct seen {
	uint64_t line;
	uint64_t lines;
	uint64_t hits;
	uint64_t all; /* a digest of every hit */
};

static void on_hit(void *ctx, const struct active *a, struct slice matched,
	struct slice line, uint64_t number)
{
	struct seen *x = ctx;
	size_t at = (size_t)(a->value.p - wanted);
	uint64_t bit = (uint64_t)1 << at * 64 / sizeof(wanted);

	if (number != x->line)
		x->hits = 0;
	MUST(number >= 1 && number <= x->lines && number >= x->line);
	MUST(a->value.p > wanted && a->value.p < wanted + sizeof(wanted));
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
	const struct decision in = {.st = &approve, .bundle = slice_of(wanted)};
	CLEANUP_NEEDLES struct needles needles = {0};
	struct seen x = {.lines = 1};
	struct slice name, text = slice_mem(data, size), line;
	uint64_t all;
	struct scan scan;

	for (size_t i = 0; i < size; i++)
		x.lines += data[i] == '\n';
	MUST(needles_build(&in, 1, 1764000001, &needles) == OK);
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
