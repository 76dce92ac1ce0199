/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a command lists: a table for people, or with --json one array for scripts. Whoever
 * goes through the items adds each to `t`, or to `j` if `json` is set.
 */
#ifndef VARSEL_CTL_LISTING_H
#define VARSEL_CTL_LISTING_H

#include "client/ctl/table.h"
#include "common/diag.h"
#include "common/json_out.h"

struct listing {
	bool json;
	struct json_out j;
	struct table t;
	struct buf out;
	struct arena arena;
};

/* `head` ends with NULL; neither the text nor the table's cells take more than `max`
 * bytes. */
void listing_begin(struct listing *l, bool json, const char *const *head, size_t max);
/* To stdout, all at once. */
enum err listing_print(struct listing *l, struct diag *d) CHECK_RESULT;

void listing_done(struct listing *l);
#define CLEANUP_LISTING __attribute__((cleanup(listing_done)))

#endif
