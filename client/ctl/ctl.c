/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/ctl.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/passphrase.h"
#include "common/clock.h"
#include "common/file.h"

#define DEFAULT_UNTIL (30 * 86400)

enum err ctl_help(const char *usage)
{
	(void)fputs(usage, stdout);
	return OK;
}

bool ctl_json(int argc, char **argv, const char *usage, bool *ret_json, enum err *ret_end)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt != 'j') {
			*ret_end = opt == 'h' ? ctl_help(usage) : ERR_USAGE;
			return false;
		}
		*ret_json = true;
	}
	return true;
}

enum err ctl_print(struct buf *b, struct diag *d)
{
	if (buf_err(b))
		return diag_fail(d, buf_err(b), "output: %s", err_text(buf_err(b)));
	if (fwrite(buf_str(b), 1, b->len, stdout) != b->len || fflush(stdout) != 0)
		return diag_fail(d, ERR_IO, "stdout: %s", strerror(errno));
	return OK;
}

enum err ctl_config(struct ctl *c, struct diag *d)
{
	enum err e;

	if (c->conf_loaded)
		return OK;
	e = ctl_conf_load(c->conf_path, &c->conf, d);
	c->conf_loaded = !e;
	return e;
}

/* Keys of a test hub must not sign for another: the names tell. An attest key (no
 * `kind`) is not a person's. */
static enum err check_name(
	const struct ctl *c, const struct seckey *k, const char *kind, struct diag *d)
{
	char want[KEY_NAME_MAX + 1];

	if (!c->conf.name || !kind)
		return OK;
	(void)snprintf(
		want, sizeof(want), "%s/%s/%s", c->conf.hub_name, kind, c->conf.name);
	if (strcmp(k->pub.name, want) == 0)
		return OK;
	return diag_fail(d, ERR_CONFIG, "the key is named %s, not %s", k->pub.name, want);
}

static enum err load_key(struct ctl *c, const char *path, const char *kind,
	struct seckey *ret, struct diag *d)
{
	struct buf pass;
	bool sealed;
	enum err e = seckey_is_sealed(path, &sealed, d);

	if (e)
		return e == ERR_NOT_FOUND ? ERR_CONFIG : e;
	if (!sealed) {
		e = seckey_load(path, ret, d);
	} else {
		passphrase_init(&pass);
		e = passphrase_get(c->conf.passphrase_file, path, false, &pass, d);
		if (!e)
			e = seckey_load_sealed(path, buf_view(&pass), ret, d);
		passphrase_done(&pass);
	}
	if (e)
		return e;
	e = check_name(c, ret, kind, d);
	if (e)
		return diag_at(d, e, "%s: ", path);
	if (!seckey_memory_locks())
		(void)fprintf(stderr,
			"varselctl: %s: may be written to swap: its memory cannot be "
			"locked; raise the limit (ulimit -l)\n",
			path);
	return OK;
}

enum err ctl_login(struct ctl *c, struct diag *d)
{
	char *cache = NULL;
	enum err e = ctl_config(c, d);

	if (e || c->hub)
		return e;
	e = load_key(c, c->conf.login, "login", &c->login, d);
	if (!e)
		e = file_mkdir(c->conf.state_dir, 0700, d);
	if (e)
		return e;
	if (asprintf(&cache, "%s/token", c->conf.state_dir) < 0)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	e = hub_open(c->conf.hub, &c->hub, d);
	if (!e)
		e = hub_set_tls(c->hub,
			&(struct hub_tls){
				c->conf.tls_ca, c->conf.tls_certificate, c->conf.tls_key},
			d);
	if (!e)
		e = hub_login(c->hub, c->conf.hub_name, &c->login, "coordinate read feed",
			cache, NULL, d);
	free(cache);
	return e;
}

enum err ctl_signing(struct ctl *c, struct diag *d)
{
	enum err e = ctl_config(c, d);

	if (e || c->signing.sk)
		return e;
	return load_key(c, c->conf.signing, "coordinator", &c->signing, d);
}

enum err ctl_attest_key(struct ctl *c, struct seckey *ret, struct diag *d)
{
	enum err e = ctl_config(c, d);

	return e ? e : load_key(c, c->conf.attest, NULL, ret, d);
}

static void say(const char *text)
{
	if (*text)
		(void)fprintf(stderr, "varselctl: %s\n", text);
}

static enum err open_feed(struct ctl *c, struct diag *d)
{
	enum err e;

	if (c->feed)
		return OK;
	e = feed_open(c->conf.state_dir, c->conf.root, c->conf.channel, &c->feed, d);
	if (e)
		return e;
	say(d->text);
	c->feed->attests = c->attests;
	return OK;
}

enum err ctl_follow(struct ctl *c, bool hold_ok, struct diag *d)
{
	bool news;
	enum err e = ctl_login(c, d);

	activeset_done(&c->active);
	if (!e)
		e = open_feed(c, d);
	if (e)
		return e;
	/* a second time when what was stored turns out damaged, and is fetched again */
	for (int attempt = 0; attempt < 2; attempt++) {
		d->text[0] = '\0';
		e = feed_update(c->feed, c->hub, 0, &news, d);
		if (e && !(e == ERR_HOLD && hold_ok))
			return e;
		say(d->text);
		e = c->merges ? feed_active(c->feed, clock_now(), &c->active, d)
			      : feed_load(c->feed, d);
		if (e != ERR_TEMPFAIL)
			break;
	}
	return e;
}

enum err ctl_until(
	const struct root *root, const char *text, int64_t *ret, struct diag *d)
{
	int64_t now = clock_now(), until = now + DEFAULT_UNTIL;
	int64_t last = now + root->max_lifetime;
	char latest[CLOCK_TEXT];

	if (!text) {
		*ret = until < last ? until : last;
		return OK;
	}
	if (clock_until(slice_of(text), now, &until, d))
		return diag_at(d, ERR_USAGE, "--until: ");
	clock_format(last, latest);
	if (until > last)
		return diag_fail(d, ERR_VALUE,
			"--until %s: root %lld allows approvals of %lld days, until %s",
			text, (long long)root->version,
			(long long)(root->max_lifetime / 86400), latest);
	if (until <= now)
		return diag_fail(d, ERR_VALUE, "--until %s: has passed", text);
	*ret = until;
	return OK;
}

void ctl_done(struct ctl *c)
{
	activeset_done(&c->active);
	feed_close(&c->feed);
	hub_close(&c->hub);
	seckey_done(&c->login);
	seckey_done(&c->signing);
	if (c->conf_loaded)
		ctl_conf_free(&c->conf);
	c->conf_loaded = false;
}
