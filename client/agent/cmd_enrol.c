/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From an enrolment link to a working configuration: the root document is checked against
 * the hash in the link, so that from here on the hub need not be believed; the key is
 * made here and only its public half leaves. The configuration is written last: while
 * there is none the command can be repeated.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/agent/cli.h"
#include "client/agent/enrol.h"
#include "common/file.h"

#define ACCOUNT  "varsel" /* deploy/systemd/varsel.sysusers */
#define DEADLINE 240      /* seconds for each of the two exchanges */

enum { OPT_ORG = 256, OPT_STATE, OPT_OUTPUT, OPT_CA, OPT_CERTIFICATE, OPT_KEY };

static const struct option options[] = {
	{"org", required_argument, NULL, OPT_ORG},
	{"state-dir", required_argument, NULL, OPT_STATE},
	{"output-dir", required_argument, NULL, OPT_OUTPUT},
	{"tls-ca", required_argument, NULL, OPT_CA},
	{"tls-certificate", required_argument, NULL, OPT_CERTIFICATE},
	{"tls-key", required_argument, NULL, OPT_KEY},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

struct enrol {
	struct cli *cli;
	const char *org, *state_arg, *output_arg; /* options, or NULL */
	struct enrolment at;
	char *dir; /* of the configuration, absolute */
	char *config, *key, *root, *never_block, *state_dir, *output_dir;
	char *tls_ca, *tls_certificate, *tls_key; /* absolute; NULL: not given */
	char *code;
};

/* mkdir -p. */
static enum err make_folders(const char *path, mode_t mode, struct diag *d)
{
	char *copy = strdup(path);
	enum err e = copy ? OK : diag_fail(d, ERR_NOMEM, "out of memory");

	for (char *p = copy ? copy + 1 : NULL; e == OK && p && *p; p++)
		if (*p == '/') {
			*p = '\0';
			e = file_mkdir(copy, 0755, d);
			*p = '/';
		}
	if (e == OK)
		e = file_mkdir(path, mode, d);
	free(copy);
	return e;
}

/* The folder is made if needed, and named from the root of the file system, for cron runs
 * elsewhere. */
static enum err folder(const char *path, mode_t mode, char **ret, struct diag *d)
{
	enum err e = make_folders(path, mode, d);

	if (e)
		return e;
	*ret = realpath(path, NULL);
	return *ret ? OK : diag_fail(d, ERR_CANTCREAT, "%s: %s", path, strerror(errno));
}

/* A file that the configuration will name, for cron runs elsewhere. */
static enum err absolute(const char *path, char **ret, struct diag *d)
{
	free(*ret);
	*ret = realpath(path, NULL);
	return *ret ? OK : diag_fail(d, ERR_CONFIG, "%s: %s", path, strerror(errno));
}

static bool join(char **ret, const char *dir, const char *name)
{
	if (asprintf(ret, "%s/%s", dir, name) < 0)
		*ret = NULL;
	return *ret != NULL;
}

static enum err choose_paths(struct enrol *x)
{
	const char *slash = strrchr(x->cli->config, '/');
	struct diag *d = &x->cli->d;
	char *dir = slash ? strndup(x->cli->config, (size_t)(slash - x->cli->config) + 1)
			  : strdup(".");
	enum err e = dir ? folder(dir, 0755, &x->dir, d) : ERR_NOMEM;

	free(dir);
	if (e == OK && (!join(&x->config, x->dir, slash ? slash + 1 : x->cli->config) ||
			       !join(&x->key, x->dir, "key") ||
			       !join(&x->root, x->dir, "root.1") ||
			       !join(&x->never_block, x->dir, "never-block")))
		e = diag_fail(d, ERR_NOMEM, "out of memory");
	if (e == OK && file_exists(x->config))
		return diag_fail(d, ERR_CANTCREAT,
			"%s: is there already: this machine is enrolled; to enrol it "
			"anew "
			"remove it and %s",
			x->config, x->key);
	if (e)
		return e;
	if (x->state_arg)
		e = folder(x->state_arg, 0755, &x->state_dir, d);
	else if (strncmp(x->dir, "/etc/", 5) == 0)
		e = folder("/var/lib/varsel", 0755, &x->state_dir, d);
	else if (join(&dir, x->dir, "state")) {
		e = folder(dir, 0755, &x->state_dir, d);
		free(dir);
	}
	if (e == OK && x->output_arg)
		e = folder(x->output_arg, 0755, &x->output_dir, d);
	return e;
}

/* A key that an interrupted enrolment left is used again: the hub may know it already. */
static enum err make_key(struct enrol *x)
{
	struct diag *d = &x->cli->d;
	char name[KEY_NAME_MAX + 1];
	enum err e;

	(void)snprintf(name, sizeof(name), "%s/org/%s/%lld", x->at.hub_name, x->code,
		(long long)x->at.link.n);
	if (file_exists(x->key)) {
		e = seckey_load(x->key, &x->at.sec, d);
		if (e == OK && strcmp(x->at.sec.pub.name, name) != 0)
			e = diag_fail(d, ERR_CONFLICT,
				"%s: is the key %s, and the link is for %s: move it away",
				x->key, x->at.sec.pub.name, name);
		return e;
	}
	e = seckey_generate(slice_of(name), KEY_ED25519, &x->at.sec, d);
	return e ? e : seckey_save(x->key, &x->at.sec, d);
}

static const char never_block_text[] = "# What must never be blocked here, one value a "
				       "line: an address or prefix, a domain\n"
				       "# (with all below it), a URL. It wins over "
				       "everything the hub sends. The hub, the\n"
				       "# resolvers of resolv.conf, the default gateway "
				       "and this machine's own addresses\n"
				       "# are in the list by themselves.\n"
				       "#\n"
				       "#kommune.example\n"
				       "#192.0.2.0/24\n";

/* The account that an installation made for what talks to the hub. */
static char *account(const struct enrol *x)
{
	static char name[] = ACCOUNT;
	bool installed = strncmp(x->dir, "/etc/", 5) == 0 && getpwnam(name) != NULL;

	return installed && geteuid() == 0 ? name : NULL;
}

static enum err write_files(struct enrol *x)
{
	struct diag *d = &x->cli->d;
	struct config_draft c = {.hub = x->at.url,
		.hub_name = x->at.hub_name,
		.tls = {x->tls_ca, x->tls_certificate, x->tls_key},
		.channel = x->at.channel,
		.org = x->code,
		.key = x->key,
		.root = x->root,
		.never_block = x->never_block,
		.state_dir = x->state_dir,
		.user = account(x),
		.output_dir = x->output_dir};
	CLEANUP_BUF struct buf b;
	enum err e = OK;

	buf_init(&b, 1u << 20);
	config_write(&b, &c);
	if (buf_err(&b))
		return diag_fail(d, buf_err(&b), "%s", err_text(buf_err(&b)));
	if (!file_exists(x->never_block))
		e = file_write(x->never_block, slice_of(never_block_text), 0644, d);
	return e ? e : file_write(x->config, buf_view(&b), 0644, d);
}

static enum err enrol(struct enrol *x, const char *link)
{
	struct diag *d = &x->cli->d;
	struct config c = {.deadline = DEADLINE};
	enum err e = link_parse(slice_of(link), &x->at.link, d);

	if (e)
		return diag_at(d, ERR_USAGE, "the link: ");
	x->at.url = strndup(x->at.link.url.p, x->at.link.url.n);
	x->at.hub_name = strndup(x->at.link.hub.p, x->at.link.hub.n);
	x->code = strndup(x->at.link.org.p, x->at.link.org.n);
	if (!x->at.url || !x->at.hub_name || !x->code)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	if (x->org && strcmp(x->org, x->code) != 0)
		return diag_fail(
			d, ERR_VALUE, "the link is for %s, not %s", x->code, x->org);
	e = hub_open(x->at.url, &x->at.hub, d);
	if (e == OK)
		e = hub_set_tls(x->at.hub,
			&(struct hub_tls){x->tls_ca, x->tls_certificate, x->tls_key}, d);
	if (e == OK)
		e = choose_paths(x);
	if (e)
		return e;
	c.state_dir = x->state_dir;
	c.user = account(x);
	e = enrol_root(&x->at, &c, x->root, d);
	if (e == OK)
		e = make_key(x);
	if (e == OK)
		e = enrol_enter(&x->at, &c, d);
	if (e == OK)
		e = write_files(x);
	if (e == OK)
		cli_say(x->cli, "%s%s%s is enrolled at %s; see %s", x->code,
			x->at.name[0] ? " " : "", x->at.name, x->at.hub_name, x->config);
	return e;
}

enum err cmd_enrol(struct cli *c, int argc, char **argv)
{
	struct enrol x = {.cli = c};
	enum err e = OK;
	int o;

	while (e == OK && (o = getopt_long(argc, argv, "vh", options, NULL)) != -1) {
		if (o == OPT_ORG)
			x.org = optarg;
		else if (o == OPT_STATE)
			x.state_arg = optarg;
		else if (o == OPT_OUTPUT)
			x.output_arg = optarg;
		else if (o == OPT_CA)
			e = absolute(optarg, &x.tls_ca, &c->d);
		else if (o == OPT_CERTIFICATE)
			e = absolute(optarg, &x.tls_certificate, &c->d);
		else if (o == OPT_KEY)
			e = absolute(optarg, &x.tls_key, &c->d);
		else
			e = cli_option(c, "enrol", o);
	}
	if (e == OK && argc - optind != 1)
		e = cli_usage(c, "enrol", "enrol: needs the link, in quotes");
	if (e == OK)
		e = enrol(&x, argv[optind]);
	hub_close(&x.at.hub);
	seckey_done(&x.at.sec);
	free(x.dir);
	free(x.config);
	free(x.key);
	free(x.root);
	free(x.never_block);
	free(x.state_dir);
	free(x.output_dir);
	free(x.tls_ca);
	free(x.tls_certificate);
	free(x.tls_key);
	free(x.at.url);
	free(x.at.hub_name);
	free(x.code);
	free(x.at.channel);
	free(x.at.name);
	return e;
}
