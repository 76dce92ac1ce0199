/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/words.h"

#include <inttypes.h>
#include <string.h>

#include "common/json_in.h"
#include "common/limits.h"

/* The fields of all kinds; each has some of them. */
struct told {
	int64_t id, orgs, size, report, accepted, known, lines, active, outputs, failed;
	int64_t rows, count, index;
	char *at, *change, *joined_by, *key, *org, *verb, *hold, *severity, *title;
};

#define NUM(name)                                                              \
	{                                                                      \
#name, JSON_NUM, offsetof(struct told, name), INT64_MAX, false \
	}
#define TEXT(name)                                                         \
	{                                                                  \
#name, JSON_TEXT, offsetof(struct told, name), 4096, false \
	}
static const struct json_field fields[] = {
	NUM(id),
	NUM(orgs),
	NUM(size),
	NUM(report),
	NUM(accepted),
	NUM(known),
	NUM(lines),
	NUM(active),
	NUM(outputs),
	NUM(failed),
	NUM(rows),
	NUM(count),
	NUM(index),
	TEXT(at),
	TEXT(change),
	TEXT(joined_by),
	TEXT(key),
	TEXT(org),
	TEXT(verb),
	TEXT(hold),
	TEXT(severity),
	TEXT(title),
	{0},
};

static const char *text(const char *t)
{
	return t ? t : "?";
}

/* "1 indicator", "3 indicators". */
static void put_count(struct buf *b, int64_t n, const char *one, const char *many)
{
	buf_printf(b, "%" PRId64 " %s", n, n == 1 ? one : many);
}

static void put_campaign(struct buf *b, const struct told *t)
{
	const char *change = text(t->change);

	buf_printf(b, "campaign %" PRId64 "%s: ", t->id,
		strcmp(change, "grown") == 0    ? " has grown"
		: strcmp(change, "closed") == 0 ? " is over"
						: "");
	put_count(b, t->orgs, "municipality", "municipalities");
	buf_puts(b, " reported or saw ");
	put_count(b, t->size, "indicator", "indicators");
	buf_printf(b, ", joined by %s %s", text(t->joined_by), text(t->key));
}

static void put_queue(struct buf *b, const struct told *t)
{
	buf_printf(b, "%s reported ", text(t->org));
	put_count(b, t->accepted, "indicator", "indicators");
	buf_printf(b, ", %" PRId64 " of them known (report %" PRId64 ")", t->known,
		t->report);
}

static void put_log(struct buf *b, const struct told *t)
{
	buf_printf(b, "decided: %s", text(t->verb));
	if (t->lines) {
		buf_puts(b, ", ");
		put_count(b, t->lines, "line", "lines");
	}
	buf_printf(b, " (entry %" PRId64 " of the log)", t->size - 1);
}

static void put_receipt(struct buf *b, const struct told *t)
{
	buf_printf(b, "%s enforces ", text(t->org));
	put_count(b, t->active, "indicator", "indicators");
	buf_printf(b, ", as of %" PRId64 " entries of the log", t->size);
	if (t->failed)
		buf_printf(b, "; %" PRId64 " of %" PRId64 " outputs failed", t->failed,
			t->outputs);
	if (t->hold)
		buf_printf(b, "; on hold: %s", t->hold);
}

static void put_sighting(struct buf *b, const struct told *t)
{
	buf_printf(b, "%s saw ", text(t->org));
	put_count(b, t->rows, "indicator", "indicators");
	buf_puts(b, ", ");
	put_count(b, t->count, "time", "times");
}

static void put_notice(struct buf *b, const struct told *t)
{
	if (strcmp(text(t->change), "withdrawn") == 0)
		buf_printf(
			b, "notice withdrawn (entry %" PRId64 " of the log)", t->index);
	else
		buf_printf(b, "notice, %s: %s", text(t->severity), text(t->title));
}

static const struct {
	const char *kind;
	void (*put)(struct buf *b, const struct told *t);
} kinds[] = {
	{"campaign", put_campaign},
	{"queue", put_queue},
	{"log", put_log},
	{"receipt", put_receipt},
	{"sighting", put_sighting},
	{"notice", put_notice},
};

enum err words_put(struct buf *b, const char *kind, struct slice data, struct diag *d)
{
	CLEANUP_ARENA struct arena a;
	struct told t = {0};
	size_t from = b->len;
	enum err e;

	arena_init(&a, (size_t)8 * EVENT_MAX);
	e = json_read_answer(data, fields, &t, &a, d);
	if (e)
		return e;
	buf_printf(b, "%s  ", text(t.at));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(kinds[i].kind, kind) != 0)
			continue;
		kinds[i].put(b, &t);
		for (size_t c = from; c < b->len; c++) /* a terminal obeys these */
			if ((unsigned char)b->data[c] < 0x20 || b->data[c] == 0x7f)
				b->data[c] = '?';
		return buf_err(b);
	}
	buf_printf(b, "%s: %.*s", kind, SLICE_ARG(data));
	return buf_err(b);
}
