/* SPDX-License-Identifier: BSD-2-Clause */
/* Enrolment and token requests, and enrolment links: one spelling each. */
#include "common/request.h"

#include <stdlib.h>

#include "common/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(const struct buf *b, struct slice text)
{
	if (!slice_same(buf_view(b), text))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_mem(data, size);
	CLEANUP_BUF struct buf b;
	struct enrol_request e;
	struct token_request t;
	struct enrol_link l;
	struct diag d;

	buf_init(&b, REQUEST_NOTE_MAX);
	if (enrol_request_parse(text, &e, &d) == OK) {
		enrol_request_put(&b, &e);
		same(&b, text);
	}
	buf_reset(&b);
	if (token_request_parse(text, &t, &d) == OK) {
		token_request_put(&b, &t);
		same(&b, text);
	}
	buf_reset(&b);
	if (link_parse(text, &l, &d) == OK) {
		link_put(&b, &l);
		same(&b, text);
	}
	if (enrol_request_open(text, &e, &d) == OK && e.key.type != KEY_ED25519)
		abort();
	return 0;
}
