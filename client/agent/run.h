/* SPDX-License-Identifier: BSD-2-Clause */
/* Other programs: by argv, without a shell, with a deadline, their words kept. */
#ifndef VARSEL_AGENT_RUN_H
#define VARSEL_AGENT_RUN_H

#include "common/buf.h"
#include "common/diag.h"

/* Runs argv[0], found in the system's folders unless it is a path, with nothing on its
 * standard input and a small fixed environment. What it prints on both outputs is
 * appended to *out (cut at its max). OK only for exit status 0; ERR_NOT_FOUND when there
 * is no such program; ERR_CANTCREAT when it failed, was killed or took more than
 * `seconds`; the diag has its first line. */
enum err run(const char *const *argv, int seconds, struct buf *out,
	struct diag *d) CHECK_RESULT;

/* The path of such a program; the caller frees it. NULL: there is none. */
char *run_find(const char *name);

#endif
