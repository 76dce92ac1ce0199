/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/sightings.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <time.h>

#include "client/agent/counters.h"
#include "client/agent/hunt/format.h"
#include "client/agent/hunt/news.h"
#include "client/agent/hunt/rpz.h"
#include "client/agent/outbox.h"
#include "client/agent/run.h"
#include "common/file.h"

#define COUNTERS "counters" /* in the outbox, and below state-dir */
#define RPZ      "rpz"
#define LIST_MAX ((size_t)1 << 30)    /* bytes of a set as nft prints it */
#define LOG_MOST ((int64_t)128 << 20) /* of one log in one pull, which has to go on */

struct collecting {
	const struct config *conf;
	const struct standing *standing;
	int seconds;
	void (*show)(void *ctx, const struct tally *t);
	void *ctx;
	int64_t now;
	struct activeset set; /* what is enforced; made when it is needed */
	struct tally tally;
	bool news;
};

static enum err need_set(struct collecting *x)
{
	return x->set.a ? OK : enforced_set(&x->standing->last, &x->set);
}

/* The outbox first, then the memory: what is killed between counts anew. */
static enum err put(struct collecting *x, const char *who, int64_t run, struct diag *d)
{
	tally_sort(&x->tally);
	tally_limit(&x->tally, x->now - SIGHTING_AGE_MAX + 86400);
	if (x->show && x->tally.n)
		x->show(x->ctx, &x->tally);
	return outbox_put(x->conf, who, run, &x->tally, d);
}

static void mask(unsigned char a[16], unsigned bits)
{
	if (bits / 8 < 16) {
		a[bits / 8] &= (unsigned char)(0xff00 >> bits % 8);
		memset(a + bits / 8 + 1, 0, 15 - bits / 8);
	}
}

/* The addresses of one element, and every prefix that is enforced around all of them. */
static enum err add_element(
	struct collecting *x, const struct counter *at, int64_t count, int64_t first)
{
	int family = strchr(at->first, ':') ? AF_INET6 : AF_INET;
	unsigned width = family == AF_INET ? 32 : 128;
	unsigned char a[16] = {0}, b[16] = {0};
	enum err e = need_set(x);

	if (e || inet_pton(family, at->first, a) != 1 ||
		inet_pton(family, at->last, b) != 1)
		return e;
	for (unsigned bits = width; e == OK && bits > 0; bits--) {
		struct ip ip = {.family = family, .bits = bits};
		const struct active *found;
		char text[IP_TEXT];

		mask(a, bits);
		mask(b, bits);
		if (memcmp(a, b, sizeof(a)) != 0)
			continue;
		memcpy(ip.addr, a, sizeof(a));
		(void)ip_format(&ip, text);
		found = activeset_find(&x->set, &kinds[KIND_IP], slice_of(text));
		if (found)
			e = tally_count(
				&x->tally, found, "firewall", count, first, x->now);
	}
	return e;
}

static int64_t seconds_since_boot(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static enum err list_set(const struct collecting *x, const struct output *o,
	const char *set, struct counter_table *t, struct diag *d)
{
	struct output_argv argv = {.n = 0};
	CLEANUP_BUF struct buf out;
	int64_t now = seconds_since_boot();
	enum err e;

	buf_init(&out, LIST_MAX);
	o->type->kernel->count(&o->conf, set, &argv);
	e = run(argv.v, x->seconds, &out, d);
	return e ? e : counters_read(t, set, buf_view(&out), now, d);
}

/* Takes the reading over into `old`, and counts what is new in it. */
static enum err compare(struct collecting *x, struct counter_table *old,
	struct counter_table *now, bool same_boot)
{
	enum err e = OK;

	counters_sort(now);
	if (same_boot)
		counters_sort(old);
	for (size_t i = 0; e == OK && i < now->n; i++) {
		const struct counter *at = &now->row[i];
		int64_t n = counter_since(same_boot ? old : NULL, at);

		if (n > 0)
			e = add_element(x, at, n, old->read ? old->read : x->now);
	}
	if (e)
		return e;
	counters_empty(old);
	old->row = now->row;
	old->n = now->n;
	old->cap = now->cap;
	old->read = x->now;
	now->row = NULL;
	x->news = true;
	return OK;
}

/* The small set tells whether the large ones have anything new. */
static enum err read_output(struct collecting *x, const struct output *o,
	struct counters *c, bool same_boot, struct diag *d)
{
	const char *const *set = o->type->kernel->counted;
	struct counter_table now = {0}, *old = counters_table(c, o->title);
	enum err e = old ? OK : diag_fail(d, ERR_NOMEM, "out of memory");

	/* nothing is loaded yet, or it was lifted: there is nothing to be read */
	if (e || list_set(x, o, *set, &now, NULL))
		return e;
	if (same_boot && now.total == old->total)
		return OK;
	old->total = now.total;
	while (e == OK && *++set)
		e = list_set(x, o, *set, &now, d);
	if (e == OK && compare(x, old, &now, same_boot))
		e = diag_fail(d, ERR_NOMEM, "out of memory");
	counters_empty(&now);
	return e;
}

static void note_boot(struct counters *c, bool *ret_same)
{
	CLEANUP_BUF struct buf b = {.max = sizeof(c->boot)};
	char now[sizeof(c->boot)];

	if (file_read("/proc/sys/kernel/random/boot_id", &b, NULL))
		buf_reset(&b);
	(void)snprintf(
		now, sizeof(now), "%.*s", (int)strcspn(buf_str(&b), "\n"), buf_str(&b));
	*ret_same = strcmp(now, c->boot) == 0;
	(void)snprintf(c->boot, sizeof(c->boot), "%s", now);
}

static enum err counters_collect(struct collecting *x, struct diag *d)
{
	char *path = config_state(x->conf, COUNTERS);
	struct counters c = {0};
	enum err e = path ? counters_load(path, &c, d)
			  : diag_fail(d, ERR_NOMEM, "out of memory");
	bool same_boot = false;

	if (e == OK && d->text[0])
		cli_warn("%s", d->text);
	if (e == OK)
		e = outbox_take_back(x->conf, COUNTERS, c.run, d);
	note_boot(&c, &same_boot);
	for (size_t i = 0; e == OK && i < x->conf->noutputs; i++) {
		const struct output *o = &x->conf->outputs[i];

		if (o->type->kernel && o->type->kernel->wanted(&o->conf))
			e = read_output(x, o, &c, same_boot, d);
	}
	if (e == OK && x->news)
		e = put(x, COUNTERS, ++c.run, d);
	if (e == OK && x->news)
		e = counters_save(path, &c, d);
	counters_done(&c);
	free(path);
	return e;
}

/* The name and those above it. */
static enum err add_line(void *ctx, struct slice line)
{
	CLEANUP_BUF struct buf b = {.max = VALUE_MAX};
	struct collecting *x = ctx;
	struct slice name, rest, label;
	enum err e = OK;
	int64_t at;

	x->news = true;
	if (!rpz_line(line, &name) || kind_accept(&kinds[KIND_DOMAIN], name, &b, NULL))
		return OK;
	e = need_set(x);
	at = log_time(line, x->now);
	if (!at || at > x->now)
		at = x->now;
	for (rest = buf_view(&b); e == OK && rest.n;
		(void)slice_cut(&rest, '.', &label)) {
		const struct active *found =
			activeset_find(&x->set, &kinds[KIND_DOMAIN], rest);

		if (found)
			e = tally_count(&x->tally, found, "dns", 1, at, at);
	}
	return e;
}

static enum err rpz_collect(struct collecting *x, struct diag *d)
{
	char *path = config_state(x->conf, RPZ);
	struct positions p = {0};
	enum err first = OK, e = path ? positions_load(path, &p, d)
				      : diag_fail(d, ERR_NOMEM, "out of memory");

	if (e == OK && d->text[0])
		cli_warn("%s", d->text);
	if (e == OK)
		e = outbox_take_back(x->conf, RPZ, p.run, d);
	/* one log that cannot be read keeps no other from being read */
	for (size_t i = 0; e == OK && i < x->conf->rpz_log.n; i++) {
		struct diag why = {""};
		enum err one = news_read(&p, x->conf->rpz_log.item[i],
			x->show ? INT64_MAX : LOG_MOST, x->now, add_line, x, &why);

		if (one == ERR_NOMEM)
			e = diag_fail(d, one, "%s", why.text);
		else if (one && first == OK)
			first = diag_fail(d, one, "%s", why.text);
	}
	if (e == OK && x->news)
		e = put(x, RPZ, ++p.run, first ? NULL : d);
	if (e == OK && x->news)
		e = positions_save(path, &p, x->now, first ? NULL : d);
	positions_done(&p);
	free(path);
	return first ? first : e;
}

static enum err part(enum err (*collect)(struct collecting *x, struct diag *d),
	struct collecting *x, struct diag *d)
{
	enum err e;

	x->news = false;
	d->text[0] = '\0';
	e = collect(x, d);
	tally_done(&x->tally);
	return e;
}

enum err sightings_collect(const struct config *conf, const struct standing *s,
	int seconds, void (*show)(void *ctx, const struct tally *t), void *ctx,
	struct diag *d)
{
	struct collecting x = {.conf = conf,
		.standing = s,
		.seconds = seconds,
		.show = show,
		.ctx = ctx,
		.now = clock_now()};
	struct diag why = {""};
	enum err e = OK, second = OK;

	/* what is not known to be enforced cannot be told from what is not */
	if (!s->last.map.n)
		return OK;
	if (conf->counters)
		e = part(counters_collect, &x, &why);
	if (e)
		*d = why;
	if (conf->rpz_log.n)
		second = part(rpz_collect, &x, &why);
	if (second && e == OK)
		*d = why;
	activeset_done(&x.set);
	return e ? e : second;
}

void sightings_note(const struct config *conf, const struct standing *s, int seconds)
{
	struct diag d = {""};

	if (sightings_collect(conf, s, seconds, NULL, NULL, &d))
		cli_warn("sightings: %s", d.text);
}
