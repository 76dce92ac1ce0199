/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/notices.h"

#include "common/note.h"
#include "server/db/notice.h"

enum err notices_list(const struct core *c, struct db *db, struct arena *a,
	struct notice *ret, size_t *ret_n, struct diag *d)
{
	struct notice_rows rows;
	size_t n = 0;
	enum err e = db_notice_list(db, c->origin, NOTICES_MAX, a, &rows, d);

	for (size_t i = 0; !e && i < rows.n; i++) {
		struct note note;

		e = note_parse(rows.item[i].note, &note, d);
		if (!e)
			e = statement_parse(note.text, &ret[n].st, d);
		ret[n].index = rows.item[i].index;
		ret[n++].text = rows.item[i].text;
	}
	if (e)
		return e;
	*ret_n = n;
	return OK;
}
