/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/pull.h"

#include <stdlib.h>

#include "client/agent/apply.h"
#include "client/agent/enforce.h"
#include "client/agent/gather.h"
#include "client/agent/neverblock.h"
#include "client/agent/notices.h"
#include "client/agent/outbox.h"
#include "client/agent/receipt.h"
#include "client/agent/sightings.h"
#include "client/agent/spare.h"
#include "common/file.h"

#define PATIENCE      120 /* seconds; another run may be loading a large set */
#define COUNT_SECONDS 60
#define TRIES         3 /* when another run is faster each time */

/* Two pulls would do the same work twice. */
static enum err lock_run(const struct config *conf, int *ret_fd, struct diag *d)
{
	char *path = config_state(conf, "lock");
	enum err e = path ? file_lock(path, ret_fd, d)
			  : diag_fail(d, ERR_NOMEM, "out of memory");

	free(path);
	return e;
}

/* Whether the built-in list is another one than last time. */
static bool is_new_list(const struct never *never, const struct state *s)
{
	struct hash digest = allow_digest(&never->everywhere);
	char hex[HASH_HEX];

	hash_hex(&digest, hex);
	return strcmp(hex, s->builtin) != 0;
}

/* *ret_from: of which state of the feed what stands is, before. */
static enum err look(struct cli *c, const struct config *conf, const struct never *never,
	const struct pull_options *opt, struct plan *p, int64_t *ret_from)
{
	struct standing s = {0};
	enum err e = standing_open(conf, &s, &c->d);

	*ret_from = s.state.changed;
	if (e == OK)
		e = gather(c, conf, opt, &s,
			is_new_list(never, &s.state) ||
				apply_due(conf, &s, &never->here, clock_now()),
			p);
	standing_done(&s);
	return e;
}

/* Whether another run has enforced something newer since we looked. Against what stood
 * then, and not by the number alone: that may begin anew with the feed. */
static bool is_overtaken(const struct plan *p, int64_t from, const struct state *now)
{
	return now->changed != from && now->changed > (p->due ? p->changed : from);
}

/* What stands is read again: it may have been lifted while the hub was waited for.
 * *ret_again: nothing was done, for the plan is too old. */
static enum err act(struct cli *c, const struct config *conf, const struct never *never,
	const struct pull_options *opt, struct plan *p, int64_t from, bool *ret_again)
{
	CLEANUP_FD int lock = -1;
	struct standing s = {0};
	enum err e = standing_lock(conf, PATIENCE, &lock, &c->d);

	if (e)
		return e;
	if (opt->busy)
		opt->busy(true);
	e = standing_open(conf, &s, &c->d);
	*ret_again = e == OK && is_overtaken(p, from, &s.state);
	if (e == OK && !*ret_again && !opt->dry)
		sightings_note(conf, &s, COUNT_SECONDS);
	if (e == OK && !*ret_again)
		e = enforce(c, conf, opt, p, &s, never);
	standing_done(&s);
	file_close(&lock);
	if (opt->busy)
		opt->busy(false);
	return e;
}

static enum err look_and_act(struct cli *c, const struct config *conf,
	const struct never *never, const struct pull_options *opt, struct plan *p)
{
	struct pull_options o = *opt;
	bool again = true;
	int64_t from;
	enum err e = OK;

	for (int i = 0; e == OK && again && i < TRIES; i++) {
		plan_done(p);
		e = look(c, conf, never, &o, p, &from);
		if (e == OK)
			e = act(c, conf, never, &o, p, from, &again);
		o.wait = 0;
	}
	if (e == OK && again)
		e = diag_fail(&c->d, ERR_TEMPFAIL,
			"other runs were faster %d times: what they enforce stands",
			TRIES);
	return e;
}

enum err pull(struct cli *c, const struct config *conf, const struct pull_options *opt)
{
	CLEANUP_FD int lock = -1;
	struct never never = {0};
	struct plan p = {0};
	enum err e = file_mkdir(conf->state_dir, 0755, &c->d);

	if (e == OK && !opt->offline && !opt->beside)
		e = lock_run(conf, &lock, &c->d);
	if (e)
		return e;
	e = spare_load(&never.everywhere, &c->d);
	if (e == OK)
		e = neverblock_gather(conf, opt->offline, &never.here, &c->d);
	if (e == OK)
		e = look_and_act(c, conf, &never, opt, &p);
	if (e == OK && !opt->dry && p.due)
		notices_tell(conf);
	/* not to a hub that has just not answered: that would only take time */
	if (!opt->dry && p.net != ERR_UNAVAILABLE) {
		receipt_send(c, conf);
		outbox_try(c, conf);
	}
	if (e == OK && p.net == OK && p.net_why.text[0])
		cli_warn("%s", p.net_why.text);
	if (e == OK && p.hold[0])
		e = diag_fail(&c->d, ERR_HOLD, "%s", p.hold);
	if (e == OK && p.net)
		e = diag_fail(&c->d, p.net, "%s", p.net_why.text);
	plan_done(&p);
	allow_done(&never.here);
	allow_done(&never.everywhere);
	return e;
}
