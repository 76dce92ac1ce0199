/* SPDX-License-Identifier: BSD-2-Clause */
/* The signature of an alert (docs/formats.md, Alerts). */
#ifndef VARSEL_ALERT_SIGN_H
#define VARSEL_ALERT_SIGN_H

#include "common/buf.h"

/* Appends "t=<time>,v1=<hex HMAC-SHA-256 of the time, a dot and the body>". */
void alert_sign_put(struct buf *b, const unsigned char *key, size_t key_n, int64_t time,
	struct slice body);

#endif
