/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/audit.h"

#include <inttypes.h>

#include "common/clock.h"

#define TEXT_MAX (16u << 20)

void audit_put(struct buf *b, const struct audit_row *r)
{
	buf_printf(b, "varsel/audit/v1\nid %" PRId64 "\nat ", r->id);
	clock_put(b, r->at);
	buf_puts(b, "\nactor ");
	buf_puts(b, r->actor);
	buf_puts(b, "\naction ");
	buf_puts(b, r->action);
	buf_puts(b, "\nsubject ");
	buf_puts(b, r->subject);
	if (r->detail[0]) {
		buf_puts(b, "\ndetail ");
		buf_puts(b, r->detail);
	}
	buf_putc(b, '\n');
}

enum err audit_hash(const struct hash *prev, const struct audit_row *r, struct hash *ret)
{
	CLEANUP_BUF struct buf b = {.max = TEXT_MAX};

	buf_put(&b, prev->b, sizeof(prev->b));
	audit_put(&b, r);
	if (!buf_err(&b))
		*ret = hash_of(buf_view(&b));
	return buf_err(&b);
}
