/* SPDX-License-Identifier: BSD-2-Clause */
/* An alert to a program of this machine. */
#ifndef VARSEL_ALERT_NOTIFY_H
#define VARSEL_ALERT_NOTIFY_H

#include <stdatomic.h>

#include "common/conf.h"
#include "common/slice.h"

/* Runs argv, no shell between, with `input` on its standard input and its output on our
 * standard error. OK: it ended with 0. ERR_UNAVAILABLE: anything else; it and what it
 * started are killed after half a minute, or once *stop is set. */
enum err notify_run(const struct conf_list *argv, struct slice input,
	const atomic_bool *stop, struct diag *d) CHECK_RESULT;

#endif
