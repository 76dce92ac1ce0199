/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/api/metrics.h"

#include <inttypes.h>

#include "server/api/handlers.h"
#include "server/api/service.h"

static void head(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void one(
	struct buf *b, const char *name, const char *type, const char *help, int64_t n)
{
	head(b, name, type, help);
	buf_printf(b, "%s %" PRId64 "\n", name, n);
}

static void put_routes(struct buf *b, struct metrics *m)
{
	head(b, "varsel_http_answers_total", "counter",
		"Answers by route and class of status");
	for (size_t i = 0; i < METRICS_ROUTES && m->route[i].method; i++)
		for (unsigned c = 1; c < 6; c++)
			if (m->route[i].answers[c])
				buf_printf(b,
					"varsel_http_answers_total{method=\"%s\",route="
					"\"%s\",status=\"%uxx\"} %" PRIuFAST64 "\n",
					m->route[i].method, m->route[i].path, c,
					m->route[i].answers[c]);
	head(b, "varsel_http_answer_seconds_total", "counter",
		"Time from a request's whole header to its answer, by route");
	for (size_t i = 0; i < METRICS_ROUTES && m->route[i].method; i++)
		buf_printf(b,
			"varsel_http_answer_seconds_total{method=\"%s\",route=\"%s\"} "
			"%.6f\n",
			m->route[i].method, m->route[i].path,
			(double)m->route[i].micros / 1e6);
}

static void put_limits(struct buf *b, struct metrics *m)
{
	static const char *const name[LIMITS] = {
		[LIMIT_CONNECTIONS] = "connections",
		[LIMIT_ADDRESS] = "address",
		[LIMIT_ORG] = "org",
		[LIMIT_FEED] = "feed",
	};

	head(b, "varsel_http_limited_total", "counter",
		"Connections cut and requests answered 429, by limit");
	for (size_t i = 0; i < LIMITS; i++)
		buf_printf(b, "varsel_http_limited_total{limit=\"%s\"} %" PRIuFAST64 "\n",
			name[i], m->limited[i]);
}

static void put_http(struct buf *b, struct metrics *m)
{
	one(b, "varsel_http_accepted_total", "counter", "Connections accepted",
		(int64_t)m->accepted);
	one(b, "varsel_http_cut_total", "counter", "Connections cut at a deadline",
		(int64_t)m->cut);
	one(b, "varsel_http_turned_away_total", "counter",
		"Requests answered 503 because the queue or the upload memory was full",
		(int64_t)m->turned_away);
	one(b, "varsel_http_connections", "gauge", "Connections open", m->connections);
	one(b, "varsel_http_requests", "gauge", "Requests begun and not answered yet",
		m->requests);
	one(b, "varsel_http_long_polls", "gauge", "Requests that wait for news",
		m->waiting);
	one(b, "varsel_http_streams", "gauge", "Answers that follow the events",
		m->streams);
	one(b, "varsel_http_upload_bytes", "gauge", "Memory reserved for request bodies",
		m->upload_bytes);
	one(b, "varsel_db_queue", "gauge", "Requests that wait for a database worker",
		m->queued);
	one(b, "varsel_db_working", "gauge", "Database workers at work", m->working);
}

enum err api_metrics(struct service *s, struct request *q, struct diag *d)
{
	struct buf *b = &q->res.body;

	(void)d;
	put_routes(b, s->metrics);
	put_http(b, s->metrics);
	put_limits(b, s->metrics);
	one(b, "varsel_log_leading", "gauge", "1 while this hub has the log",
		log_leading(s->core.log));
	one(b, "varsel_log_size", "gauge", "Entries of the published log",
		(int64_t)feed_size(s->feed));
	one(b, "varsel_log_signed_timestamp_seconds", "gauge",
		"When the checkpoint was signed last", feed_signed_at(s->feed));
	one(b, "varsel_root_version", "gauge", "Newest root document",
		feed_root_newest(s->feed));
	q->res.type = "text/plain; version=0.0.4; charset=utf-8";
	return buf_err(b);
}
