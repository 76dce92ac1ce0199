/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What enrolment asks of the hub. As in a pull, a child process asks and reads the
 * answers (client/agent/apart.h); what it hands on is checked once more.
 */
#ifndef VARSEL_AGENT_ENROL_H
#define VARSEL_AGENT_ENROL_H

#include "client/agent/config.h"
#include "common/link.h"

struct enrolment {
	struct enrol_link link;
	char *url, *hub_name; /* of the link */
	struct hub *hub;
	struct seckey sec;    /* the municipality's */
	char *channel, *name; /* as the hub has them; set by enrol_enter() */
};

/* Writes root document 1 to `path`, if it is the one whose hash the link has. Of the
 * configuration, here and below, state_dir, user and deadline count. ERR_SIGNATURE and
 * ERR_WRONG_HUB when it is another, errors of the hub and of apart_run(). */
enum err enrol_root(struct enrolment *x, const struct config *c, const char *path,
	struct diag *d) CHECK_RESULT;
/* Registers the key. A hub that knows it already does so once more. ERR_FORBIDDEN: the
 * link is used up. */
enum err enrol_enter(
	struct enrolment *x, const struct config *c, struct diag *d) CHECK_RESULT;

#endif
