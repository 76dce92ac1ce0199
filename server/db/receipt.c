/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/receipt.h"

#include "common/limits.h"
#include "server/db/query.h"

/*
 * Approvals that this receipt is the first to cover are enforced now. Where the
 * look for them begins: behind the last that is known; at most 1,000, so that a
 * client that comes back after long costs no more.
 */
static const struct query put = {"receipt-put",
	"WITH put AS (INSERT INTO receipt (org_id, key_name, note, issued,"
	" received, root_version, size, at, active_count, active_sha256, outputs, failed,"
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
	" RETURNING *), enforced AS ("
	"INSERT INTO enforcement (org_id, log_id, index, approved, enforced)"
	" SELECT p.org_id, l.id, s.index, s.received,"
	"  greatest(p.received, s.received) FROM put p"
	" JOIN org_key k ON k.name = p.key_name JOIN log l ON l.origin = $14::text"
	" JOIN statement s ON s.log_id = l.id AND s.index < p.size"
	"  AND s.index >= coalesce((SELECT max(e.index) + 1 FROM enforcement e"
	"   WHERE e.org_id = p.org_id AND e.log_id = l.id), 0)"
	" WHERE p.outputs > 0 AND p.failed = 0 AND p.hold IS NULL"
	" AND s.verb = 'approve' AND s.voided_by IS NULL"
	" AND s.received >= greatest(k.created,"
	"  p.received - $15::bigint * interval '1 second')"
	/* what an earlier log had is no news */
	" AND NOT EXISTS (SELECT FROM log o JOIN statement t ON t.log_id = o.id"
	"  AND t.sha256 = s.sha256 WHERE o.id < l.id)"
	" ORDER BY s.index DESC LIMIT 1000 ON CONFLICT DO NOTHING)"
	" SELECT org_id FROM put"};

enum err db_receipt_put(
	struct db *db, const struct receipt_row *r, bool *ret_stored, struct diag *d)
{
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
	args_str(&a, r->log);
	args_num(&a, ENFORCED_WITHIN);
	e = db_run(db, &put, &a, &rows, d);
	if (!e)
		*ret_stored = rows.n == 1;
	return e;
}
