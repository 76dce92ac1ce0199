/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/ctl.h"
#include "client/ctl/proposal.h"
#include "client/ctl/reissue.h"
#include "client/ctl/targets.h"
#include "client/feed/bundles.h"
#include "common/clock.h"

static const char usage[] =
	"usage: varselctl erase --reason TEXT ID|VALUE...\n"
	"Takes the values themselves, nothing inside them, out of every list that "
	"approves\n"
	"them: approves the rest of each list again, then voids the old approval, whose "
	"list\n"
	"the hub and the clients delete. Then the hub deletes what it has of the value,\n"
	"reports' notes with it. Where two must sign the rest is a proposal "
	"first:\n"
	"exit status 75, and to be run again once it is cosigned.\n"
	"  --reason TEXT  stands in the lists that are made anew, for everyone to read\n";

struct erasure {
	struct ctl *c;
	struct targets targets;
	const char *reason;
	bool *out; /* of each statement of the feed: it is to be voided */
	size_t nout;
	size_t revokes; /* revocations that name a value */
	int64_t revoked_until;
	struct picks rest; /* to be approved again */
	struct decisions done;
	struct buf waiting; /* proposals that hold the rest, "proposal ID" each */
	struct buf voided;
	struct buf told; /* what went with the hub's rows */
	size_t known;    /* values that the hub had, and has no more */
	int64_t kept_audit, kept_notices;
};

/* The hub's answer. */
struct hub_erased {
	int64_t reports, audit, notices;
	struct json_texts orgs;
};

static bool is_target(
	const struct targets *t, const struct kind *kind, struct slice value)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->t[i].kind == kind && slice_is(value, t->t[i].text))
			return true;
	return false;
}

static bool names_target(
	const struct targets *t, const struct feed_statement *s, enum line_form form)
{
	struct slice body = s->bundle;
	struct line l;

	while (body.n && bundle_next(form, &body, &l))
		if (is_target(t, l.kind, l.value))
			return true;
	return false;
}

/* All lists that are here are looked at, also those that have ended or do not count. */
static enum err mark(struct erasure *x, struct diag *d)
{
	struct feed *f = x->c->feed;

	free(x->out);
	x->out = calloc(f->n + 1, sizeof(*x->out));
	x->nout = x->revokes = 0;
	if (!x->out)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < f->n; i++) {
		struct feed_statement *s = &f->st[i];
		bool approve = s->st.verb == VERB_APPROVE;

		if ((!approve && s->st.verb != VERB_REVOKE) || s->voided)
			continue;
		/* one that does not count was not fetched, and is to be erased all the
		 * same */
		if (!bundle_is_there(f, s) && bundle_fetch(f, x->c->hub, s, NULL))
			continue;
		if (bundle_map(f, s, NULL))
			continue;
		if (!names_target(&x->targets, s, approve ? LINE_BUNDLE : LINE_REVOKE))
			continue;
		if (approve) {
			x->out[i] = true;
			x->nout++;
		} else {
			x->revokes++;
			if (s->st.expires > x->revoked_until)
				x->revoked_until = s->st.expires;
		}
	}
	return OK;
}

/* What is in force, without the values. */
static enum err wanted(const struct erasure *x, struct activeset *ret, struct diag *d)
{
	const struct activeset *now = &x->c->active;

	*ret = (struct activeset){.a = calloc(now->n + 1, sizeof(*ret->a))};
	if (!ret->a)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < now->n; i++)
		if (!is_target(&x->targets, &kinds[now->a[i].kind], now->a[i].value))
			ret->a[ret->n++] = now->a[i];
	return OK;
}

/* What would fall with the old approvals, and stands nowhere else yet. */
static enum err plan(struct erasure *x, struct diag *d)
{
	struct activeset want = {0}, left = {0};
	struct picks shorter;
	enum err e = mark(x, d);

	picks_done(&x->rest);
	picks_init(&x->rest);
	picks_init(&shorter); /* less than before is never more: it stays empty */
	if (!e)
		e = wanted(x, &want, d);
	if (!e)
		e = reissue_without(x->c->feed, x->out, clock_now(), &left, d);
	if (!e)
		e = reissue_compare(&want, &left, &x->rest, &shorter, d);
	picks_sort(&x->rest);
	picks_done(&shorter);
	activeset_done(&left);
	free(want.a);
	return e;
}

/* Approves the rest again, until nothing of it hangs on what is to be voided. */
static enum err keep_rest(struct erasure *x, struct diag *d)
{
	struct ctl *c = x->c;
	enum err e = plan(x, d);

	for (int attempt = 0; !e && x->rest.n; attempt++) {
		if (attempt == 2)
			return diag_fail(d, ERR_CONFLICT,
				"others decide on the same lists: run it again");
		e = proposals_subtract(c, &x->rest, &x->waiting, d);
		if (!e && x->rest.n)
			e = decide(c, VERB_APPROVE, x->reason, &x->rest, &x->done, d);
		decisions_put_proposals(&x->waiting, &x->done);
		if (e || x->waiting.len)
			return e;
		e = ctl_follow(c, false, d);
		if (!e)
			e = plan(x, d);
	}
	return e;
}

static enum err void_all(struct erasure *x, struct diag *d)
{
	const struct feed *f = x->c->feed;
	enum err e = OK;

	for (size_t i = 0; !e && i < f->n; i++) {
		struct decided done;

		if (!x->out[i])
			continue;
		e = reissue_void(x->c, &f->st[i].id, f->st[i].st.issued, &done, d);
		if (!e)
			buf_printf(&x->voided, "void %lld, of entry %llu\n",
				(long long)done.index,
				(unsigned long long)f->st[i].index);
	}
	return e;
}

static enum err tell_one(
	struct erasure *x, const struct target *t, struct slice answer, struct diag *d)
{
	static const struct json_field fields[] = {
		{"reports", JSON_NUM, offsetof(struct hub_erased, reports), INT64_MAX,
			true},
		{"orgs", JSON_TEXTS, offsetof(struct hub_erased, orgs), 1000, true},
		{"audit", JSON_NUM, offsetof(struct hub_erased, audit), INT64_MAX, true},
		{"notices", JSON_NUM, offsetof(struct hub_erased, notices), INT64_MAX,
			true},
		{0},
	};
	struct hub_erased got = {0};
	enum err e = json_read_answer(answer, fields, &got, &x->targets.arena, d);

	if (e)
		return e;
	x->kept_audit += got.audit;
	x->kept_notices += got.notices;
	if (got.reports == 0)
		return OK;
	buf_printf(&x->told, "%s: the notes of %lld reports are gone with it, from",
		t->text, (long long)got.reports);
	for (size_t i = 0; i < got.orgs.n; i++)
		buf_printf(&x->told, " %s", got.orgs.item[i]);
	buf_puts(&x->told, "; another report brings it back\n");
	return OK;
}

/* From the hub's own tables. What a revocation names stays, and is told at the end. */
static enum err erase_one(struct erasure *x, const struct target *t, struct diag *d)
{
	CLEANUP_BUF struct buf body = {.max = 65536}, answer = {.max = 65536};
	struct indicator known_as = {0};
	struct json_out j;
	char path[80];
	bool known;
	enum err e = indicator_get(x->c->hub, t, &x->targets.arena, &known_as, &known, d);

	if (e || !known)
		return e;
	json_put_begin(&j, &body);
	json_put_object(&j, NULL);
	json_put_str(&j, "reason", x->reason);
	json_put_object_end(&j);
	if (buf_err(&body))
		return diag_fail(d, buf_err(&body), "%s", err_text(buf_err(&body)));
	(void)snprintf(path, sizeof(path), "/v1/indicators/%lld/erasure",
		(long long)known_as.id);
	e = hub_post(x->c->hub, path, "application/json", buf_view(&body), &answer, d);
	if (e == ERR_CONFLICT && x->revokes)
		return OK;
	x->known += !e;
	return e ? e : tell_one(x, t, buf_view(&answer), d);
}

static enum err erase_all(struct erasure *x, struct diag *d)
{
	enum err e = OK;

	for (size_t i = 0; !e && i < x->targets.n; i++)
		e = erase_one(x, &x->targets.t[i], d);
	return e;
}

static enum err finish(struct erasure *x, struct diag *d)
{
	CLEANUP_BUF struct buf out = {.max = 1u << 20};
	char until[CLOCK_TEXT];
	enum err e = OK;

	buf_slice(&out, buf_view(&x->waiting));
	buf_slice(&out, buf_view(&x->voided));
	if (x->voided.len)
		buf_printf(&out, "erased %zu from %zu lists, %zu lines approved again\n",
			x->targets.n, x->nout, x->done.count);
	else if (x->known)
		buf_printf(&out, "erased %zu, which no list approved\n", x->known);
	buf_slice(&out, buf_view(&x->told));
	e = ctl_print(&out, d);
	if (e)
		return e;
	if (x->waiting.len)
		return diag_fail(d, ERR_TEMPFAIL,
			"the rest of the lists awaits another signature (varselctl "
			"cosign); then run this again");
	if (x->revokes == 0 && (x->kept_audit || x->kept_notices))
		return diag_fail(d, ERR_VALUE,
			"%lld rows of the audit and %lld notices hold them in people's "
			"words: the audit's go with time, notices with varselctl notice "
			"--withdraw",
			(long long)x->kept_audit, (long long)x->kept_notices);
	if (x->revokes == 0)
		return OK;
	clock_format(x->revoked_until, until);
	return diag_fail(d, ERR_VALUE,
		"%zu revocations name them, the last until %s: a revocation cannot be "
		"erased",
		x->revokes, until);
}

/* It goes into lists and the audit, which cannot be erased. */
static enum err check_reason(const struct erasure *x, struct diag *d)
{
	for (size_t i = 0; i < x->targets.n; i++)
		if (strstr(x->reason, x->targets.t[i].text))
			return diag_fail(d, ERR_VALUE,
				"--reason is kept, and must not name the value");
	return OK;
}

static enum err erase(struct erasure *x, struct diag *d)
{
	struct ctl *c = x->c;
	enum err e;

	c->merges = true;
	e = ctl_follow(c, false, d);
	if (!e)
		e = targets_resolve(&x->targets, c->hub, d);
	if (!e)
		e = check_reason(x, d);
	if (!e)
		e = mark(x, d);
	if (!e && x->nout)
		e = ctl_signing(c, d);
	if (!e && x->nout)
		e = keep_rest(x, d);
	if (!e && !x->waiting.len) {
		e = void_all(x, d);
		if (!e)
			e = erase_all(x, d);
		if (!e && !x->nout && !x->revokes && !x->known)
			return diag_fail(d, ERR_VALUE,
				"erase: no list names them, and the hub knows nothing of "
				"them");
		/* the own copy lets go of the lists as every other does */
		if (!e && x->nout)
			e = ctl_follow(c, false, d);
	}
	return e ? e : finish(x, d);
}

enum err ctl_erase(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"reason", required_argument, NULL, 'r'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	struct erasure x = {.c = c,
		.waiting = {.max = 65536},
		.voided = {.max = 1u << 20},
		.told = {.max = 1u << 20}};
	enum err e = OK;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt != 'r')
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
		x.reason = optarg;
	}
	if (!x.reason || !*x.reason || strlen(x.reason) > REASON_MAX)
		return diag_fail(
			d, ERR_USAGE, "erase: give --reason, 1 to %d bytes", REASON_MAX);
	if (optind == argc)
		return diag_fail(d, ERR_USAGE, "erase: give a VALUE or an ID");
	targets_init(&x.targets);
	picks_init(&x.rest);
	for (int i = optind; !e && i < argc; i++)
		e = targets_add(&x.targets, argv[i], d);
	if (!e)
		e = erase(&x, d);
	decisions_done(&x.done);
	picks_done(&x.rest);
	targets_done(&x.targets);
	buf_done(&x.waiting);
	buf_done(&x.voided);
	buf_done(&x.told);
	free(x.out);
	return e;
}
