/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may have a route: the Authorization header against the route's scopes. */
#ifndef VARSEL_HTTP_AUTH_H
#define VARSEL_HTTP_AUTH_H

#include "server/api/service.h"
#include "server/http/routes.h"

/* `header` is the Authorization header, NULL when there is none. Fills q->who and
 * q->scopes; a route for anyone takes no notice of the header. ERR_UNAUTHORIZED;
 * ERR_FORBIDDEN: a token that holds without the scope; ERR_BUSY: starting. */
enum err auth_check(struct service *s, const struct route *r, const char *header,
	struct request *q, struct diag *d) CHECK_RESULT;

#endif
