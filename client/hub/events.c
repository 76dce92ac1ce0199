/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/hub/events.h"

#include <string.h>

#include "common/clock.h"
#include "common/limits.h"

#define TEXT_MAX (EVENT_MAX * 2)

void events_in_init(struct events_in *in, int64_t last,
	bool (*each)(void *ctx, const struct hub_event *ev), void *ctx)
{
	*in = (struct events_in){.each = each, .ctx = ctx, .last = last};
	buf_init(&in->line, TEXT_MAX);
	buf_init(&in->data, TEXT_MAX);
	events_in_again(in);
}

void events_in_done(struct events_in *in)
{
	buf_done(&in->line);
	buf_done(&in->data);
}

static void forget(struct events_in *in)
{
	in->id = -1;
	in->kind[0] = '\0';
	buf_reset(&in->data);
}

void events_in_again(struct events_in *in)
{
	forget(in);
	buf_reset(&in->line);
	in->failed = false;
}

/* An empty line: the event is complete. One without data only moves the place. */
static bool complete(struct events_in *in)
{
	struct hub_event ev = {in->kind[0] ? in->kind : "message", buf_view(&in->data)};
	bool more = true;

	if (ev.data.n)
		more = in->each(in->ctx, &ev);
	if (in->id >= 0)
		in->last = in->id;
	forget(in);
	return more;
}

static void take_field(struct events_in *in, struct slice name, struct slice value)
{
	if (slice_starts(value, " "))
		value = (struct slice){value.p + 1, value.n - 1};
	if (slice_is(name, "id")) {
		if (number_parse(value, &in->id, NULL))
			in->id = -1;
	} else if (slice_is(name, "event") && value.n < sizeof(in->kind)) {
		memcpy(in->kind, value.p, value.n);
		in->kind[value.n] = '\0';
	} else if (slice_is(name, "data")) {
		if (in->data.len)
			buf_putc(&in->data, '\n');
		buf_slice(&in->data, value);
	}
}

static bool take_line(struct events_in *in)
{
	struct slice value = buf_view(&in->line), name;

	if (value.n && value.p[value.n - 1] == '\r')
		value.n--;
	if (value.n == 0)
		return complete(in);
	(void)slice_cut(&value, ':', &name); /* a comment's name is empty */
	take_field(in, name, value);
	return true;
}

bool events_in_take(void *ctx, struct slice bytes)
{
	struct events_in *in = ctx;
	bool more = true;

	for (size_t i = 0; more && i < bytes.n; i++) {
		if (bytes.p[i] != '\n') {
			buf_putc(&in->line, bytes.p[i]);
			continue;
		}
		if (buf_err(&in->line) || buf_err(&in->data))
			break;
		more = take_line(in);
		buf_reset(&in->line);
	}
	in->failed = buf_err(&in->line) || buf_err(&in->data);
	return more && !in->failed;
}
