/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/reason.h"

#include "common/cpr.h"
#include "common/fields.h"

enum err reason_check(struct slice text, struct diag *d)
{
	size_t line;

	if (text.n == 0 || text.n > REASON_MAX)
		return diag_fail(d, ERR_VALUE, "reason: %zu bytes, 1 to %d are allowed",
			text.n, REASON_MAX);
	if (!text_is_clean(text, &line) || memchr(text.p, '\n', text.n))
		return diag_fail(d, ERR_VALUE, "reason: one line of plain UTF-8");
	if (text_has_cpr(text))
		return diag_fail(d, ERR_VALUE,
			"reason: holds a CPR number, which may not be sent");
	return OK;
}
