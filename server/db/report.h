/* SPDX-License-Identifier: BSD-2-Clause */
/* Table report: signed notes as they came. */
#ifndef VARSEL_DB_REPORT_H
#define VARSEL_DB_REPORT_H

#include <stdint.h>

#include "common/arena.h"
#include "common/hash.h"
#include "server/db/db.h"

struct report_record {
	int64_t id;
	const char *org;
	const char *key; /* name of the key that signed */
	int64_t received;
	int64_t issued;
	int64_t accepted;   /* lines */
	int64_t known;      /* distinct indicators of it that the hub had before */
	int64_t withdrawn;  /* when it was taken back; 0: it stands */
	struct hash sha256; /* of the text */
	struct slice note;  /* exact bytes; empty from db_report_find() */
};

/* *ret_found false when there is none with this text. org and key are not filled. */
enum err db_report_find(struct db *db, const struct hash *sha256, bool *ret_found,
	struct report_record *ret, struct diag *d) CHECK_RESULT;
/* Stores r (all but id and known) for the organisation. *ret_id 0: another transaction
 * stored the same text first. */
enum err db_report_add(struct db *db, int64_t org, const struct report_record *r,
	struct slice comment, int64_t *ret_id, struct diag *d) CHECK_RESULT;
enum err db_report_set_known(
	struct db *db, int64_t id, int64_t known, struct diag *d) CHECK_RESULT;
enum err db_report_set_withdrawn(
	struct db *db, int64_t id, int64_t now, struct diag *d) CHECK_RESULT;
/* ERR_NOT_FOUND names the number. */
enum err db_report_get(struct db *db, int64_t id, struct arena *a,
	struct report_record *ret, struct diag *d) CHECK_RESULT;

#endif
