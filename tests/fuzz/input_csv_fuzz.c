/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_input("csv", data, size);
}
