/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "client/ctl/cmd_root.h"
#include "client/ctl/ctl.h"
#include "client/ctl/passphrase.h"
#include "common/file.h"

static const char usage[] =
	"usage: varselctl root sign --key KEYFILE [--passphrase-file FILE] [-o OUT] "
	"FILE\n"
	"Adds a signature to the root document in FILE (a draft or a signed one), in "
	"place\n"
	"or into OUT. A successor needs the old root's keys as well as its own.\n"
	"  -k, --key KEYFILE       a root key's secret half\n"
	"  --passphrase-file FILE  first line is the passphrase; otherwise it is asked "
	"for\n"
	"  -o, --output OUT        instead of in place\n";

static enum err load_key(
	const char *path, const char *pass_file, struct seckey *ret, struct diag *d)
{
	struct buf pass;
	bool sealed;
	enum err e = seckey_is_sealed(path, &sealed, d);

	if (e || !sealed)
		return e ? e : seckey_load(path, ret, d);
	passphrase_init(&pass);
	e = passphrase_get(pass_file, path, false, &pass, d);
	if (!e)
		e = seckey_load_sealed(path, buf_view(&pass), ret, d);
	passphrase_done(&pass);
	return e;
}

/* Which keys of its own the root knows as root keys. */
static bool is_root_key(const struct root *r, const struct pubkey *k)
{
	size_t n;
	const struct pubkey *keys = root_keys(r, ROLE_ROOT, &n);

	for (size_t i = 0; i < n; i++)
		if (pubkey_same(&keys[i], k))
			return true;
	return false;
}

static bool has_signed(const struct note *n, const struct pubkey *k)
{
	for (size_t i = 0; i < n->nsigs; i++)
		if (slice_is(n->sigs[i].name, k->name) &&
			memcmp(n->sigs[i].id, k->id, sizeof(k->id)) == 0)
			return true;
	return false;
}

static enum err sign(const struct root_file *f, const struct seckey *k,
	const char *output, struct diag *d)
{
	CLEANUP_BUF struct buf note = {.max = ROOT_MAX + SIG_LINES_MAX};
	enum err e;

	if (f->note.nsigs == NOTE_SIGS_MAX)
		return diag_fail(
			d, ERR_LIMIT, "it has %d signatures already", NOTE_SIGS_MAX);
	note_begin(&note, f->note.text);
	for (size_t i = 0; i < f->note.nsigs; i++)
		buf_slice(&note, f->note.sigs[i].line);
	e = note_sign(&note, f->note.text, k, 0, d);
	if (!e && buf_err(&note))
		e = diag_fail(d, buf_err(&note), "%s", err_text(buf_err(&note)));
	return e ? e : file_write(output, buf_view(&note), 0644, d);
}

enum err ctl_root_sign(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"key", required_argument, NULL, 'k'},
		{"passphrase-file", required_argument, NULL, 'p'},
		{"output", required_argument, NULL, 'o'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	const char *key = NULL, *pass = NULL, *output = NULL, *path;
	CLEANUP_ROOT_FILE struct root_file f = {0};
	CLEANUP_SECKEY struct seckey k = {0};
	enum err e;
	int opt;

	(void)c;
	while ((opt = getopt_long(argc, argv, "k:o:h", options, NULL)) != -1) {
		if (opt == 'k')
			key = optarg;
		else if (opt == 'p')
			pass = optarg;
		else if (opt == 'o')
			output = optarg;
		else
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
	}
	if (!key || argc - optind != 1)
		return diag_fail(
			d, ERR_USAGE, "root sign: give --key KEYFILE and one FILE");
	path = argv[optind];
	e = root_file_read(path, &f, d);
	if (!e)
		e = load_key(key, pass, &k, d);
	if (e)
		return e;
	if (has_signed(&f.note, &k.pub)) {
		(void)fprintf(stderr, "%s: %s has signed it already\n", path, k.pub.name);
		return output ? file_write(output, buf_view(&f.bytes), 0644, d) : OK;
	}
	if (!is_root_key(&f.root, &k.pub))
		(void)fprintf(stderr,
			"%s: %s is not among its root keys; this counts only if it is "
			"the "
			"old root's\n",
			path, k.pub.name);
	return sign(&f, &k, output ? output : path, d);
}
