/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds for whatever a canonicaliser is fed with; broken, it aborts. */
#ifndef VARSEL_FUZZ_CANONICAL_H
#define VARSEL_FUZZ_CANONICAL_H

#include <stdint.h>
#include <stdlib.h>

#include "common/kind.h"

#define MUST(what)               \
	do {                     \
		if (!(what))     \
			abort(); \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Visible ASCII, its own canonical form, untouched by refanging, recognised again. */
static inline void must_be_canonical(const struct kind *kind, struct slice value)
{
	CLEANUP_BUF struct buf again = {.max = VALUE_MAX};
	CLEANUP_BUF struct buf plain = {.max = VALUE_MAX};

	MUST(value.n > 0 && value.n <= VALUE_MAX);
	for (size_t i = 0; i < value.n; i++)
		MUST(value.p[i] > 0x20 && value.p[i] < 0x7f);
	MUST(kind->canonicalise(value, &again, NULL) == OK);
	MUST(slice_same(buf_view(&again), value));
	refang(value, &plain);
	MUST(slice_same(buf_view(&plain), value));
	MUST(kind_guess(value) == kind);
}

/* True with the canonical form in *out; a refusal leaves nothing there and says why. */
static inline bool canonicalise(
	const struct kind *kind, const uint8_t *data, size_t size, struct buf *out)
{
	struct diag d = {""};

	if (kind->canonicalise(slice_mem(data, size), out, &d)) {
		MUST(out->len == 0 && buf_err(out) == OK);
		MUST(slice_starts(slice_of(d.text), kind->name));
		return false;
	}
	must_be_canonical(kind, buf_view(out));
	return true;
}

#endif
