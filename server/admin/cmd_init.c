/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <sodium.h>

#include "common/file.h"
#include "server/admin/console.h"

static const char usage[] = "usage: varseld [-c FILE] init --hub NAME [--channel NAME]\n"
			    "Makes the keys of the log, of its freshness and of the "
			    "tokens in state-dir, and\n"
			    "prints the first two's public halves, for `varselctl root "
			    "new`. NAMEs must be those\n"
			    "of the configuration: they cannot be changed afterwards. "
			    "Keys that are there stay.\n";

struct names {
	const char *hub;
	const char *channel;
};

/* false: the program ends with *ret_exit. */
static bool options(int argc, char **argv, struct names *ret, int *ret_exit)
{
	static const struct option longs[] = {
		{"hub", required_argument, NULL, 'H'},
		{"channel", required_argument, NULL, 'C'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int c;

	*ret_exit = EX_USAGE;
	while ((c = getopt_long(argc, argv, "+h", longs, NULL)) != -1) {
		if (c == 'H') {
			ret->hub = optarg;
		} else if (c == 'C') {
			ret->channel = optarg;
		} else {
			(void)fputs(usage, c == 'h' ? stdout : stderr);
			if (c == 'h')
				*ret_exit = EX_OK;
			return false;
		}
	}
	if (ret->hub && optind == argc)
		return true;
	(void)fputs(usage, stderr);
	return false;
}

static enum err check_names(const struct names *n, const struct config *c, struct diag *d)
{
	if (strcmp(n->hub, c->hub) != 0)
		return diag_fail(d, ERR_CONFIG,
			"--hub %s: the configuration says hub = \"%s\"", n->hub, c->hub);
	if (n->channel && strcmp(n->channel, c->channel) != 0)
		return diag_fail(d, ERR_CONFIG,
			"--channel %s: the configuration says channel = \"%s\"",
			n->channel, c->channel);
	return OK;
}

static enum err make_jwt_key(const struct config *c, struct diag *d)
{
	CLEANUP_BUF struct buf text = {.max = 128};
	char path[STATE_PATH];
	unsigned char key[32];
	enum err e = config_state_path(c, STATE_JWT_KEY, path, d);

	if (e || file_exists(path))
		return e;
	randombytes_buf(key, sizeof(key));
	buf_hex(&text, key, sizeof(key));
	buf_putc(&text, '\n');
	e = buf_err(&text) ? diag_fail(d, ERR_NOMEM, "out of memory")
			   : file_create(path, buf_view(&text), 0600, d);
	sodium_memzero(key, sizeof(key));
	if (text.data)
		sodium_memzero(text.data, text.len);
	return e;
}

static enum err print_keys(const struct config *c, struct diag *d)
{
	CLEANUP_BUF struct buf text = {.max = 4096};
	struct pubkey log_key, fresh_key;
	struct log *log;
	enum err e = log_open(c->state_dir, c->origin, NULL, NULL, &log, d);

	if (e)
		return e;
	log_keys(log, &log_key, &fresh_key);
	log_close(&log);
	pubkey_put(&text, &log_key);
	buf_putc(&text, '\n');
	pubkey_put(&text, &fresh_key);
	(void)printf("%s\n", buf_str(&text));
	return OK;
}

int cmd_init(const struct invocation *inv, int argc, char **argv)
{
	CLEANUP_CONSOLE struct console c = {0};
	struct names names = {0};
	struct diag d = {0};
	int code;
	enum err e;

	if (!options(argc, argv, &names, &code))
		return code;
	e = console_open(inv, CONSOLE_HUB, &c, &d);
	if (!e)
		e = check_names(&names, &c.config, &d);
	if (!e)
		e = file_mkdir(c.config.state_dir, 0700, &d);
	if (!e)
		e = log_init(c.config.state_dir, c.config.origin, &d);
	if (!e)
		e = make_jwt_key(&c.config, &d);
	if (!e)
		e = print_keys(&c.config, &d);
	return e ? console_fail("init", e, &d) : EX_OK;
}
