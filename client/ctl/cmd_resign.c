/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "client/ctl/cmd_root.h"
#include "client/ctl/ctl.h"
#include "client/ctl/hanging.h"
#include "client/ctl/proposal.h"
#include "client/ctl/reissue.h"
#include "common/clock.h"

static const char usage[] =
	"usage: varselctl resign [-n] [--drop NAME... | --root FILE]\n"
	"                        [--coordinator-threshold N] [--reason TEXT]\n"
	"Signs again, with this coordinator's key, what hangs on a key that is about to "
	"go:\n"
	"what is in force stays so, and what was revoked or made void does, too. Run it\n"
	"before the new root document is published; run it again until nothing is left.\n"
	"  --drop NAME                the key of that name goes\n"
	"  --root FILE                judge by this root document or draft instead\n"
	"  --coordinator-threshold N  an approval will need so many signatures\n"
	"  --reason TEXT              stands in the new lists (\"Signed again\")\n"
	"  -n                         only say what hangs on it\n"
	"Without --drop and --root every coordinator's key but the own one goes.\n";

#define DROPS 16

struct options {
	const char *drop[DROPS];
	size_t ndrop;
	const char *root, *reason;
	int64_t threshold; /* 0: as it is */
	bool dry;
};

struct resigning {
	struct ctl *c;
	const struct options *o;
	struct root under; /* what everything is judged by */
	struct hanging x;
	struct decisions done;
	struct buf waiting;
	size_t revoked, voided;
};

static enum err drop_others(struct ctl *c, struct root *r, struct diag *d)
{
	enum err e = ctl_signing(c, d);
	size_t n;
	const struct pubkey *keys = root_keys(&c->feed->root, ROLE_COORDINATOR, &n);

	if (!e && r->threshold_coordinator > 1)
		return diag_fail(d, ERR_USAGE,
			"resign: an approval needs %lld signatures: give --drop or "
			"--root",
			(long long)r->threshold_coordinator);
	for (size_t i = 0; !e && i < n; i++)
		if (!pubkey_same(&keys[i], &c->signing.pub))
			e = hanging_drop(r, keys[i].name, d);
	return e;
}

/* The root document to come. What this key signs must count under it. */
static enum err set_under(struct resigning *x, struct diag *d)
{
	CLEANUP_ROOT_FILE struct root_file file = {0};
	struct root *r = &x->under;
	const struct pubkey *keys;
	bool mine = false;
	size_t n;
	enum err e = OK;

	*r = x->c->feed->root;
	if (x->o->root) {
		e = root_file_read(x->o->root, &file, d);
		*r = e ? *r : file.root;
	} else if (!x->o->ndrop && !x->o->threshold) {
		e = drop_others(x->c, r, d);
	}
	for (size_t i = 0; !e && i < x->o->ndrop; i++)
		e = hanging_drop(r, x->o->drop[i], d);
	if (!e && x->o->threshold)
		r->threshold_coordinator = x->o->threshold;
	if (!e)
		e = ctl_signing(x->c, d);
	if (e)
		return e;
	keys = root_keys(r, ROLE_COORDINATOR, &n);
	for (size_t i = 0; i < n; i++)
		mine = mine || pubkey_same(&keys[i], &x->c->signing.pub);
	if (!mine)
		return diag_fail(d, ERR_VALUE,
			"resign: the own key %s is not to stay: another coordinator must "
			"do this",
			x->c->signing.pub.name);
	if (r->threshold_coordinator > (int64_t)n)
		return diag_fail(d, ERR_VALUE,
			"resign: %lld signatures cannot come of %zu keys",
			(long long)r->threshold_coordinator, n);
	if (strcmp(r->keys[r->first[ROLE_LOG]].name, feed_origin(x->c->feed)) != 0)
		return diag_fail(d, ERR_VALUE,
			"resign: another log begins empty: nothing can be signed ahead");
	return OK;
}

static enum err find(struct resigning *x, struct diag *d)
{
	hanging_done(&x->x);
	return hanging_find(x->c->feed, &x->c->active, &x->under, clock_now(), &x->x, d);
}

static enum err sign_voids(struct resigning *x, struct diag *d)
{
	enum err e = OK;

	for (size_t i = 0; !e && i < x->x.nvoids; i++) {
		struct decided done;

		e = reissue_void(
			x->c, &x->x.voids[i].target, x->x.voids[i].issued, &done, d);
		x->voided += !e;
	}
	return e;
}

static enum err sign_all(struct resigning *x, struct diag *d)
{
	struct decisions revoked = {0};
	struct ctl *c = x->c;
	enum err e = sign_voids(x, d);

	if (!e && x->x.revoke.n)
		e = decide(c, VERB_REVOKE, x->o->reason, &x->x.revoke, &revoked, d);
	x->revoked = revoked.count;
	decisions_done(&revoked);
	/* an approval must be newer than a revocation that it follows */
	if (!e && x->x.revoke.n)
		e = ctl_follow(c, false, d);
	if (!e && x->x.approve.n)
		e = proposals_subtract(c, &x->x.approve, &x->waiting, d);
	c->signatures = x->under.threshold_coordinator;
	if (!e && x->x.approve.n)
		e = decide(c, VERB_APPROVE, x->o->reason, &x->x.approve, &x->done, d);
	decisions_put_proposals(&x->waiting, &x->done);
	return e;
}

static enum err resign(struct resigning *x, struct diag *d)
{
	CLEANUP_BUF struct buf out = {.max = 1u << 20};
	enum err e;

	x->c->merges = true;
	e = ctl_follow(x->c, false, d);
	if (!e)
		e = set_under(x, d);
	if (!e)
		e = find(x, d);
	if (e)
		return e;
	if (x->o->dry || !hanging_any(&x->x)) {
		hanging_put(&x->x, &out);
		buf_putc(&out, '\n');
		return ctl_print(&out, d);
	}
	e = sign_all(x, d);
	buf_slice(&out, buf_view(&x->waiting));
	buf_printf(&out, "approved %zu, revoked %zu, void %zu\n", x->done.count,
		x->revoked, x->voided);
	if (!e)
		e = ctl_print(&out, d);
	/* `root new` comes next, and goes by the copy of the feed that is here */
	if (!e)
		e = ctl_follow(x->c, true, d);
	if (!e && x->waiting.len)
		return diag_fail(d, ERR_TEMPFAIL,
			"what is proposed awaits another signature (varselctl cosign)");
	return e;
}

enum { DROP = 1000, ROOT, THRESHOLD, REASON };

static const struct option options[] = {
	{"drop", required_argument, NULL, DROP},
	{"root", required_argument, NULL, ROOT},
	{"coordinator-threshold", required_argument, NULL, THRESHOLD},
	{"reason", required_argument, NULL, REASON},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static enum err take_option(struct options *o, int opt, const char *arg, struct diag *d)
{
	if (opt == 'n') {
		o->dry = true;
	} else if (opt == DROP) {
		if (o->ndrop == DROPS)
			return diag_fail(d, ERR_USAGE, "--drop: at most %d", DROPS);
		o->drop[o->ndrop++] = arg;
	} else if (opt == ROOT) {
		o->root = arg;
	} else if (opt == THRESHOLD) {
		if (number_parse(slice_of(arg), &o->threshold, d) || !o->threshold)
			return diag_fail(
				d, ERR_USAGE, "--coordinator-threshold: a number");
	} else {
		o->reason = arg;
	}
	return OK;
}

enum err ctl_resign(struct ctl *c, int argc, char **argv, struct diag *d)
{
	struct options o = {.reason = "Signed again"};
	struct resigning x = {.c = c, .o = &o, .waiting = {.max = 65536}};
	enum err e = OK;
	int opt;

	while (!e && (opt = getopt_long(argc, argv, "nh", options, NULL)) != -1) {
		if (opt == 'h')
			return ctl_help(usage);
		e = opt == '?' ? ERR_USAGE : take_option(&o, opt, optarg, d);
	}
	if (!e && optind != argc)
		e = diag_fail(d, ERR_USAGE, "resign: takes no argument");
	if (!e && (!*o.reason || strlen(o.reason) > REASON_MAX))
		e = diag_fail(d, ERR_USAGE, "--reason: 1 to %d bytes", REASON_MAX);
	if (!e && o.root && o.ndrop)
		e = diag_fail(d, ERR_USAGE, "resign: --drop or --root, not both");
	picks_init(&x.x.approve);
	picks_init(&x.x.revoke);
	if (!e)
		e = resign(&x, d);
	hanging_done(&x.x);
	decisions_done(&x.done);
	buf_done(&x.waiting);
	return e;
}
