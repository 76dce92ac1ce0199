/* SPDX-License-Identifier: BSD-2-Clause */
/* What an approval is about: named values and ids, files of them, and the queue. */
#ifndef VARSEL_CTL_SELECT_H
#define VARSEL_CTL_SELECT_H

#include "client/ctl/indicator.h"
#include "client/ctl/picks.h"

struct selection {
	/* how */
	bool has_action;
	enum action action; /* instead of the indicator's own */
	bool override;
	int64_t until;
	/* what came of it */
	struct picks picks;
	size_t of;          /* indicators looked at */
	size_t flagged;     /* of the queue, left there for their flags */
	struct buf refused; /* a line for each named one that may not be approved */
};

void selection_init(struct selection *s);
void selection_done(struct selection *s);

/* Named on the command line. Few are looked up one by one; for many the queue is read
 * once. A value that the hub does not know is taken as it is. */
enum err select_targets(struct selection *s, struct hub *h, struct target *t, size_t n,
	struct diag *d) CHECK_RESULT;

/* All that is pending and passes the filter, without what is flagged. */
enum err select_queue(struct selection *s, struct hub *h,
	const struct queue_filter *filter, struct diag *d) CHECK_RESULT;

#endif
