/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "client/ctl/ctl.h"
#include "client/ctl/decide.h"
#include "client/ctl/proposal.h"
#include "common/clock.h"
#include "common/notice.h"

static const char usage[] =
	"usage: varselctl cosign [-n | --yes] ID\n"
	"Shows what a proposal approves or makes known, checked here and not taken from\n"
	"the hub, asks, and adds this coordinator's signature. Lines that begin with !\n"
	"carry a mark: an override, a wide prefix, a hit in a never-block list.\n"
	"  -n     only show it\n"
	"  --yes  sign without asking\n";

static void put_header(struct buf *b, const struct root *root, const struct proposal *p)
{
	size_t n;
	const struct pubkey *keys = root_keys(root, ROLE_COORDINATOR, &n);
	char hex[HASH_HEX];

	hash_hex(&p->st.bundle, hex);
	buf_printf(b, "proposal     %lld: %s\nlog          %s\nissued       ",
		(long long)p->id, verb_name(p->st.verb), p->st.log);
	clock_put(b, p->st.issued);
	if (p->st.verb == VERB_NOTICE) {
		buf_printf(b, "\nseverity     %s\nbundle       %s\n",
			severity_name(p->st.severity), hex);
	} else {
		buf_puts(b, "\nexpires      ");
		clock_put(b, p->st.expires);
		buf_printf(b, "\nreason       %.*s\nbundle       %s\nlines        %lld\n",
			SLICE_ARG(p->bundle.reason), hex, (long long)p->st.count);
	}
	buf_printf(b, "signatures   %zu of %zu:", p->have, p->needed);
	for (size_t i = 0; i < n; i++)
		if (p->signer[i])
			buf_printf(b, " %s", keys[i].name);
	buf_puts(b, "\n\n");
}

/* All of it, on stdout: who signs has seen it. */
static enum err show(struct ctl *c, const struct proposal *p, struct diag *d)
{
	CLEANUP_BUF struct buf out = {.max = 8 * (size_t)BUNDLE_MAX},
			       marks = {.max = 65536};
	struct slice body = p->bundle.body;
	size_t marked = 0;
	struct line l;

	put_header(&out, &c->feed->root, p);
	if (p->st.verb == VERB_NOTICE) {
		notice_put(&out, buf_view(&p->bundle_bytes));
		return ctl_print(&out, d);
	}
	while (bundle_next(LINE_BUNDLE, &body, &l)) {
		CLEANUP_BUF struct buf text = {.max = INPUT_LINE_MAX + 1};

		buf_reset(&marks);
		proposal_mark(p, &l, &marks);
		line_put(&text, LINE_BUNDLE, &l);
		if (buf_err(&text))
			return diag_fail(d, ERR_NOMEM, "out of memory");
		text.len--; /* its LF */
		buf_printf(&out, "%s %.*s", marks.len ? "!" : " ",
			SLICE_ARG(buf_view(&text)));
		if (marks.len)
			buf_printf(&out, "  <- %s", buf_str(&marks));
		buf_putc(&out, '\n');
		marked += marks.len > 0;
	}
	buf_printf(&out, "\n%zu of %zu lines carry a mark\n", marked, p->bundle.count);
	return ctl_print(&out, d);
}

static enum err ask(struct diag *d)
{
	char answer[16] = "";

	if (!isatty(STDIN_FILENO))
		return diag_fail(d, ERR_USAGE,
			"cosign: no terminal to ask on: look with -n, sign with --yes");
	(void)fputs("Sign this? Answer yes or no: ", stdout);
	(void)fflush(stdout);
	if (!fgets(answer, sizeof(answer), stdin) || strcmp(answer, "yes\n") != 0)
		return diag_fail(d, ERR_VALUE, "not signed");
	return OK;
}

static bool has_signed(
	const struct root *root, const struct proposal *p, const struct pubkey *key)
{
	size_t n;
	const struct pubkey *keys = root_keys(root, ROLE_COORDINATOR, &n);

	for (size_t i = 0; i < n; i++)
		if (p->signer[i] && pubkey_same(&keys[i], key))
			return true;
	return false;
}

static enum err sign(
	struct ctl *c, const struct proposal *p, struct decided *ret, struct diag *d)
{
	CLEANUP_BUF struct buf note = {.max = STATEMENT_MAX};
	size_t n, have, needed;
	const struct pubkey *keys = root_keys(&c->feed->root, ROLE_COORDINATOR, &n);
	struct note check;
	char path[64];
	enum err e;

	if (has_signed(&c->feed->root, p, &c->signing.pub))
		return diag_fail(d, ERR_VALUE,
			"proposal %lld: this key has signed it already, and counts once",
			(long long)p->id);
	note_put_known(&note, &p->note, keys, n);
	e = note_sign(&note, p->note.text, &c->signing, 0, d);
	if (!e)
		e = note_parse(buf_view(&note), &check, d);
	if (!e)
		e = root_count_signers(&c->feed->root, &check, &p->st, &have, &needed, d);
	if (!e && have <= p->have)
		e = diag_fail(d, ERR_SIGNATURE,
			"the key %s is no coordinator's in root %lld",
			c->signing.pub.name, (long long)c->feed->root.version);
	if (e)
		return e;
	(void)snprintf(
		path, sizeof(path), "/v1/proposals/%lld/signatures", (long long)p->id);
	return decide_post(c, path, buf_view(&note), ret, d);
}

static enum err cosign(struct ctl *c, int64_t id, bool dry, bool yes, struct diag *d)
{
	CLEANUP_PROPOSAL struct proposal p = {0};
	struct decided done;
	enum err e = ctl_follow(c, false, d);

	if (!e)
		e = proposal_open(c, id, &p, d);
	if (!e)
		e = show(c, &p, d);
	if (e || dry)
		return e;
	if (!yes)
		e = ask(d);
	if (!e)
		e = ctl_signing(c, d);
	if (!e)
		e = sign(c, &p, &done, d);
	if (e)
		return e;
	if (done.proposal)
		(void)printf("signed; %zu of %zu signatures\n", p.have + 1, p.needed);
	else
		(void)printf("signed; logged as entry %lld\n", (long long)done.index);
	return OK;
}

enum err ctl_cosign(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"yes", no_argument, NULL, 'y'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	bool dry = false, yes = false;
	int64_t id;
	int opt;

	while ((opt = getopt_long(argc, argv, "nh", options, NULL)) != -1) {
		if (opt == 'n')
			dry = true;
		else if (opt == 'y')
			yes = true;
		else
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
	}
	if (argc - optind != 1 || number_parse(slice_of(argv[optind]), &id, d) || id < 1)
		return diag_fail(d, ERR_USAGE,
			"cosign: give one ID, as varselctl proposals shows it");
	return cosign(c, id, dry, yes, d);
}
