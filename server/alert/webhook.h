/* SPDX-License-Identifier: BSD-2-Clause */
/* An alert over HTTP. */
#ifndef VARSEL_ALERT_WEBHOOK_H
#define VARSEL_ALERT_WEBHOOK_H

#include <stdatomic.h>

#include "server/core/alerts.h"
#include "server/receivers.h"

/* Posts it, signed at `now`. OK: answered with a 2xx. ERR_UNAVAILABLE: anything else,
 * with what it was. Takes a few seconds at most; ends early once *stop is set. */
enum err webhook_send(const struct webhook *w, const struct alert *x, int64_t now,
	const atomic_bool *stop, struct diag *d) CHECK_RESULT;

#endif
