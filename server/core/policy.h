/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this hub takes: judged by the indicator alone, whoever sends it. The refusals name
 * kind, value and reason; the caller puts the line number in front.
 */
#ifndef VARSEL_POLICY_H
#define VARSEL_POLICY_H

#include "common/line.h"

/* A line of a report: public suffixes and over-wide prefixes are refused (ERR_VALUE).
 * *ret_flags: bits of enum indicator_flag, for the coordinators to see. */
enum err policy_report(const struct line *l, int *ret_flags, struct diag *d) CHECK_RESULT;

/* A line of an approval: as above, tlp red, and what is flagged without override. */
enum err policy_approve(const struct line *l, struct diag *d) CHECK_RESULT;

#endif
