/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of targets: the command line's arguments and files of one a line. */
#ifndef VARSEL_CTL_TARGETS_H
#define VARSEL_CTL_TARGETS_H

#include "client/ctl/indicator.h"

struct targets {
	struct arena arena;
	struct target *t; /* owned */
	size_t n, cap;
};

void targets_init(struct targets *x);
void targets_done(struct targets *x);

/* ERR_VALUE names the argument. */
enum err targets_add(struct targets *x, const char *arg, struct diag *d) CHECK_RESULT;
/* One a line; blank lines and what stands behind a '#' that begins a line or follows a
 * blank are comments; "-" is stdin. ERR_VALUE with file and line; ERR_NOT_FOUND. */
enum err targets_read(struct targets *x, const char *path, struct diag *d) CHECK_RESULT;
/* An id becomes the value that the hub has under it. */
enum err targets_resolve(struct targets *x, struct hub *h, struct diag *d) CHECK_RESULT;

#endif
