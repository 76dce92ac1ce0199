/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/sieve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "client/agent/hunt/block.h"
#include "client/agent/hunt/scan.h"

#define ROUNDS 20000

static uint32_t seed = 1;

static unsigned any(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void blocks_are_those_of_the_plain_way(void **state)
{
	char p[BLOCK];

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct block fast, plain;

		for (unsigned i = 0; i < BLOCK; i++)
			p[i] = (char)(round < 256 ? round + i : any(256));
		block_classify(p, &fast);
		block_classify_plain(p, &plain);
		assert_memory_equal(&fast, &plain, sizeof(fast));
	}
}

#define DIGEST "d41d8cd98f00b204e9800998ecf8427e"
#define SHA256 DIGEST DIGEST

#define UNTIL " block until=2026-12-24T10:00:00Z\n"

static const char wanted[] =
	"domain evil.example" UNTIL "domain long-label-0123456789.sub.evil2.example" UNTIL
	"domain t.co" UNTIL "domain xn--bcher-kva.example" UNTIL
	"email boss@mail.example" UNTIL "ip 2a0f:1:2:3:4:5:6:7" UNTIL "ip 2a0f:1::5" UNTIL
	"ip 45.1.1.159" UNTIL "ip 45.128.0.0/16" UNTIL "ip 45.9.0.0/24" UNTIL
	"md5 " DIGEST UNTIL "sha256 " SHA256 UNTIL "url http://45.1.1.7/a" UNTIL
	"url https://web.example/a" UNTIL;

static const struct statement approve = {
	.verb = VERB_APPROVE, .issued = 1764000000, .expires = 1798106400};

static const char *const pieces[] = {"45.1.1.159", "45.9.0.77", "145.9.0.77",
	"45.128.1.2", "045.1.1.159", "2a0f:1::5", "2a0f:1:2:3:4:5:6:7",
	"2A0F:0001:2:3:4:5:0.6.0.7", "::ffff:2d01:019f", "aa:bb:cc:dd:ee:ff", "10:00:00",
	"t.co", "T.CO", "evil.example", "EVIL.example.", "www.evil.example",
	"long-label-0123456789.sub.evil2.example",
	"long-label-0123456789.sub.evil2.example.", "bücher.example",
	"xn--bcher-kva.example", "evil[.]example", "evil [dot] example",
	"http://45.1.1.7/a", "https://web.example/a", "https://web.example:443/a",
	"boss@mail.example", DIGEST, SHA256, "x" SHA256, "{\"a\":\"evil.example\"}",
	"{\"u\":\"https:\\/\\/web.example\\/a\"}", "evil.example..", "..", "...", ".",
	":", "-", "_", "a", "0", "1", "www", "x.y", "\\.", "\\032", "%65vil.example",
	"http%3A%2F%2Fweb.example%2fa", "\\x22evil.example\\x22", "%", "%2", "\\x2",
	"{\"host\":\"web.example\",\"request_uri\":\"/a\"}", "„", "“", "/", "@", "[", "(",
	" ", " ", " ", "\t", "=", "\n", "\n", "\n"};

struct hits {
	size_t n;
	uint64_t all;
};

static void on_hit(void *ctx, const struct active *a, struct slice matched,
	struct slice line, uint64_t number)
{
	struct hits *h = ctx;

	(void)line;
	h->n++;
	h->all = ((h->all * 31 + number) * 31 + (uint64_t)(a->value.p - wanted)) * 31 +
		 matched.n;
}

static size_t compose(char *out, size_t max)
{
	size_t n = any(3) ? 0 : any(BLOCK);

	memset(out, 'z', n);
	for (unsigned i = any(60); i > 0; i--) {
		const char *piece = pieces[any(sizeof(pieces) / sizeof(pieces[0]))];
		size_t len = strlen(piece);

		if (n + len > max)
			break;
		memcpy(out + n, piece, len);
		n += len;
	}
	return n;
}

static void no_line_with_a_hit_is_left_out(void **state)
{
	const struct decision in = {.st = &approve, .bundle = slice_of(wanted)};
	CLEANUP_NEEDLES struct needles needles = {0};
	struct scan scan;
	size_t found = 0;

	(void)state;
	assert_int_equal(needles_build(&in, 1, 1764000001, &needles), OK);
	scan_init(&scan, &needles);
	scan.hit = on_hit;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct hits sieved = {0}, slow = {0};
		/* of that size and no more: what is read beyond shows with a sanitizer */
		char text[2048], *own;
		struct slice rest, line;
		uint64_t lines;
		size_t n = compose(text, sizeof(text));

		rest.n = n;
		own = malloc(rest.n ? rest.n : 1);
		assert_non_null(own);
		memcpy(own, text, rest.n);
		rest.p = own;
		scan.ctx = &sieved;
		scan.line = 0;
		scan_text(&scan, rest);
		lines = scan.line;
		scan.ctx = &slow;
		scan.line = 0;
		while (rest.n) {
			(void)slice_cut(&rest, '\n', &line);
			scan_line(&scan, line);
		}
		if (sieved.all != slow.all || lines != scan.line)
			fail_msg("%zu hits of %zu in: %.*s", sieved.n, slow.n, (int)n,
				text);
		found += slow.n;
		free(own);
	}
	scan_done(&scan);
	assert_true(found > ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_those_of_the_plain_way),
		cmocka_unit_test(no_line_with_a_hit_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
