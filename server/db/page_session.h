/* SPDX-License-Identifier: BSD-2-Clause */
/* Table page_session: links to the situation page, and the sessions that they open. */
#ifndef VARSEL_DB_PAGE_SESSION_H
#define VARSEL_DB_PAGE_SESSION_H

#include <stdint.h>

#include "common/arena.h"
#include "common/hash.h"
#include "server/db/db.h"

struct page_session {
	struct hash hash; /* of the cookie's secret */
	const char *key;  /* whose */
	const char *org;  /* code; NULL for a coordinator */
	int64_t expires;
};

struct page_sessions {
	struct page_session *item; /* by hash */
	size_t n;
};

/* `org` is NULL for a coordinator. */
enum err db_page_link_add(struct db *db, const struct hash *link, const char *key,
	const char *org, int64_t now, int64_t expires, struct diag *d) CHECK_RESULT;
/* Uses the link up for a session; *ret_key NULL when there is no such link, or it was
 * used or ran out. */
enum err db_page_link_use(struct db *db, const struct hash *link,
	const struct hash *session, int64_t now, int64_t expires, struct arena *a,
	const char **ret_key, struct diag *d) CHECK_RESULT;
/* Ends the key's sessions, and its links that were not opened. */
enum err db_page_session_end_key(
	struct db *db, const char *key, int64_t now, struct diag *d) CHECK_RESULT;
/* Ends what the organisation or coordinator of this link has beyond its newest `most`. */
enum err db_page_session_trim(struct db *db, const struct hash *link, int64_t most,
	int64_t now, struct diag *d) CHECK_RESULT;
/* Those that have not ended, the newest 10,000 of them. */
enum err db_page_session_list(struct db *db, int64_t now, struct arena *a,
	struct page_sessions *ret, struct diag *d) CHECK_RESULT;

#endif
