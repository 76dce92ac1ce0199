/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this hub takes: judged by the indicator and the never-block list (NULL: none),
 * whoever sends it. The refusals name kind, value and reason; the caller puts the line
 * number in front.
 */
#ifndef VARSEL_POLICY_H
#define VARSEL_POLICY_H

#include "common/allow.h"
#include "common/line.h"

/* A line of a report: public suffixes and over-wide prefixes are refused (ERR_VALUE).
 * *ret_flags: bits of enum indicator_flag, for the coordinators to see. */
enum err policy_report(const struct allow *never_block, const struct line *l,
	int *ret_flags, struct diag *d) CHECK_RESULT;

/* A line of an approval: as above, tlp red, and what needs an override and has none. */
enum err policy_approve(const struct allow *never_block, const struct line *l,
	int *ret_flags, struct diag *d) CHECK_RESULT;

/* Whether only an override lets the line be approved; then *ret_why says what stands
 * against it. */
bool policy_needs_override(
	const struct allow *never_block, const struct line *l, struct diag *ret_why);

#endif
