/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/policy.h"

#include "common/limits.h"
#include "server/db/indicator.h"

static enum suffix suffix_of(const struct line *l)
{
	return l->kind->id == KIND_DOMAIN ? domain_suffix(l->value) : SUFFIX_NONE;
}

static enum allow_hit protects(const struct allow *never_block, const struct line *l,
	const struct allow_entry **ret)
{
	return never_block ? allow_match(never_block, l->kind, l->value, ret)
			   : ALLOW_NONE;
}

enum err policy_report(const struct allow *never_block, const struct line *l,
	int *ret_flags, struct diag *d)
{
	enum suffix suffix = suffix_of(l);
	int flags = 0;

	if (suffix == SUFFIX_ICANN)
		return diag_value(d, ERR_VALUE, l->kind->name, l->value,
			"a public suffix cannot be blocked");
	if (l->kind->id == KIND_IP && ip_too_wide(l->value))
		return diag_value(d, ERR_VALUE, l->kind->name, l->value,
			"too wide: at least /%d (IPv4) or /%d (IPv6)", IP4_PREFIX_MIN,
			IP6_PREFIX_MIN);
	if (suffix == SUFFIX_PRIVATE)
		flags |= INDICATOR_PRIVATE_SUFFIX;
	if (protects(never_block, l, NULL))
		flags |= INDICATOR_NEVER_BLOCK;
	*ret_flags = flags;
	return OK;
}

bool policy_needs_override(
	const struct allow *never_block, const struct line *l, struct diag *ret_why)
{
	const struct allow_entry *entry;
	enum allow_hit hit = ALLOW_NONE;

	/* to watch it harms nobody */
	if (l->action == ACTION_BLOCK)
		hit = protects(never_block, l, &entry);
	if (hit)
		(void)diag_fail(ret_why, ERR_VALUE, "never block: it %s %.*s (%s)",
			hit == ALLOW_ALL ? "is in" : "covers", SLICE_ARG(entry->value),
			entry->origin);
	else if (suffix_of(l) == SUFFIX_PRIVATE)
		(void)diag_fail(ret_why, ERR_VALUE,
			"others rent names below it (a private public suffix)");
	else
		return false;
	return true;
}

enum err policy_approve(const struct allow *never_block, const struct line *l,
	int *ret_flags, struct diag *d)
{
	struct diag why = {""};
	enum err e = policy_report(never_block, l, ret_flags, d);

	if (e)
		return e;
	if (l->tlp == TLP_RED)
		return diag_value(d, ERR_VALUE, l->kind->name, l->value,
			"tlp red cannot be approved: it may not be passed on");
	if (!l->override && policy_needs_override(never_block, l, &why))
		return diag_value(d, ERR_VALUE, l->kind->name, l->value,
			"%s: needs override", why.text);
	return OK;
}
