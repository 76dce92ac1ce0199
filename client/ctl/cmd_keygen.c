/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/ctl.h"
#include "client/ctl/passphrase.h"

static const char usage[] =
	"usage: varselctl keygen [-o FILE] [--passphrase-file FILE | --no-passphrase] "
	"NAME\n"
	"Makes a key pair and prints its public key. The secret goes to FILE, by "
	"default\n"
	"the last part of NAME with \".key\" behind it, sealed with a passphrase.\n"
	"  -o, --output FILE       where to write the secret key; never over another "
	"file\n"
	"  --passphrase-file FILE  first line is the passphrase; otherwise it is asked "
	"for\n"
	"  --no-passphrase         not sealed: for login keys that scripts use\n";

static enum err save(const char *path, const struct seckey *k, const char *pass_file,
	bool sealed, struct diag *d)
{
	struct buf pass;
	enum err e;

	if (!sealed)
		return seckey_save(path, k, d);
	passphrase_init(&pass);
	e = passphrase_get(pass_file, path, true, &pass, d);
	if (!e)
		e = seckey_save_sealed(path, k, buf_view(&pass), d);
	passphrase_done(&pass);
	return e;
}

static enum err make(const char *name, const char *output, const char *pass_file,
	bool sealed, struct diag *d)
{
	const char *slash = strrchr(name, '/');
	CLEANUP_SECKEY struct seckey k = {0};
	CLEANUP_BUF struct buf out;
	char *path = NULL;
	enum err e;

	buf_init(&out, VKEY_MAX + 1);
	e = seckey_generate(slice_of(name), KEY_ED25519, &k, d);
	if (e)
		return e;
	if (output)
		path = strdup(output);
	else if (asprintf(&path, "%s.key", slash ? slash + 1 : name) < 0)
		path = NULL;
	if (!path)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	e = save(path, &k, pass_file, sealed, d);
	free(path);
	if (e)
		return e;
	pubkey_put(&out, &k.pub);
	buf_putc(&out, '\n');
	return ctl_print(&out, d);
}

enum err ctl_keygen(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"output", required_argument, NULL, 'o'},
		{"passphrase-file", required_argument, NULL, 'p'},
		{"no-passphrase", no_argument, NULL, 'n'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	const char *output = NULL, *pass_file = NULL;
	bool sealed = true;
	int opt;

	(void)c;
	while ((opt = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
		switch (opt) {
		case 'o':
			output = optarg;
			break;
		case 'p':
			pass_file = optarg;
			break;
		case 'n':
			sealed = false;
			break;
		case 'h':
			return ctl_help(usage);
		default:
			return ERR_USAGE;
		}
	}
	if (argc - optind != 1)
		return diag_fail(d, ERR_USAGE, "keygen: give one NAME");
	if (!sealed && pass_file)
		return diag_fail(d, ERR_USAGE,
			"keygen: --passphrase-file or --no-passphrase, not both");
	return make(argv[optind], output, pass_file, sealed, d);
}
