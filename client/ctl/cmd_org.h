/* SPDX-License-Identifier: BSD-2-Clause */
/* What the org commands share. */
#ifndef VARSEL_CTL_CMD_ORG_H
#define VARSEL_CTL_CMD_ORG_H

#include "client/ctl/config.h"
#include "common/buf.h"
#include "common/diag.h"

struct ctl;

/* POST /v1/orgs; `sector` may be empty. */
enum err org_add(struct ctl *c, struct slice code, struct slice name, struct slice sector,
	struct diag *d) CHECK_RESULT;

/* Adds each line `code,name[,sector]` of a CSV file, quoted or not; a first line that
 * begins with "code," is a header. Stops at the first error, naming the line; those
 * before it were added, and running it again is harmless. */
enum err org_import(struct ctl *c, const char *path, struct diag *d) CHECK_RESULT;

enum err org_list(struct ctl *c, int argc, char **argv, struct diag *d) CHECK_RESULT;

/* A link that a municipality will trust must name the root that the coordinator trusts,
 * whatever the hub wrote into it. ERR_SIGNATURE when it does not, ERR_SYNTAX when it is
 * no such link. */
enum err org_check_link(struct slice link, const char *code, const struct ctl_conf *conf,
	struct diag *d) CHECK_RESULT;

/* Splits off the next field of a CSV line (RFC 4180 quoting, doubled quotes undone into
 * *out, which is reset first); *rest moves behind its comma. ERR_SYNTAX. */
enum err csv_field(struct slice *rest, struct buf *out, struct diag *d) CHECK_RESULT;

#endif
