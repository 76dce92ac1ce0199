/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When each organisation was heard of last. Noted in memory by every request, so that a
 * checkpoint from memory counts too, and written to the database now and then.
 */
#ifndef VARSEL_SEEN_H
#define VARSEL_SEEN_H

#include <pthread.h>

#include "common/limits.h"
#include "server/core/core.h"

struct seen_org {
	char code[ORG_CODE_MAX + 1];
	int64_t at;
	int64_t written;
};

struct seen {
	pthread_mutex_t lock;
	struct seen_org *org; /* sorted by code */
	size_t n, cap;
};

void seen_init(struct seen *s);
void seen_done(struct seen *s);
/* Any thread, never waits for long. Without memory the note is lost. */
void seen_note(struct seen *s, const char *code, int64_t now);
/* Writes what is new; what could not be written stays for the next time. */
enum err seen_write(struct seen *s, struct db *db, struct diag *d) CHECK_RESULT;

#endif
