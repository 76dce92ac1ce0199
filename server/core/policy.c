/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/policy.h"

#include "common/limits.h"
#include "server/db/indicator.h"

enum err policy_report(const struct line *l, int *ret_flags, struct diag *d)
{
	enum suffix suffix =
		l->kind->id == KIND_DOMAIN ? domain_suffix(l->value) : SUFFIX_NONE;

	if (suffix == SUFFIX_ICANN)
		return diag_value(d, ERR_VALUE, l->kind->name, l->value,
			"a public suffix cannot be blocked");
	if (l->kind->id == KIND_IP && ip_too_wide(l->value))
		return diag_value(d, ERR_VALUE, l->kind->name, l->value,
			"too wide: at least /%d (IPv4) or /%d (IPv6)", IP4_PREFIX_MIN,
			IP6_PREFIX_MIN);
	*ret_flags = suffix == SUFFIX_PRIVATE ? INDICATOR_PRIVATE_SUFFIX : 0;
	return OK;
}

enum err policy_approve(const struct line *l, struct diag *d)
{
	int flags;
	enum err e = policy_report(l, &flags, d);

	if (e)
		return e;
	if (l->tlp == TLP_RED)
		return diag_value(d, ERR_VALUE, l->kind->name, l->value,
			"tlp red cannot be approved: it may not be passed on");
	if ((flags & INDICATOR_PRIVATE_SUFFIX) && !l->override)
		return diag_value(d, ERR_VALUE, l->kind->name, l->value,
			"others rent names below it (a private public suffix): needs "
			"override");
	return OK;
}
