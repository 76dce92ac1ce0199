/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The request target, as it came: origin form, nothing decoded. A path is "/", or one or
 * more segments of [A-Za-z0-9._-], none of them "." or ".."; so one resource has one
 * spelling, and what a proxy checked is what the hub serves.
 */
#ifndef VARSEL_HTTP_PATH_H
#define VARSEL_HTTP_PATH_H

#include "common/arena.h"
#include "common/diag.h"
#include "server/api/request.h"

#define TARGET_MAX  4096
#define SEGMENT_MAX 128

/* Splits path and query (empty when there is none). ERR_SYNTAX names the fault. */
enum err path_parse(struct slice target, struct slice *ret_path, struct slice *ret_query,
	struct diag *d) CHECK_RESULT;

/* Whether the path has the form of the template: "{name}" stands for one segment,
 * "{+name}" at the end for one or more. Fills `arg` with what stood there. */
bool path_matches(const char *form, struct slice path, struct slice arg[REQUEST_ARGS]);

/* Reads "a=1&b=2" into params. `allowed` are the names, separated by blanks; each at most
 * once. Values are percent-decoded ('+' is a plus) and must be UTF-8 without control
 * characters. ERR_SYNTAX, ERR_VALUE, ERR_NOMEM. */
enum err query_parse(struct slice query, const char *allowed, struct arena *a,
	struct param params[REQUEST_PARAMS], size_t *ret_n, struct diag *d) CHECK_RESULT;

/* What of a path may be told and logged: behind /page/ is the secret of a link. */
struct slice path_shown(struct slice path);

#endif
