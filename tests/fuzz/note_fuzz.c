/* SPDX-License-Identifier: BSD-2-Clause */
/* A note that was parsed is nothing but its text, a blank line and its signature lines.
 */
#include "common/note.h"

#include <assert.h>
#include <sodium.h>

#define VKEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_mem(data, size);
	CLEANUP_BUF struct buf b = {.max = size + 1};
	struct pubkey known[2];
	struct diag d;
	struct note n;
	size_t signers = 0;
	int64_t time;
	enum err e;

	assert(sodium_init() >= 0);
	e = pubkey_parse(slice_of(VKEY), &known[0], NULL);
	assert(!e);
	e = pubkey_make(slice_of("clock"), KEY_COSIGNER, known[0].pk, &known[1], NULL);
	assert(!e);
	if (note_parse(in, &n, &d))
		return 0;
	note_begin(&b, n.text);
	for (size_t i = 0; i < n.nsigs; i++)
		buf_slice(&b, n.sigs[i].line);
	assert(!buf_err(&b) && slice_same(buf_view(&b), in));
	e = note_verify(&n, known, 2, &signers, NULL, &time, &d);
	assert(e == ERR_SIGNATURE || (!e && signers <= 1 && time >= 0));
	buf_reset(&b);
	note_put_known(&b, &n, known, 2);
	assert(!buf_err(&b) && b.len <= size);
	return 0;
}
