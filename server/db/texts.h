/* SPDX-License-Identifier: BSD-2-Clause */
/* A list of terminated texts, in an arena. */
#ifndef VARSEL_TEXTS_H
#define VARSEL_TEXTS_H

#include <stddef.h>

struct texts {
	const char **item;
	size_t n;
};

#endif
