/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/agent/cli.h"
#include "client/agent/notices.h"
#include "client/agent/off.h"
#include "client/agent/outbox.h"
#include "client/agent/spool.h"
#include "client/agent/state.h"
#include "client/feed/feed.h"
#include "common/json_out.h"

struct status {
	const struct config *conf;
	const struct feed *feed;
	const struct state *state;
	struct off off;
	size_t spool, sightings;
	struct notices notices;
	char root[64]; /* of the log, base64 as in the checkpoint */
	int64_t age;   /* seconds since the newest cosigned time; -1: never */
};

static const struct output_state *row_of(const struct state *s, const char *title)
{
	for (size_t i = 0; i < s->noutputs; i++)
		if (strcmp(s->outputs[i].name, title) == 0)
			return &s->outputs[i];
	return NULL;
}

static void put_outputs(const struct status *s, struct json_out *j)
{
	json_put_array(j, "outputs");
	for (size_t i = 0; i < s->conf->noutputs; i++) {
		const char *title = s->conf->outputs[i].title;
		const struct output_state *o = row_of(s->state, title);

		json_put_object(j, NULL);
		json_put_str(j, "name", title);
		json_put_time(j, "applied", o ? o->applied : 0);
		json_put_num(j, "count", o ? o->count : 0);
		json_put_str(j, "error", o ? o->error : NULL);
		json_put_num(j, "spared", o ? o->spared : 0);
		json_put_num(j, "left_out", o ? o->left_out : 0);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

/* Those that nobody here has read. */
static void put_notices(const struct notices *x, struct json_out *j)
{
	json_put_array(j, "notices");
	for (size_t i = 0; i < x->count; i++) {
		if (x->n[i].read)
			continue;
		json_put_object(j, NULL);
		json_put_str(j, "severity", severity_name(x->n[i].severity));
		json_put_time(j, "issued", x->n[i].issued);
		json_put_str(j, "title", x->n[i].title);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

static enum err print_json(const struct status *s)
{
	CLEANUP_BUF struct buf b;
	struct json_out j;

	buf_init(&b, 1u << 20);
	json_put_begin(&j, &b);
	json_put_object(&j, NULL);
	json_put_str(&j, "hub", s->conf->hub);
	json_put_str(&j, "org", s->conf->org);
	json_put_num(&j, "size", (int64_t)s->feed->log.size);
	json_put_str(&j, "root", s->root);
	json_put_num(&j, "root_version", s->feed->root.version);
	json_put_time(&j, "checkpoint_time", s->feed->fresh_time);
	if (s->age < 0)
		json_put_null(&j, "age");
	else
		json_put_num(&j, "age", s->age);
	json_put_num(&j, "active", s->state->active);
	json_put_num(&j, "spared", s->state->spared);
	json_put_time(&j, "next_expiry", s->state->next_expiry);
	if (s->state->hold[0]) {
		json_put_object(&j, "hold");
		json_put_time(&j, "since", s->state->hold_since);
		json_put_str(&j, "reason", s->state->hold);
		json_put_object_end(&j);
	} else {
		json_put_null(&j, "hold");
	}
	if (s->off.until) {
		json_put_object(&j, "off");
		json_put_time(&j, "since", s->off.since);
		json_put_time(&j, "until", s->off.until);
		json_put_object_end(&j);
	} else {
		json_put_null(&j, "off");
	}
	put_outputs(s, &j);
	json_put_num(&j, "spool", (int64_t)s->spool);
	json_put_num(&j, "sightings", (int64_t)s->sightings);
	put_notices(&s->notices, &j);
	json_put_object_end(&j);
	if (buf_err(&b))
		return buf_err(&b);
	(void)printf("%s\n", buf_str(&b));
	return OK;
}

/* "90 seconds", "3 hours": for a person, who wants to know whether it is long ago. */
static void print_age(int64_t s)
{
	const char *unit = s < 120      ? "seconds"
			   : s < 7200   ? "minutes"
			   : s < 172800 ? "hours"
					: "days";
	int64_t n = s < 120 ? s : s < 7200 ? s / 60 : s < 172800 ? s / 3600 : s / 86400;

	(void)printf("%lld %s ago", (long long)n, unit);
}

static void print_output(const struct status *s, const char *title)
{
	const struct output_state *o = row_of(s->state, title);
	char time[CLOCK_TEXT];

	clock_format(o ? o->applied : 0, time);
	(void)printf("output     %s: ", title);
	if (!o || !o->applied)
		(void)printf("never applied");
	else
		(void)printf("%lld entries, applied %s", (long long)o->count, time);
	if (o && o->spared)
		(void)printf(", %lld on the never-block list", (long long)o->spared);
	if (o && o->left_out)
		(void)printf(", %lld left out", (long long)o->left_out);
	if (o && o->error)
		(void)printf("; %s%s", output_failed(o) ? "FAILED: " : "", o->error);
	(void)putchar('\n');
}

static void print_text(const struct status *s)
{
	char time[CLOCK_TEXT];

	(void)printf("hub        %s, organisation %s\n", s->conf->hub, s->conf->org);
	(void)printf("log        %llu statements, root %s\n",
		(unsigned long long)s->feed->log.size, s->root);
	(void)printf("roots      version %lld", (long long)s->feed->root.version);
	clock_format(s->feed->root.expires, time);
	(void)printf(", expires %s\nverified   ", time);
	if (s->age < 0)
		(void)printf("never");
	else
		print_age(s->age);
	(void)printf("\nin force   %lld entries\n", (long long)s->state->active);
	if (s->state->spared)
		(void)printf(
			"spared     %lld approved entries hit the built-in never-block "
			"list: not enforced\n",
			(long long)s->state->spared);
	for (size_t i = 0; i < s->conf->noutputs; i++)
		print_output(s, s->conf->outputs[i].title);
	if (s->conf->noutputs == 0)
		(void)printf("output     none: see varsel.conf(5)\n");
	if (s->spool)
		(void)printf("spool      %zu reports wait to be sent\n", s->spool);
	if (s->sightings)
		(void)printf("sightings  %zu batches wait to be sent\n", s->sightings);
	for (size_t i = 0; i < s->notices.count; i++)
		if (!s->notices.n[i].read)
			(void)printf("NOTICE     %s: %s; varsel notices shows it\n",
				severity_name(s->notices.n[i].severity),
				s->notices.n[i].title);
	if (s->off.until) {
		clock_format(s->off.until, time);
		(void)printf(
			"OFF        until %s: nothing is enforced; varsel on restores "
			"it\n",
			time);
	}
	if (s->state->hold[0]) {
		clock_format(s->state->hold_since, time);
		(void)printf("ON HOLD    since %s: %s\n", time, s->state->hold);
	}
}

static enum err status(struct cli *c, bool json)
{
	CLEANUP_CONFIG struct config conf = {0};
	struct state state = {0};
	struct feed *feed = NULL;
	struct status s = {.conf = &conf, .state = &state};
	struct hash root;
	CLEANUP_BUF struct buf b;
	char *dir = NULL;
	enum err e = config_load(c->config, &conf, &c->d);

	buf_init(&b, sizeof(s.root));
	if (e == OK)
		e = state_load(&conf, &state, &c->d);
	if (e == OK)
		e = off_read(&conf, &s.off, &c->d);
	if (e == OK)
		e = notices_load(&conf, &s.notices, &c->d);
	if (e == OK && !(dir = config_state(&conf, "feed")))
		e = diag_fail(&c->d, ERR_NOMEM, "out of memory");
	if (e == OK)
		e = feed_open(dir, conf.root, conf.channel, &feed, &c->d);
	if (e == OK) {
		root = frontier_root(&feed->log);
		buf_base64(&b, root.b, sizeof(root.b));
		(void)snprintf(s.root, sizeof(s.root), "%s", buf_str(&b));
		s.feed = feed;
		s.spool = spool_count(&conf);
		s.sightings = outbox_count(&conf);
		s.age = feed->fresh_time ? clock_now() - feed->fresh_time : -1;
		if (s.age < 0 && feed->fresh_time)
			s.age = 0;
		if (json)
			e = print_json(&s);
		else
			print_text(&s);
	}
	free(dir);
	feed_close(&feed);
	state_done(&state);
	notices_done(&s.notices);
	return e;
}

enum err cmd_status(struct cli *c, int argc, char **argv)
{
	bool json = false;
	enum err e = cli_json(c, argc, argv, &json);

	if (e == OK && optind != argc)
		e = cli_usage(c, "status", "status: takes no argument");
	return e ? e : status(c, json);
}
