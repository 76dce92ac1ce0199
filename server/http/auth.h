/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may have a route: the Authorization header, or the cookie of the situation page,
 * against the route's scopes. */
#ifndef VARSEL_HTTP_AUTH_H
#define VARSEL_HTTP_AUTH_H

#include "server/api/service.h"
#include "server/http/routes.h"

/* `header` is the Authorization header, `cookie` the Cookie header; NULL when there is
 * none. The cookie counts without an Authorization alone, and only where the page reads:
 * GET, and a route that names its scopes. Fills q->who and
 * q->scopes; a route for anyone takes no notice of the header. ERR_UNAUTHORIZED;
 * ERR_FORBIDDEN: a token that holds without the scope; ERR_BUSY: starting. */
enum err auth_check(struct service *s, const struct route *r, const char *header,
	const char *cookie, struct request *q, struct diag *d) CHECK_RESULT;

#endif
