/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/config.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "server/core/alerts.h"
#include "server/core/campaign_key.h"

#define AT(field) offsetof(struct config, field)
#define RATE_MAX  10000000

const struct conf_option config_options[] = {
	{"hub", CONF_TEXT, AT(hub), NULL, true, 0, 0,
		"The hub's name, which every note and key name carries."},
	{"channel", CONF_TEXT, AT(channel), "kommuner", false, 0, 0,
		"The channel that this hub serves."},
	{"log-number", CONF_NUMBER, AT(log_number), "1", false, 1, 9999,
		"Which log of the channel this is: one more with each new log key."},
	{"public-url", CONF_TEXT, AT(public_url), NULL, true, 0, 0,
		"How members reach the hub; enrolment links begin with it."},
	{"database", CONF_TEXT, AT(database), NULL, true, 0, 0,
		"libpq connection string or URI of the PostgreSQL database."},
	{"database-owner", CONF_TEXT, AT(database_owner), "", false, 0, 0,
		"The same for the tables' owner, who migrates and adds roots and "
		"coordinators; empty: as database."},
	{"database-retain", CONF_TEXT, AT(database_retain), "", false, 0, 0,
		"The same for who deletes what is old; empty: as database-owner."},
	{"state-dir", CONF_TEXT, AT(state_dir), "/var/lib/varseld", false, 0, 0,
		"Folder of the hub's keys and of the head file."},
	{"listen", CONF_TEXT, AT(listen), "127.0.0.1:8440", false, 0, 0,
		"Address and port of the API; TLS is the proxy's in front."},
	{"metrics-listen", CONF_TEXT, AT(metrics_listen), "127.0.0.1:9440", false, 0, 0,
		"Address and port of /metrics; empty for none."},
	{"trusted-proxy", CONF_TEXT, AT(trusted_proxy), "", false, 0, 0,
		"Address of the proxy in front, through which all members come; empty "
		"for none."},
	{"never-block", CONF_LIST, AT(never_block), NULL, false, 0, 0,
		"Warninglists (MISP's JSON) of what needs an override to be blocked."},
	{"threads", CONF_NUMBER, AT(threads), "2", false, 1, 64,
		"Threads that serve connections."},
	{"db-workers", CONF_NUMBER, AT(db_workers), "4", false, 1, 64,
		"Threads that talk to the database, one connection each."},
	{"queue", CONF_NUMBER, AT(queue), "256", false, 1, 65536,
		"Requests that may wait for such a thread; further ones are told to come "
		"again."},
	{"connections", CONF_NUMBER, AT(connections), "16384", false, 16, 1000000,
		"Connections that may be open at once."},
	{"connections-per-address", CONF_NUMBER, AT(per_address), "256", false, 0,
		1000000, "How many of them from one address; 0 for any number."},
	{"address-rate", CONF_NUMBER, AT(address_rate), "600", false, 0, RATE_MAX,
		"Requests a minute without a token that holds, from one address; 0 for "
		"any number."},
	{"address-burst", CONF_NUMBER, AT(address_burst), "300", false, 1, RATE_MAX,
		"How many of them may come at once."},
	{"org-rate", CONF_NUMBER, AT(org_rate), "1200", false, 0, RATE_MAX,
		"Requests a minute, but for the feed, from one organisation or "
		"coordinator; 0 for any number."},
	{"org-burst", CONF_NUMBER, AT(org_burst), "2000", false, 1, RATE_MAX,
		"How many of them may come at once."},
	{"feed-rate", CONF_NUMBER, AT(feed_rate), "12000", false, 0, RATE_MAX,
		"Requests a minute for the feed from one organisation or coordinator; 0 "
		"for any number."},
	{"feed-burst", CONF_NUMBER, AT(feed_burst), "30000", false, 1, RATE_MAX,
		"How many of them may come at once: a newcomer fetches all of it."},
	{"campaign-orgs", CONF_NUMBER, AT(campaign_orgs), "3", false, 0, 1000,
		"How many distinct organisations make a campaign; 0 for none at all."},
	{"campaign-window", CONF_DURATION, AT(campaign_window), "24h", false, 60,
		(int64_t)31 * 86400, "Within what time."},
	{"campaign-quiet", CONF_DURATION, AT(campaign_quiet), "7d", false, 0, 0,
		"After how long without anything new a campaign is over; 0s: never."},
	{"campaign-joins", CONF_LIST, AT(campaign_joins),
		"indicator report domain net tag", false, 0, 0,
		"What makes indicators one campaign."},
	{"notify", CONF_LIST, AT(notify), NULL, false, 0, 0,
		"Program and arguments that get alerts as JSON on standard input."},
	{"notify-events", CONF_LIST, AT(notify_events), ALERT_EVENTS, false, 0, 0,
		"Which events it is told."},
	{"streams", CONF_NUMBER, AT(streams), "1024", false, 0, 100000,
		"How many may follow the events at once."},
	{"streams-per-org", CONF_NUMBER, AT(streams_per_org), "16", false, 0, 100000,
		"How many of them from one organisation or coordinator."},
	{"request-time", CONF_DURATION, AT(request_time), "60s", false, 1, 3600,
		"Within what time a whole request must have arrived."},
	{"upload-memory", CONF_NUMBER, AT(upload_memory), "256", false, 16, 65536,
		"MiB that all request bodies together may hold."},
	{"retain-reports", CONF_DURATION, AT(retain.reports), "730d", false, 0, 0,
		"After how long the signed notes of reports go; 0s: never."},
	{"retain-links", CONF_DURATION, AT(retain.links), "90d", false, 0, 0,
		"The same for enrolment links that were used or ran out, and sessions of "
		"the situation page."},
	{"retain-sightings", CONF_DURATION, AT(retain.sightings), "366d", false, 0, 0,
		"The same for sightings, by whole months."},
	{"retain-enforcement", CONF_DURATION, AT(retain.enforcement), "366d", false,
		ENFORCED_WITHIN, (int64_t)3660 * 86400,
		"The same for when municipalities enforced approvals; at least 30 "
		"days."},
	{"retain-campaigns", CONF_DURATION, AT(retain.campaigns), "730d", false, 0, 0,
		"The same for campaigns that are closed."},
	{"retain-events", CONF_DURATION, AT(retain.events), "30d", false, 0, 0,
		"The same for events: how long one may be away and go on where one was."},
	{"retain-disputes", CONF_DURATION, AT(retain.disputes), "730d", false, 0, 0,
		"The same for disputes that are closed."},
	{"retain-proposals", CONF_DURATION, AT(retain.proposals), "730d", false, 0, 0,
		"The same for proposals that are settled."},
	{"retain-audit", CONF_DURATION, AT(retain.audit), "1826d", false, 0, 0,
		"The same for rows of the audit."},
	{0},
};

/* A word of a key name and of a URL path: no blank, '+', '/', '#' or ','. */
static bool is_word(const char *text, size_t max)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-");

	return n > 0 && n <= max && text[n] == '\0';
}

static enum err check(const char *path, struct config *c, struct diag *d)
{
	size_t n = strlen(c->public_url);

	if (!is_word(c->hub, HUB_NAME_MAX))
		return diag_fail(d, ERR_CONFIG,
			"%s: hub: \"%s\": 1 to %d lower-case letters, digits, '.' and "
			"'-'",
			path, c->hub, HUB_NAME_MAX);
	if (!is_word(c->channel, CHANNEL_MAX))
		return diag_fail(d, ERR_CONFIG,
			"%s: channel: \"%s\": 1 to %d lower-case letters, digits, '.' "
			"and '-'",
			path, c->channel, CHANNEL_MAX);
	if (strncmp(c->public_url, "https://", 8) != 0 &&
		strncmp(c->public_url, "http://", 7) != 0)
		return diag_fail(d, ERR_CONFIG, "%s: public-url: \"%s\": no http(s) URL",
			path, c->public_url);
	if (*c->trusted_proxy &&
		(ip_parse(slice_of(c->trusted_proxy), &c->proxy, NULL) ||
			c->proxy.bits != (c->proxy.family == AF_INET ? 32u : 128u)))
		return diag_fail(d, ERR_CONFIG, "%s: trusted-proxy: \"%s\": no address",
			path, c->trusted_proxy);
	while (n > 0 && c->public_url[n - 1] == '/')
		c->public_url[--n] = '\0';
	n = (size_t)snprintf(
		c->origin, sizeof(c->origin), "%s/feed/%s", c->hub, c->channel);
	if (c->log_number > 1)
		(void)snprintf(c->origin + n, sizeof(c->origin) - n, "/%lld",
			(long long)c->log_number);
	return OK;
}

static enum err check_joins(const char *path, struct config *c, struct diag *d)
{
	for (size_t i = 0; i < c->campaign_joins.n; i++) {
		enum join j = join_by_name(slice_of(c->campaign_joins.item[i]));

		if (j == JOINS)
			return diag_fail(d, ERR_CONFIG,
				"%s: campaign-joins: \"%s\": indicator, report, domain, "
				"net or tag",
				path, c->campaign_joins.item[i]);
		c->joins |= 1u << j;
	}
	/* What is older counts nowhere. */
	c->retain.activity = c->campaign_window;
	return OK;
}

static enum err add_webhook(void *into, const char *title, void *section, struct diag *d)
{
	struct config *c = into;

	return receivers_add(&c->receivers, title, section, d);
}

static const struct conf_section sections[] = {
	{"webhook", webhook_options, sizeof(struct webhook), add_webhook},
	{0},
};

static enum err check_receivers(const char *path, const struct config *c, struct diag *d)
{
	enum err e = receivers_check(&c->receivers, d);

	if (!e)
		e = receivers_check_events("notify", &c->notify_events, d);
	if (!e && c->notify.n && c->notify.item[0][0] != '/')
		e = diag_fail(d, ERR_CONFIG, "notify: \"%s\": a program's full path",
			c->notify.item[0]);
	return e ? diag_at(d, e, "%s: ", path) : OK;
}

enum err config_open(const char *path, struct config *ret, struct diag *d)
{
	struct config c = {0};
	enum err e = conf_load(path, config_options, sections, &c, d);

	if (!e)
		e = check(path, &c, d);
	if (!e)
		e = check_joins(path, &c, d);
	if (!e)
		e = check_receivers(path, &c, d);
	if (e)
		config_close(&c);
	else
		*ret = c;
	return e;
}

void config_close(struct config *c)
{
	conf_free(config_options, c);
	receivers_done(&c->receivers);
}

struct core config_core(const struct config *c)
{
	return (struct core){
		.hub = c->hub,
		.channel = c->channel,
		.origin = c->origin,
		.public_url = c->public_url,
		.campaigns = {c->campaign_orgs, c->campaign_window, c->campaign_quiet,
			c->joins},
	};
}

enum err config_state_path(
	const struct config *c, const char *file, char out[STATE_PATH], struct diag *d)
{
	int n = snprintf(out, STATE_PATH, "%s/%s", c->state_dir, file);

	if (n < 0 || n >= STATE_PATH)
		return diag_fail(d, ERR_CONFIG, "state-dir: the path is too long");
	return OK;
}
