/* SPDX-License-Identifier: BSD-2-Clause */
/* What the part that talks to the hub hands on: what is taken is written back as it was
 * read, and each value of it is canonical. */
#include "client/agent/plan.h"

#include <stdlib.h>

#include "tests/fuzz/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In parts, as it comes down a pipe. */
static enum err parse(struct slice text, size_t most, struct plan *ret, struct diag *d)
{
	struct plan_reader r;
	enum err e = OK;

	plan_begin(&r);
	while (!e && text.n) {
		size_t n = text.n < most ? text.n : most;

		e = plan_take(&r, slice_mem(text.p, n), d);
		text = slice_mem(text.p + n, text.n - n);
	}
	if (!e)
		e = plan_end(&r, ret, d);
	plan_reader_done(&r);
	return e;
}

static void put(const struct plan *p, FILE *f)
{
	struct buf line = {.max = INPUT_LINE_MAX};

	plan_put(p, f);
	for (size_t i = 0; i < p->set.n; i++)
		plan_put_entry(&p->set.a[i], &line, f);
	if (p->due)
		plan_put_end(p->set.next_expiry, f);
	buf_done(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_mem(data, size);
	struct plan p = {0}, again = {0};
	struct diag d = {""};
	char *out = NULL;
	size_t n = 0;
	FILE *f;

	if (parse(text, 7, &p, &d)) {
		MUST(d.text[0] != '\0');
		MUST(parse(text, size, &again, &d) != OK);
		return 0;
	}
	for (size_t i = 0; i < p.set.n; i++)
		must_be_canonical(&kinds[p.set.a[i].kind], p.set.a[i].value);
	f = open_memstream(&out, &n);
	MUST(f != NULL);
	put(&p, f);
	MUST(fclose(f) == 0 && n == size && memcmp(out, data, n) == 0);
	free(out);
	plan_done(&p);
	return 0;
}
