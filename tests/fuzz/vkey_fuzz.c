/* SPDX-License-Identifier: BSD-2-Clause */
/* A key, public or secret, has one spelling: what is taken is written back. */
#include "common/key.h"

#include <assert.h>
#include <sodium.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_mem(data, size);
	CLEANUP_SECKEY struct seckey sk = {0};
	CLEANUP_BUF struct buf b = {.max = size};
	struct pubkey pk;
	struct diag d;

	assert(sodium_init() >= 0);
	if (pubkey_parse(in, &pk, &d) == OK) {
		pubkey_put(&b, &pk);
		assert(!buf_err(&b) && slice_same(buf_view(&b), in));
	} else if (seckey_parse(in, &sk, &d) == OK) {
		seckey_put(&b, &sk);
		assert(!buf_err(&b) && slice_same(buf_view(&b), in));
	}
	return 0;
}
