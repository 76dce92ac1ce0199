/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads that carry alerts: one for each receiver, with a connection to the database
 * of its own, so that a slow one holds up nobody else. Only the hub that leads carries.
 */
#ifndef VARSEL_ALERT_COURIER_H
#define VARSEL_ALERT_COURIER_H

#include <stdatomic.h>

#include "server/core/alerts.h"
#include "server/receivers.h"
#include "server/thread.h"

#define COURIERS (WEBHOOKS_MAX + 1)

struct courier;

/* One receiver's. */
struct carrier {
	struct courier *courier;
	char name[WEBHOOK_NAME_MAX + 16];
	const struct webhook *webhook; /* NULL: the notify command */
	const struct conf_list *events;
	struct thread thread;
};

struct courier {
	const struct core *core;
	const char *database;
	const struct conf_list *notify; /* argv */
	struct carrier carrier[COURIERS];
	size_t n;
	struct thread clerk; /* tells the database who is to be alerted */
	struct halt halt;
	atomic_bool ready; /* leading, and the database knows the receivers */
};

/* Borrows all. */
enum err courier_start(struct courier *c, const struct core *core, const char *database,
	const struct receivers *r, const struct conf_list *notify,
	const struct conf_list *notify_events, struct diag *d) CHECK_RESULT;
void courier_stop(struct courier *c); /* safe when it was not started */

#endif
