/* SPDX-License-Identifier: BSD-2-Clause */
/* What the part that talks to the hub hands on: what is taken is written back as it was
 * read, and each value of it is canonical. */
#include "client/agent/plan.h"

#include <stdlib.h>

#include "tests/fuzz/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = {.max = PLAN_MAX};
	struct plan p = {0};
	struct diag d = {""};
	char *out = NULL;
	size_t n = 0;
	FILE *f;

	buf_put(&text, data, size);
	if (plan_parse(&text, &p, &d)) {
		MUST(d.text[0] != '\0');
		buf_done(&text);
		return 0;
	}
	for (size_t i = 0; i < p.set.n; i++)
		must_be_canonical(&kinds[p.set.a[i].kind], p.set.a[i].value);
	f = open_memstream(&out, &n);
	MUST(f != NULL);
	plan_put(&p, f);
	MUST(fclose(f) == 0 && n == size && memcmp(out, data, n) == 0);
	free(out);
	plan_done(&p);
	buf_done(&text);
	return 0;
}
