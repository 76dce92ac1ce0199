/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is alerted: the webhooks and the notify command of varseld.conf. */
#ifndef VARSEL_RECEIVERS_H
#define VARSEL_RECEIVERS_H

#include "common/conf.h"
#include "common/limits.h"

struct webhook {
	char *name;
	char *url;
	char *secret; /* path of a file */
	char *tls_ca; /* "": the system's authorities */
	struct conf_list events;
	/* read from the file */
	unsigned char key[WEBHOOK_SECRET_MAX];
	size_t key_n;
};

struct receivers {
	struct webhook *webhook;
	size_t n;
};

extern const struct conf_option webhook_options[];

/* One section; takes over what it holds, also when it fails. ERR_CONFIG. */
enum err receivers_add(struct receivers *r, const char *title,
	const struct webhook *section, struct diag *d) CHECK_RESULT;
/* Names, events and URLs, without a look at any file. ERR_CONFIG. */
enum err receivers_check(const struct receivers *r, struct diag *d) CHECK_RESULT;
/* Reads the secrets. ERR_CONFIG, ERR_NOPERM, ERR_NOT_FOUND name the webhook. */
enum err receivers_open(struct receivers *r, struct diag *d) CHECK_RESULT;
void receivers_done(struct receivers *r); /* safe twice */

/* What a list of events may hold: ERR_CONFIG names the word, and `what` it is of. */
enum err receivers_check_events(
	const char *what, const struct conf_list *events, struct diag *d) CHECK_RESULT;

#endif
