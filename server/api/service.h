/* SPDX-License-Identifier: BSD-2-Clause */
/* What the handlers share: one of them in a running hub. */
#ifndef VARSEL_API_SERVICE_H
#define VARSEL_API_SERVICE_H

#include "server/api/jwt.h"
#include "server/api/request.h"
#include "server/core/feed.h"
#include "server/core/keysoff.h"
#include "server/core/refusals.h"
#include "server/core/seen.h"
#include "server/core/sessions.h"
#include "server/core/tail.h"

struct metrics;

/* page.c: the name of the situation page's cookie. */
const char *page_cookie(const struct core *c);

struct service {
	struct core core;
	struct feed *feed;
	struct keysoff off;
	struct seen seen;
	struct sessions sessions;
	struct refusals refusals;
	struct tail tail;
	struct jwt_key jwt;
	struct metrics *metrics; /* metrics.h */
	atomic_bool stopping;
};

#endif
