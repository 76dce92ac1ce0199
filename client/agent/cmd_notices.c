/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "client/agent/cli.h"
#include "client/agent/notices.h"
#include "client/agent/standing.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/json_out.h"
#include "common/notice.h"

#define PATIENCE 30 /* seconds; a pull may be loading a large set */

static enum err print_json(const struct notices *x)
{
	CLEANUP_BUF struct buf b;
	struct json_out j;
	char hex[HASH_HEX];

	buf_init(&b, 64u << 20);
	json_put_begin(&j, &b);
	json_put_array(&j, NULL);
	for (size_t i = 0; i < x->count; i++) {
		const struct notice *n = &x->n[i];

		hash_hex(&n->id, hex);
		json_put_object(&j, NULL);
		json_put_str(&j, "id", hex);
		json_put_str(&j, "severity", severity_name(n->severity));
		json_put_time(&j, "issued", n->issued);
		json_put_str(&j, "title", n->title);
		json_put_str(&j, "signers", n->signers);
		json_put_flag(&j, "read", n->read);
		json_put_str(&j, "text", n->text);
		json_put_object_end(&j);
	}
	json_put_array_end(&j);
	if (buf_err(&b))
		return buf_err(&b);
	(void)printf("%s\n", buf_str(&b));
	return OK;
}

/* In full, and it counts as read; the others by their titles. */
static void print_text(struct notices *x, bool all)
{
	size_t full = 0;

	for (size_t i = x->count; i > 0; i--) {
		struct notice *n = &x->n[i - 1];
		char time[CLOCK_TEXT];

		if (n->read && !all)
			continue;
		clock_format(n->issued, time);
		(void)printf("%s%s notice of %s, signed by %s\n\n%s",
			full++ ? "\n\n" : "", severity_name(n->severity), time,
			n->signers, n->text);
		n->read = true;
	}
	if (full)
		return;
	(void)printf("no notice that was not read; varsel notices --all shows these:\n");
	for (size_t i = 0; i < x->count; i++) {
		char time[CLOCK_TEXT];

		clock_format(x->n[i].issued, time);
		(void)printf("%s  %-8s  %s\n", time, severity_name(x->n[i].severity),
			x->n[i].title);
	}
}

static enum err show(struct cli *c, const struct config *conf, bool json, bool all)
{
	CLEANUP_FD int lock = -1;
	struct notices x = {0};
	enum err e = file_mkdir(conf->state_dir, 0755, &c->d);

	if (e == OK)
		e = notices_list(conf, &x, &c->d);
	if (e == OK)
		e = standing_lock(conf, PATIENCE, &lock, &c->d);
	if (e == OK)
		e = notices_settle(conf, &x, NULL, &c->d);
	if (e == OK && json)
		e = print_json(&x);
	else if (e == OK && x.count)
		print_text(&x, all);
	else if (e == OK)
		(void)printf("no notices\n");
	if (e == OK)
		e = cli_flush(c);
	if (e == OK && !json)
		e = notices_save(conf, &x, &c->d);
	notices_done(&x);
	return e;
}

enum err cmd_notices(struct cli *c, int argc, char **argv)
{
	static const struct option options[] = {
		{"all", no_argument, NULL, 'a'},
		{"json", no_argument, NULL, 'j'},
		{"verbose", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	CLEANUP_CONFIG struct config conf = {0};
	bool json = false, all = false;
	enum err e = OK;
	int o;

	while (e == OK && (o = getopt_long(argc, argv, "vh", options, NULL)) != -1) {
		if (o == 'a')
			all = true;
		else if (o == 'j')
			json = true;
		else
			e = cli_option(c, "notices", o);
	}
	if (e == OK && optind != argc)
		e = cli_usage(c, "notices", "notices: takes no argument");
	if (e == OK)
		e = config_load(c->config, &conf, &c->d);
	return e ? e : show(c, &conf, json, all);
}
