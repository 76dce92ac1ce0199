/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the output for nftables share: client/agent/output/nftables.c has the
 * table, nft_elements.c what stands in its sets, nft_changes.c how they are changed,
 * nft_commands.c what nft is asked. */
#ifndef VARSEL_OUTPUT_NFT_H
#define VARSEL_OUTPUT_NFT_H

#include "client/agent/output/output.h"

/* nft refuses the transaction and what stands stays. */
#define NFT_NO_MEMORY "out of memory\n"

#define NFT_FAMILIES 2
extern const struct nft_family {
	int family;
	char digit;       /* in the sets' names */
	const char *ip;   /* in rules */
	const char *type; /* of elements */
} nft_families[NFT_FAMILIES];

const char *nft_table(const struct output_conf *c);

/* A brace list that is opened by its first element. */
struct elements {
	FILE *f;
	const char *head; /* printed before the first */
	const char *tail;
	size_t n;
};
void element(struct elements *x); /* another follows */
void elements_end(const struct elements *x);

bool nft_is_of(struct slice ip, int family);
bool nft_is_single(struct slice ip, int family);
/* Whether it is for this output at all, and whether it has a place in it. */
bool nft_counts(const struct output_job *j, const struct active *a);
bool nft_blocks(const struct output_job *j, const struct active *a);

void nft_put_single(
	struct elements *x, const struct output_job *j, const struct active *a);
/* These end the list. */
void nft_put_allowed(struct elements *x, const struct output_job *j, int family);
void nft_put_ranges(struct elements *x, const struct output_job *j, int family);

/* The statements that lead from what was enforced to the job. */
void nft_put_changes(const struct output_job *j, FILE *f);

/* Of struct output_kernel and struct output_type. */
void nft_probe(const struct output_conf *c, struct output_argv *ret);
void nft_sample(const struct output_job *j, struct buf *ret);
void nft_verify(const struct output_conf *c, const char *samples, int64_t now,
	struct buf *text, struct output_argv *ret);
void nft_count(const struct output_conf *c, const char *set, struct output_argv *ret);
void nft_load(const struct output_conf *c, const char *path, struct output_argv *ret);
void nft_lift(const struct output_conf *c, struct output_argv *ret);
void nft_check(const struct output_conf *c, const char *path, struct output_argv *ret);

#endif
