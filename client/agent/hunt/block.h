/* SPDX-License-Identifier: BSD-2-Clause */
/* 64 bytes as masks: what each of them is, 16 at a time where the machine can. */
#ifndef VARSEL_HUNT_BLOCK_H
#define VARSEL_HUNT_BLOCK_H

#include <stdint.h>

#define BLOCK 64

/* A bit for each byte of a block, the first byte's the lowest. */
struct block {
	uint64_t name;  /* of a name, dots included: letters, digits, - _ . */
	uint64_t dot;   /* . */
	uint64_t colon; /* : */
	uint64_t open;  /* ( [ {, which may defang with ... */
	uint64_t inner; /* ... . : / @ a d behind it, and a few others */
	uint64_t odd;   /* of UTF-8, or an escape: for the slow look */
	uint64_t lf;
};

void block_classify(const char p[BLOCK], struct block *ret);
/* The same on any machine; what the fast one is tested against. */
void block_classify_plain(const char p[BLOCK], struct block *ret);

#endif
