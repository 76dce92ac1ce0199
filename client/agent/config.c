/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/config.h"

#include <stdlib.h>

#define AT(field) offsetof(struct config, field)
const struct conf_option config_options[] = {
	{"hub", CONF_TEXT, AT(hub), NULL, true, 0, 0, "URL of the hub, without a path."},
	{"hub-name", CONF_TEXT, AT(hub_name), NULL, false, 0, 0,
		"The hub's name in keys and notes; the URL's host when not given."},
	{"tls-ca", CONF_TEXT, AT(tls_ca), NULL, false, 0, 0,
		"File of the authorities that may vouch for the hub's certificate; the "
		"system's when not given."},
	{"tls-certificate", CONF_TEXT, AT(tls_certificate), NULL, false, 0, 0,
		"File of this machine's certificate, where the hub's proxy asks for "
		"one."},
	{"tls-key", CONF_TEXT, AT(tls_key), NULL, false, 0, 0,
		"File of its secret key, mode 0600."},
	{"channel", CONF_TEXT, AT(channel), "kommuner", false, 0, 0,
		"The channel whose decisions are followed."},
	{"org", CONF_TEXT, AT(org), NULL, true, 0, 0, "Code of this municipality."},
	{"key", CONF_TEXT, AT(key), NULL, false, 0, 0,
		"Secret key, mode 0600; \"key\" beside the configuration when not "
		"given."},
	{"root", CONF_TEXT, AT(root), NULL, false, 0, 0,
		"Root document 1, as verified at enrolment; \"root.1\" beside the "
		"configuration when not given."},
	{"state-dir", CONF_TEXT, AT(state_dir), "/var/lib/varsel", false, 0, 0,
		"Folder for what is kept between two runs."},
	{"user", CONF_TEXT, AT(user), NULL, false, 0, 0,
		"Account as which all that comes from the hub is fetched and read, when "
		"varsel runs as root; as root when not given."},
	{"never-block", CONF_TEXT, AT(never_block), NULL, false, 0, 0,
		"File of what must never be blocked here, one value a line; "
		"\"never-block\" "
		"beside the configuration when not given."},
	{"notify", CONF_LIST, AT(notify), NULL, false, 0, 0,
		"Command that is run when trouble begins, with a sentence as last "
		"argument."},
	{"counters", CONF_BOOL, AT(counters), "true", false, 0, 0,
		"Whether the hub is told how often the firewall has dropped what."},
	{"rpz-log", CONF_LIST, AT(rpz_log), NULL, false, 0, 0,
		"Files in which a resolver logs what its policy zone has answered; the "
		"hub is told how often."},
	{"timeout", CONF_DURATION, AT(timeout), "60s", false, 1, 3600,
		"Longest time that one request to the hub may take; what is large gets "
		"more."},
	{"stall", CONF_DURATION, AT(stall), "30s", false, 1, 3600,
		"For so long an answer may come in slower than 64 bytes a second."},
	{"deadline", CONF_DURATION, AT(deadline), "4m", false, 1, 86400,
		"Longest time that all may take that one run asks of the hub."},
	{"guard-entries", CONF_NUMBER, AT(guard_entries), "1000", false, 0, INT32_MAX,
		"A pull that adds more than so many entries is looked at by the guard, "
		"once as many are enforced; 0 turns the guard off."},
	{"guard-percent", CONF_NUMBER, AT(guard_percent), "50", false, 1, 10000,
		"By how many percent one pull may let what is enforced grow unasked."},
	{0},
};

static enum err add_output(void *into, const char *title, void *section, struct diag *d)
{
	struct config *c = into;
	struct output *grown, x = {.conf = *(struct output_conf *)section};
	enum err e = ERR_CONFIG;

	if (!title || !*title) {
		(void)diag_fail(d, e, "output: needs a name: nftables, rpz or list");
		goto fail;
	}
	x.type = output_type_of(title);
	if (!x.type) {
		(void)diag_fail(d, e,
			"output %s: its name must be nftables, rpz or list, or begin "
			"with one of them and \"-\"",
			title);
		goto fail;
	}
	for (size_t i = 0; i < c->noutputs; i++)
		if (strcmp(c->outputs[i].title, title) == 0) {
			(void)diag_fail(d, e, "output %s: stands there twice", title);
			goto fail;
		}
	e = output_validate(x.type, title, &x.conf, d);
	if (e)
		goto fail;
	grown = reallocarray(c->outputs, c->noutputs + 1, sizeof(*grown));
	x.title = strdup(title);
	if (grown)
		c->outputs = grown;
	if (!grown || !x.title) {
		free(x.title);
		e = diag_fail(d, ERR_NOMEM, "out of memory");
		goto fail;
	}
	c->outputs[c->noutputs++] = x;
	return OK;
fail:
	conf_free(output_options, &x.conf);
	return e;
}

static const struct conf_section sections[] = {
	{"output", output_options, sizeof(struct output_conf), add_output},
	{0},
};

/* Sets a path that was not given to a file beside the configuration. */
static bool settle(char **at, const char *path, const char *name)
{
	if (!*at)
		*at = config_beside(path, name);
	return *at != NULL;
}

enum err config_load(const char *path, struct config *ret, struct diag *d)
{
	struct config c = {0};
	CLEANUP_BUF struct buf host = {0};
	enum err e = conf_load(path, config_options, sections, &c, d);

	if (e == ERR_NOT_FOUND)
		e = diag_fail(d, ERR_CONFIG,
			"%s: there is none: enrol first, with the link from the "
			"coordinator "
			"(varsel enrol LINK)",
			path);
	if (e)
		goto fail;
	buf_init(&host, HUB_NAME_MAX);
	e = hub_url_host(c.hub, &host, d);
	if (e) {
		(void)diag_at(d, e, "%s: hub: ", path);
		goto fail;
	}
	if (!c.hub_name)
		c.hub_name = strdup(buf_str(&host));
	if (c.notify.n > ARGV_MAX - ARGV_OWN) {
		e = diag_fail(d, ERR_CONFIG, "%s: notify: over %d words", path,
			ARGV_MAX - ARGV_OWN);
		goto fail;
	}
	c.path = strdup(path);
	if (!c.path || !c.hub_name || !settle(&c.key, path, "key") ||
		!settle(&c.root, path, "root.1") ||
		!settle(&c.never_block, path, "never-block")) {
		e = diag_fail(d, ERR_NOMEM, "out of memory");
		goto fail;
	}
	*ret = c;
	return OK;
fail:
	config_free(&c);
	return e;
}

void config_free(struct config *c)
{
	for (size_t i = 0; i < c->noutputs; i++) {
		conf_free(output_options, &c->outputs[i].conf);
		free(c->outputs[i].title);
	}
	free(c->outputs);
	free(c->path);
	conf_free(config_options, c);
	*c = (struct config){0};
}

char *config_state(const struct config *c, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", c->state_dir, name) < 0 ? NULL : path;
}

char *config_beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	int n = slash ? (int)(slash - path) + 1 : 0;
	char *out;

	return asprintf(&out, "%.*s%s", n, path, name) < 0 ? NULL : out;
}

enum err config_hub(const struct config *c, struct hub **ret, struct diag *d)
{
	const struct hub_tls tls = {c->tls_ca, c->tls_certificate, c->tls_key};
	enum err e = hub_open(c->hub, ret, d);

	if (e)
		return e;
	hub_set_deadline(*ret, (long)c->timeout);
	hub_set_stall(*ret, (long)c->stall);
	e = hub_set_tls(*ret, &tls, d);
	if (e)
		hub_close(ret);
	return e;
}

enum err config_key(const struct config *c, struct seckey *ret, struct diag *d)
{
	return seckey_load(c->key, ret, d);
}

/* A string as libconfuse reads it back. */
static void put_text(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "%s = \"", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\' || *value == '$')
			buf_putc(b, '\\');
		buf_putc(b, *value);
	}
	buf_puts(b, "\"\n");
}

static void put_file(struct buf *b, const char *dir, const char *name)
{
	CLEANUP_BUF struct buf path;

	buf_init(&path, 8192);
	buf_printf(&path, "%s/%s", dir, name);
	buf_putc(b, '\t');
	put_text(b, "file", buf_str(&path));
	buf_puts(b, "}\n");
}

static void put_outputs(struct buf *b, const char *dir)
{
	buf_puts(b, "output list-ip {\n\tkind = \"ip\"\n");
	put_file(b, dir, "list-ip.txt");
	buf_puts(b, "output list-domain {\n\tkind = \"domain\"\n");
	put_file(b, dir, "list-domain.txt");
	buf_puts(b, "output list-url {\n\tkind = \"url\"\n");
	put_file(b, dir, "list-url.txt");
	buf_puts(b, "output rpz {\n\tzone = \"varsel.rpz\"\n");
	put_file(b, dir, "rpz.zone");
	buf_puts(b, "output nftables {\n\tload = false\n");
	put_file(b, dir, "varsel.nft");
}

/* For a person who reads it once: take away the # of what this machine is. */
static const char suggestions[] =
	"# What is enforced, and where. Take away the # of what fits; varsel.conf(5) "
	"has\n"
	"# every option.\n"
	"\n"
	"# This machine is a firewall with nftables:\n"
	"#output nftables {\n"
	"#\thook = {\"input\", \"forward\", \"output\"}\n"
	"#}\n"
	"\n"
	"# This machine runs unbound (for BIND: {\"rndc\", \"reload\", "
	"\"varsel.rpz\"}):\n"
	"#output rpz {\n"
	"#\tfile = \"/var/lib/varsel/rpz.zone\"\n"
	"#\treload = {\"unbound-control\", \"auth_zone_reload\", \"varsel.rpz\"}\n"
	"#}\n"
	"\n"
	"# A firewall or proxy fetches lists from this machine:\n"
	"#output list-ip {\n"
	"#\tkind = \"ip\"\n"
	"#\tfile = \"/var/lib/varsel/list-ip.txt\"\n"
	"#}\n"
	"#output list-url {\n"
	"#\tkind = \"url\"\n"
	"#\tfile = \"/var/lib/varsel/list-url.txt\"\n"
	"#}\n";

void config_write(struct buf *b, const struct config_draft *x)
{
	buf_puts(b, "# Written by varsel enrol; every option is in varsel.conf(5).\n");
	put_text(b, "hub", x->hub);
	put_text(b, "hub-name", x->hub_name);
	if (x->tls.ca)
		put_text(b, "tls-ca", x->tls.ca);
	if (x->tls.certificate)
		put_text(b, "tls-certificate", x->tls.certificate);
	if (x->tls.key)
		put_text(b, "tls-key", x->tls.key);
	put_text(b, "channel", x->channel);
	put_text(b, "org", x->org);
	put_text(b, "key", x->key);
	put_text(b, "root", x->root);
	put_text(b, "state-dir", x->state_dir);
	if (x->user)
		put_text(b, "user", x->user);
	put_text(b, "never-block", x->never_block);
	buf_putc(b, '\n');
	if (x->output_dir)
		put_outputs(b, x->output_dir);
	else
		buf_puts(b, suggestions);
}
