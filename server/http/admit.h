/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks of a request's head, before the first byte of its body. */
#ifndef VARSEL_HTTP_ADMIT_H
#define VARSEL_HTTP_ADMIT_H

#include "server/http/exchange.h"

/* Fills route, arguments, parameters, caller, length. *ret_broken: the framing itself is
 * in doubt, so that nothing behind this head may be read as a body or a request. */
enum err admit(struct exchange *x, const char *method, const char *version,
	bool *ret_broken, struct diag *d) CHECK_RESULT;

/* Reserves upload memory for the body and allocates it. ERR_BUSY: all of it is taken. */
enum err admit_body(struct exchange *x, struct diag *d) CHECK_RESULT;
void admit_release(struct exchange *x);

#endif
