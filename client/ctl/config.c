/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/config.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/hub/hub.h"

#define OPT(field) offsetof(struct ctl_conf, field)

const struct conf_option ctl_options[] = {
	{.name = "hub",
		.type = CONF_TEXT,
		.offset = OPT(hub),
		.required = true,
		.doc = "The hub's URL; http:// is accepted on loopback only."},
	{.name = "hub-name",
		.type = CONF_TEXT,
		.offset = OPT(hub_name),
		.doc = "The hub's name in keys and documents; by default the URL's "
		       "host."},
	{.name = "tls-ca",
		.type = CONF_TEXT,
		.offset = OPT(tls_ca),
		.doc = "File of the authorities that may vouch for the hub's "
		       "certificate; by default the system's."},
	{.name = "tls-certificate",
		.type = CONF_TEXT,
		.offset = OPT(tls_certificate),
		.doc = "File of this machine's certificate, where the hub's proxy asks "
		       "for one."},
	{.name = "tls-key",
		.type = CONF_TEXT,
		.offset = OPT(tls_key),
		.doc = "File of its secret key, mode 0600."},
	{.name = "channel",
		.type = CONF_TEXT,
		.offset = OPT(channel),
		.fallback = "kommuner",
		.doc = "The channel that is decided on."},
	{.name = "name",
		.type = CONF_TEXT,
		.offset = OPT(name),
		.doc = "The coordinator's name; when given, the keys must carry it."},
	{.name = "login",
		.type = CONF_TEXT,
		.offset = OPT(login),
		.fallback = "login.key",
		.doc = "File of the login key, which reads the queue."},
	{.name = "signing",
		.type = CONF_TEXT,
		.offset = OPT(signing),
		.fallback = "signing.key",
		.doc = "File of the signing key, which makes decisions."},
	{.name = "attest",
		.type = CONF_TEXT,
		.offset = OPT(attest),
		.fallback = "attest.key",
		.doc = "File of the attest key, which says what the log holds."},
	{.name = "passphrase-file",
		.type = CONF_TEXT,
		.offset = OPT(passphrase_file),
		.doc = "File whose first line is the keys' passphrase; otherwise it is "
		       "asked "
		       "for."},
	{.name = "root",
		.type = CONF_TEXT,
		.offset = OPT(root),
		.fallback = "root.1",
		.doc = "File of root document 1, from which all trust starts."},
	{.name = "state-dir",
		.type = CONF_TEXT,
		.offset = OPT(state_dir),
		.fallback = "state",
		.doc = "Folder of the verified copy of the feed and the login token."},
	{.name = "never-block",
		.type = CONF_TEXT,
		.offset = OPT(never_block),
		.fallback = "never-block",
		.doc = "File of what cosign points out: one value a line; it need not be "
		       "there."},
	{0},
};

char *ctl_conf_default(void)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char *path;
	int n;

	if (xdg && *xdg == '/')
		n = asprintf(&path, "%s/varsel/ctl.conf", xdg);
	else
		n = asprintf(&path, "%s/.config/varsel/ctl.conf", home ? home : "");
	return n < 0 ? NULL : path;
}

/* Makes *path absolute or relative to where the program runs, from relative to the
 * configuration file's folder. */
static enum err beside(const char *conf, char **path)
{
	const char *slash = strrchr(conf, '/');
	char *joined;

	if (!*path || **path == '/' || !slash)
		return OK;
	if (asprintf(&joined, "%.*s/%s", (int)(slash - conf), conf, *path) < 0)
		return ERR_NOMEM;
	free(*path);
	*path = joined;
	return OK;
}

static enum err default_hub_name(struct ctl_conf *c, struct diag *d)
{
	CLEANUP_BUF struct buf host;
	enum err e;

	buf_init(&host, 1024);
	e = hub_url_host(c->hub, &host, d);
	if (e)
		return e;
	c->hub_name = strdup(buf_str(&host));
	return c->hub_name ? OK : diag_fail(d, ERR_NOMEM, "out of memory");
}

enum err ctl_conf_load(const char *path, struct ctl_conf *ret, struct diag *d)
{
	struct ctl_conf c = {0};
	char **paths[] = {&c.tls_ca, &c.tls_certificate, &c.tls_key, &c.login, &c.signing,
		&c.attest, &c.passphrase_file, &c.root, &c.state_dir, &c.never_block};
	enum err e = conf_load(path, ctl_options, NULL, &c, d);

	if (e)
		return e == ERR_NOT_FOUND ? ERR_CONFIG : e;
	for (size_t i = 0; !e && i < sizeof(paths) / sizeof(*paths); i++)
		e = beside(path, paths[i]);
	if (e)
		e = diag_fail(d, e, "out of memory");
	if (!e && !c.hub_name)
		e = default_hub_name(&c, d);
	if (e) {
		ctl_conf_free(&c);
		return e == ERR_NOMEM ? e : diag_at(d, e, "%s: ", path);
	}
	*ret = c;
	return OK;
}

void ctl_conf_free(struct ctl_conf *c)
{
	conf_free(ctl_options, c);
	*c = (struct ctl_conf){0};
}
