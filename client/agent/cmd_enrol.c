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
#include "client/agent/config.h"
#include "common/file.h"
#include "common/json_in.h"
#include "common/link.h"
#include "common/request.h"
#include "common/root.h"

#define ACCOUNT "varsel" /* deploy/systemd/varsel.sysusers */

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
	struct enrol_link link;
	char *dir; /* of the configuration, absolute */
	char *config, *key, *root, *never_block, *state_dir, *output_dir;
	char *tls_ca, *tls_certificate, *tls_key; /* absolute; NULL: not given */
	char *url, *hub_name, *code;
	struct hub *hub;
	struct seckey sec;
};

/* The hub's answer. */
struct answer {
	char *name;
	char *channel;
};

static const struct json_field answer_fields[] = {
	{"name", JSON_TEXT, offsetof(struct answer, name), 4 * ORG_NAME_MAX, true},
	{"channel", JSON_TEXT, offsetof(struct answer, channel), CHANNEL_MAX, true},
	{0},
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

	(void)snprintf(name, sizeof(name), "%s/org/%s/%lld", x->hub_name, x->code,
		(long long)x->link.n);
	if (file_exists(x->key)) {
		e = seckey_load(x->key, &x->sec, d);
		if (e == OK && strcmp(x->sec.pub.name, name) != 0)
			e = diag_fail(d, ERR_CONFLICT,
				"%s: is the key %s, and the link is for %s: move it away",
				x->key, x->sec.pub.name, name);
		return e;
	}
	e = seckey_generate(slice_of(name), KEY_ED25519, &x->sec, d);
	return e ? e : seckey_save(x->key, &x->sec, d);
}

static enum err fetch_root(struct enrol *x)
{
	struct diag *d = &x->cli->d;
	CLEANUP_BUF struct buf note;
	struct hash h;
	struct note n;
	struct root root;
	enum err e;

	buf_init(&note, ROOT_MAX);
	e = hub_get(x->hub, "/v1/root/1", &note, d);
	if (e == OK)
		e = note_parse(buf_view(&note), &n, d);
	if (e == OK)
		e = root_open_first(buf_view(&note), &root, d);
	if (e)
		return diag_at(d, e, "root document 1: ");
	h = hash_of(n.text);
	if (!hash_same(&h, &x->link.root))
		return diag_fail(d, ERR_SIGNATURE,
			"root document 1 of %s is not the one that the link vouches for: "
			"do "
			"not go on, tell the coordinator",
			x->url);
	if (strcmp(root.hub, x->hub_name) != 0)
		return diag_fail(d, ERR_WRONG_HUB, "root document 1 is for %s, not %s",
			root.hub, x->hub_name);
	return file_write(x->root, buf_view(&note), 0644, d);
}

static enum err register_key(struct enrol *x, struct arena *a, struct answer *ret)
{
	struct diag *d = &x->cli->d, why;
	struct enrol_request r = {
		.hub = x->link.hub, .org = x->link.org, .issued = clock_now()};
	CLEANUP_BUF struct buf text, note, body;
	enum err e;

	buf_init(&text, REQUEST_NOTE_MAX);
	buf_init(&note, 2 * REQUEST_NOTE_MAX);
	buf_init(&body, 65536);
	r.link_hash = hash_of(slice_mem(x->link.secret, sizeof(x->link.secret)));
	r.key = x->sec.pub;
	enrol_request_put(&text, &r);
	note_begin(&note, buf_view(&text));
	e = note_sign(&note, buf_view(&text), &x->sec, 0, d);
	if (e == OK)
		e = hub_post(
			x->hub, "/v1/enrol", "text/plain", buf_view(&note), &body, d);
	if (e == OK)
		return json_read_answer(buf_view(&body), answer_fields, ret, a, d);
	why = *d;
	/* the link may be used up by this very key, in a run whose answer got lost */
	if (e == ERR_FORBIDDEN &&
		hub_login(x->hub, x->hub_name, &x->sec, "feed", NULL, NULL, d) == OK)
		return OK;
	*d = why;
	return diag_at(d, e, "enrolment: ");
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
static const char *account(const struct enrol *x)
{
	bool installed = strncmp(x->dir, "/etc/", 5) == 0 && getpwnam(ACCOUNT) != NULL;

	return installed && geteuid() == 0 ? ACCOUNT : NULL;
}

static enum err write_files(struct enrol *x, const struct answer *a)
{
	struct diag *d = &x->cli->d;
	struct config_draft c = {.hub = x->url,
		.hub_name = x->hub_name,
		.tls = {x->tls_ca, x->tls_certificate, x->tls_key},
		.channel = a->channel ? a->channel : "kommuner",
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
	CLEANUP_ARENA struct arena a;
	struct answer answer = {0};
	enum err e = link_parse(slice_of(link), &x->link, d);

	arena_init(&a, 1u << 20);
	if (e)
		return diag_at(d, ERR_USAGE, "the link: ");
	x->url = strndup(x->link.url.p, x->link.url.n);
	x->hub_name = strndup(x->link.hub.p, x->link.hub.n);
	x->code = strndup(x->link.org.p, x->link.org.n);
	if (!x->url || !x->hub_name || !x->code)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	if (x->org && strcmp(x->org, x->code) != 0)
		return diag_fail(
			d, ERR_VALUE, "the link is for %s, not %s", x->code, x->org);
	e = hub_open(x->url, &x->hub, d);
	if (e == OK)
		e = hub_set_tls(x->hub,
			&(struct hub_tls){x->tls_ca, x->tls_certificate, x->tls_key}, d);
	if (e == OK)
		e = choose_paths(x);
	if (e == OK)
		e = fetch_root(x);
	if (e == OK)
		e = make_key(x);
	if (e == OK)
		e = register_key(x, &a, &answer);
	if (e == OK)
		e = write_files(x, &answer);
	if (e == OK)
		cli_say(x->cli, "%s%s%s is enrolled at %s; see %s", x->code,
			answer.name ? " " : "", answer.name ? answer.name : "",
			x->hub_name, x->config);
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
	hub_close(&x.hub);
	seckey_done(&x.sec);
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
	free(x.url);
	free(x.hub_name);
	free(x.code);
	return e;
}
