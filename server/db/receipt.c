/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/receipt.h"

#include "server/db/query.h"

enum err db_receipt_put(
	struct db *db, const struct receipt_row *r, bool *ret_stored, struct diag *d)
{
	static const struct query q = {"receipt-put",
		"INSERT INTO receipt (org_id, key_name, note, issued, received,"
		" root_version, size, at, active_count, active_sha256, outputs, failed,"
		" hold)"
		" SELECT o.id, $2::text, $3::bytea, to_timestamp($4::bigint),"
		" to_timestamp($5::bigint), $6::bigint, $7::bigint,"
		" to_timestamp($8::bigint), $9::bigint, $10::bytea, $11::bigint,"
		" $12::bigint, nullif($13::text, '') FROM org o WHERE o.code = $1::text"
		" ON CONFLICT (org_id) DO UPDATE SET (key_name, note, issued, received,"
		" root_version, size, at, active_count, active_sha256, outputs, failed,"
		" hold) = (EXCLUDED.key_name, EXCLUDED.note, EXCLUDED.issued,"
		" EXCLUDED.received, EXCLUDED.root_version, EXCLUDED.size, EXCLUDED.at,"
		" EXCLUDED.active_count, EXCLUDED.active_sha256, EXCLUDED.outputs,"
		" EXCLUDED.failed, EXCLUDED.hold)"
		/* two of one second both count, the same one twice does not */
		" WHERE receipt.issued < EXCLUDED.issued"
		" OR (receipt.issued = EXCLUDED.issued AND receipt.note <> EXCLUDED.note)"
		" RETURNING org_id"};
	CLEANUP_ROWS struct rows rows = {0};
	struct args a = {0};
	enum err e;

	args_str(&a, r->org);
	args_str(&a, r->key);
	args_slice(&a, r->note);
	args_num(&a, r->issued);
	args_num(&a, r->received);
	args_num(&a, r->root_version);
	args_num(&a, r->size);
	args_num(&a, r->at);
	args_num(&a, r->active);
	args_hash(&a, &r->digest);
	args_num(&a, r->outputs);
	args_num(&a, r->failed);
	args_slice(&a, r->hold);
	e = db_run(db, &q, &a, &rows, d);
	if (!e)
		*ret_stored = rows.n == 1;
	return e;
}
