/* SPDX-License-Identifier: BSD-2-Clause */
/* A warninglist from anywhere: whatever is in it, the entries are canonical, each is
 * found in the list that it is part of, and a refusal says why. */
#include "common/warninglist.h"
#include "tests/fuzz/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct warninglist w = {0};
	struct diag d = {""};
	struct allow a;

	allow_init(&a);
	if (warninglist_read(slice_mem(data, size), "list.json", &a, &w, &d))
		MUST(d.text[0] != '\0');
	else
		MUST(w.taken == a.n && (w.skipped > 0) == (w.first.text[0] != '\0'));
	MUST(allow_seal(&a) == OK);
	for (size_t i = 0; i < a.n; i++) {
		must_be_canonical(a.e[i].kind, a.e[i].value);
		MUST(allow_match(&a, a.e[i].kind, a.e[i].value, NULL) == ALLOW_ALL);
	}
	allow_done(&a);
	return 0;
}
