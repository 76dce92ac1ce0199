/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "client/ctl/cmd_root.h"
#include "client/ctl/ctl.h"
#include "common/clock.h"
#include "common/hash.h"
#include "common/json_out.h"

static const char usage[] = "usage: varselctl root show [--json] FILE\n"
			    "Explains a root document: who may sign what, until when, "
			    "and who has signed it.\n";

/* signed_by[i]: whether root key i has signed. */
struct signers {
	size_t n;
	bool by[ROOT_KEYS];
};

static enum err count_signers(
	const struct root_file *f, struct signers *ret, struct diag *d)
{
	size_t n;
	const struct pubkey *keys = root_keys(&f->root, ROLE_ROOT, &n);

	*ret = (struct signers){0};
	if (f->draft)
		return OK;
	return note_verify(&f->note, keys, n, &ret->n, ret->by, NULL, d);
}

static void put_keys(struct buf *b, const struct root *r, const struct signers *s)
{
	for (int role = 0; role < ROLE_COUNT; role++) {
		size_t n;
		const struct pubkey *keys = root_keys(r, (enum role)role, &n);

		for (size_t i = 0; i < n; i++) {
			buf_printf(b, "%-12s ", role_name((enum role)role));
			pubkey_put(b, &keys[i]);
			buf_puts(b, role == ROLE_ROOT && s->by[i] ? "  (has signed)\n"
								  : "\n");
		}
	}
}

static void put_text(struct buf *b, const struct root_file *f, const struct signers *s,
	const char *hash)
{
	const struct root *r = &f->root;

	buf_printf(b, "hub          %s\nversion      %lld\nissued       ", r->hub,
		(long long)r->version);
	clock_put(b, r->issued);
	buf_puts(b, "\nexpires      ");
	clock_put(b, r->expires);
	buf_printf(b, "%s\nsha256       %s\n",
		r->expires <= clock_now() ? "  (has expired)" : "", hash);
	buf_printf(b, "signatures   %zu of %lld root keys needed%s\n", s->n,
		(long long)r->threshold_root,
		f->draft                            ? " (a draft)"
		: (int64_t)s->n < r->threshold_root ? " (not enough yet)"
						    : "");
	buf_printf(b, "approvals    %lld signatures, at most %lld days\n",
		(long long)r->threshold_coordinator,
		(long long)(r->max_lifetime / 86400));
	buf_printf(b, "freshness    %lld seconds\n", (long long)r->max_age);
	if (r->attest_within)
		buf_printf(b, "attests      every %lld seconds\n",
			(long long)r->attest_within);
	put_keys(b, r, s);
}

static void put_json(struct buf *b, const struct root_file *f, const struct signers *s,
	const char *hash)
{
	const struct root *r = &f->root;
	CLEANUP_BUF struct buf vkey;
	struct json_out j;

	buf_init(&vkey, VKEY_MAX);
	json_put_begin(&j, b);
	json_put_object(&j, NULL);
	json_put_str(&j, "hub", r->hub);
	json_put_num(&j, "version", r->version);
	json_put_time(&j, "issued", r->issued);
	json_put_time(&j, "expires", r->expires);
	json_put_str(&j, "sha256", hash);
	json_put_num(&j, "threshold_root", r->threshold_root);
	json_put_num(&j, "threshold_coordinator", r->threshold_coordinator);
	json_put_num(&j, "max_age", r->max_age);
	json_put_num(&j, "attest_within", r->attest_within);
	json_put_num(&j, "max_lifetime", r->max_lifetime);
	json_put_num(&j, "signatures", (int64_t)s->n);
	json_put_flag(&j, "complete", (int64_t)s->n >= r->threshold_root);
	json_put_array(&j, "keys");
	for (int role = 0; role < ROLE_COUNT; role++) {
		size_t n;
		const struct pubkey *keys = root_keys(r, (enum role)role, &n);

		for (size_t i = 0; i < n; i++) {
			buf_reset(&vkey);
			pubkey_put(&vkey, &keys[i]);
			json_put_object(&j, NULL);
			json_put_str(&j, "role", role_name((enum role)role));
			json_put_text(&j, "vkey", buf_view(&vkey));
			json_put_flag(&j, "signed", role == ROLE_ROOT && s->by[i]);
			json_put_object_end(&j);
		}
	}
	json_put_array_end(&j);
	json_put_object_end(&j);
	buf_putc(b, '\n');
}

enum err ctl_root_show(struct ctl *c, int argc, char **argv, struct diag *d)
{
	CLEANUP_ROOT_FILE struct root_file f = {0};
	CLEANUP_BUF struct buf out;
	char hex[HASH_HEX];
	struct signers s;
	struct hash hash;
	bool json = false;
	enum err e;

	(void)c;
	buf_init(&out, 1u << 20);
	if (!ctl_json(argc, argv, usage, &json, &e))
		return e;
	if (argc - optind != 1)
		return diag_fail(d, ERR_USAGE, "root show: give one FILE");
	e = root_file_read(argv[optind], &f, d);
	if (!e)
		e = count_signers(&f, &s, d);
	if (e)
		return e;
	hash = hash_of(f.note.text);
	hash_hex(&hash, hex);
	if (json)
		put_json(&out, &f, &s, hex);
	else
		put_text(&out, &f, &s, hex);
	return ctl_print(&out, d);
}
