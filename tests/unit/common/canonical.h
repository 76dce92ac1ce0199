/* SPDX-License-Identifier: BSD-2-Clause */
/* What every kind's canonicaliser must keep to, checked case by case. */
#ifndef VARSEL_TEST_CANONICAL_H
#define VARSEL_TEST_CANONICAL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "common/kind.h"

/* `want` is the canonical form, or "!" and a piece of the refusal. */
struct canonical_case {
	const char *in;
	const char *want;
};

static inline bool visible_ascii(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7f)
			return false;
	return s.n > 0;
}

/* A canonical value is visible ASCII, its own canonical form, and not changed by
 * refanging. */
static inline void assert_stable(const struct kind *kind, struct slice value)
{
	CLEANUP_BUF struct buf again = {.max = VALUE_MAX};
	CLEANUP_BUF struct buf plain = {.max = VALUE_MAX};
	struct diag d = {""};

	assert_true(visible_ascii(value));
	if (kind->canonicalise(value, &again, &d))
		fail_msg("canonical form refused: %s", d.text);
	assert_string_equal(buf_str(&again), value.p);
	refang(value, &plain);
	assert_string_equal(buf_str(&plain), value.p);
}

static inline void assert_canonical(
	const struct kind *kind, const struct canonical_case *c)
{
	CLEANUP_BUF struct buf out = {.max = 2 * VALUE_MAX};
	struct diag d = {""};
	char head[32];
	enum err e;

	buf_puts(&out, "kept ");
	e = kind->canonicalise(slice_of(c->in), &out, &d);
	if (c->want[0] != '!') {
		if (e)
			fail_msg("\"%s\" refused: %s", c->in, d.text);
		assert_memory_equal(out.data, "kept ", 5);
		assert_string_equal(out.data + 5, c->want);
		assert_stable(kind, (struct slice){out.data + 5, out.len - 5});
		return;
	}
	if (!e)
		fail_msg("\"%s\" taken as \"%s\"", c->in, buf_str(&out));
	assert_string_equal(buf_str(&out), "kept ");
	assert_int_equal(buf_err(&out), OK);
	snprintf(head, sizeof(head), "%s \"", kind->name);
	if (strncmp(d.text, head, strlen(head)) != 0 || !strstr(d.text, c->want + 1))
		fail_msg("\"%s\": refusal is: %s", c->in, d.text);
}

#define assert_cases(kind, cases)                                          \
	for (size_t i_ = 0; i_ < sizeof(cases) / sizeof((cases)[0]); i_++) \
	assert_canonical((kind), &(cases)[i_])

#endif
