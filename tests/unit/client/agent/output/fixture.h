/* SPDX-License-Identifier: BSD-2-Clause */
/* A small active set and never-block list from text, and renderings as text. */
#ifndef VARSEL_TEST_OUTPUT_FIXTURE_H
#define VARSEL_TEST_OUTPUT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/agent/output/output.h"
#include "common/clock.h"

#define FIXTURE_MAX 64
#define FIXTURE_NOW INT64_C(1795687200) /* 2026-11-26T10:00:00Z */

struct fixture {
	struct active a[FIXTURE_MAX];
	struct activeset set;
	struct allow allow;
	struct output_conf conf;
	struct output_job job;
	struct output_tally tally;
};

static inline int fixture_cmp(const void *pa, const void *pb)
{
	const struct active *a = pa, *b = pb;

	return line_cmp(&kinds[a->kind], a->value, &kinds[b->kind], b->value);
}

/* "kind value action seconds [confidence]", seconds from now; the text must live on. */
static inline void fixture_add(struct fixture *f, const char *text)
{
	struct slice rest = slice_of(text), kind, value, action, until;
	struct active *a = &f->a[f->set.n++];
	const struct kind *k;
	enum action act;
	int64_t n, confidence = -1;

	assert_true(f->set.n <= FIXTURE_MAX);
	(void)slice_cut(&rest, ' ', &kind);
	(void)slice_cut(&rest, ' ', &value);
	(void)slice_cut(&rest, ' ', &action);
	if (slice_cut(&rest, ' ', &until))
		assert_int_equal(number_parse(rest, &confidence, NULL), OK);
	k = kind_by_name(kind);
	assert_non_null(k);
	assert_int_equal(action_parse(action, &act, NULL), OK);
	assert_int_equal(number_parse(until, &n, NULL), OK);
	*a = (struct active){.value = value,
		.until = FIXTURE_NOW + n,
		.kind = (uint8_t)k->id,
		.action = (uint8_t)act,
		.confidence = (int8_t)confidence};
	qsort(f->a, f->set.n, sizeof(f->a[0]), fixture_cmp);
}

static inline void fixture_init(
	struct fixture *f, const char *const *lines, const char *const *allowed)
{
	struct diag d = {""};

	*f = (struct fixture){.conf = {.load = true}};
	f->set.a = f->a;
	for (size_t i = 0; lines && lines[i]; i++)
		fixture_add(f, lines[i]);
	allow_init(&f->allow);
	for (size_t i = 0; allowed && allowed[i]; i++) {
		CLEANUP_BUF struct buf b = {.max = VALUE_MAX};
		const struct kind *k;

		assert_int_equal(kind_recognise(slice_of(allowed[i]), &k, &b, &d), OK);
		assert_int_equal(
			allow_add(&f->allow, k, buf_view(&b), "test", false), OK);
	}
	assert_int_equal(allow_seal(&f->allow), OK);
	f->job = (struct output_job){.conf = &f->conf,
		.set = &f->set,
		.allow = &f->allow,
		.digest = activeset_digest(&f->set),
		.now = FIXTURE_NOW,
		.serial = 7};
}

static inline void fixture_done(struct fixture *f)
{
	allow_done(&f->allow);
}

/* The caller frees. */
static inline char *fixture_render(struct fixture *f, const struct output_type *t)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	f->tally = (struct output_tally){0};
	assert_int_equal(output_cap(t, &f->job), OK);
	t->render(&f->job, out, &f->tally);
	assert_int_equal(fclose(out), 0);
	return text;
}

static inline void fixture_expect(
	struct fixture *f, const struct output_type *t, const char *want)
{
	char *text = fixture_render(f, t);

	assert_string_equal(text, want);
	free(text);
}

#endif
