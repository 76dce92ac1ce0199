/* SPDX-License-Identifier: BSD-2-Clause */
/* Other programs: by argv, without a shell, with a deadline, their words kept. */
#ifndef VARSEL_AGENT_RUN_H
#define VARSEL_AGENT_RUN_H

#include <sys/types.h>

#include "common/buf.h"
#include "common/diag.h"

/* Runs argv[0], found in the system's folders unless it is a path, with nothing on its
 * standard input and a small fixed environment. What it prints on both outputs is
 * appended to *out (cut at its max). OK only for exit status 0; ERR_NOT_FOUND when there
 * is no such program; ERR_CANTCREAT when it failed, was killed or took more than
 * `seconds`; the diag has its first line. */
enum err run(const char *const *argv, int seconds, struct buf *out,
	struct diag *d) CHECK_RESULT;

/* The same in two steps, for more than one at a time: a program that was begun must be
 * waited for, with the argv that it was begun with. The time runs from the beginning. */
struct running {
	pid_t pid;
	int fd; /* what it prints */
	int seconds;
	int64_t deadline;
};
enum err run_begin(const char *const *argv, int seconds, struct running *ret,
	struct diag *d) CHECK_RESULT;
enum err run_wait(struct running *r, const char *const *argv, struct buf *out,
	struct diag *d) CHECK_RESULT;

/* The path of such a program; the caller frees it. NULL: there is none. */
char *run_find(const char *name);

#endif
