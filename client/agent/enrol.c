/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/enrol.h"

#include <stdlib.h>

#include "client/agent/apart.h"
#include "common/fields.h"
#include "common/file.h"
#include "common/json_in.h"
#include "common/note.h"
#include "common/request.h"
#include "common/root.h"

#define DEFAULT_CHANNEL "kommuner"

/* The hub's answer. */
struct answer {
	const char *name;
	const char *channel;
};

static const struct json_field answer_fields[] = {
	{"name", JSON_TEXT, offsetof(struct answer, name), 4 * ORG_NAME_MAX, true},
	{"channel", JSON_TEXT, offsetof(struct answer, channel), CHANNEL_MAX, true},
	{0},
};

/* Only the document whose hash came with the link. */
static enum err check_root(
	const struct enrolment *x, struct slice text, struct note *ret, struct diag *d)
{
	enum err e = note_parse(text, ret, d);
	struct hash h;

	if (e)
		return diag_at(d, e, "root document 1: ");
	h = hash_of(ret->text);
	if (!hash_same(&h, &x->link.root))
		return diag_fail(d, ERR_SIGNATURE,
			"root document 1 of %s is not the one that the link vouches for: "
			"do "
			"not go on, tell the coordinator",
			x->url);
	return OK;
}

/* In the child. */
static enum err fetch_root(void *ctx, FILE *out, struct diag *d)
{
	struct enrolment *x = ctx;
	CLEANUP_BUF struct buf note;
	struct note n;
	struct root root;
	enum err e;

	buf_init(&note, ROOT_MAX);
	e = hub_get(x->hub, "/v1/root/1", &note, d);
	if (e)
		return diag_at(d, e, "root document 1: ");
	e = check_root(x, buf_view(&note), &n, d);
	if (e)
		return e;
	e = root_open_first(buf_view(&note), &root, d);
	if (e)
		return diag_at(d, e, "root document 1: ");
	if (strcmp(root.hub, x->hub_name) != 0)
		return diag_fail(d, ERR_WRONG_HUB, "root document 1 is for %s, not %s",
			root.hub, x->hub_name);
	(void)fwrite(note.data, 1, note.len, out);
	return OK;
}

/* Whatever the child says, the hash decides. */
enum err enrol_root(
	struct enrolment *x, const struct config *c, const char *path, struct diag *d)
{
	CLEANUP_BUF struct buf text;
	struct note n;
	enum err e;

	buf_init(&text, ROOT_MAX);
	e = apart_run(c, 0, fetch_root, x, &text, d);
	if (e == OK)
		e = check_root(x, buf_view(&text), &n, d);
	return e ? e : file_write(path, buf_view(&text), 0644, d);
}

static enum err send_key(struct enrolment *x, struct buf *ret, struct diag *d)
{
	struct enrol_request r = {
		.hub = x->link.hub, .org = x->link.org, .issued = clock_now()};
	CLEANUP_BUF struct buf text, note;
	enum err e;

	buf_init(&text, REQUEST_NOTE_MAX);
	buf_init(&note, 2 * REQUEST_NOTE_MAX);
	r.link_hash = hash_of(slice_mem(x->link.secret, sizeof(x->link.secret)));
	r.key = x->sec.pub;
	enrol_request_put(&text, &r);
	note_begin(&note, buf_view(&text));
	e = note_sign(&note, buf_view(&text), &x->sec, 0, d);
	return e ? e
		 : hub_post(x->hub, "/v1/enrol", "text/plain", buf_view(&note), ret, d);
}

/* In the child. What the hub answers goes on as two lines, the channel and the name. */
static enum err register_key(void *ctx, FILE *out, struct diag *d)
{
	struct enrolment *x = ctx;
	CLEANUP_ARENA struct arena a;
	CLEANUP_BUF struct buf body;
	struct answer answer = {.channel = DEFAULT_CHANNEL};
	struct diag why;
	enum err e;

	arena_init(&a, 1u << 20);
	buf_init(&body, 65536);
	e = send_key(x, &body, d);
	if (e == OK)
		e = json_read_answer(buf_view(&body), answer_fields, &answer, &a, d);
	why = *d;
	/* the link may be used up by this very key, in a run whose answer got lost */
	if (e == ERR_FORBIDDEN &&
		hub_login(x->hub, x->hub_name, &x->sec, "feed", NULL, NULL, d) == OK)
		e = OK;
	if (e) {
		*d = why;
		return diag_at(d, e, "enrolment: ");
	}
	(void)fprintf(out, "%s\n%s\n", answer.channel, answer.name ? answer.name : "");
	return OK;
}

/* Both go into a file of root's, or on the screen. */
static enum err take_answer(struct enrolment *x, struct slice text, struct diag *d)
{
	struct slice channel, name;
	enum err e = text_check(text, d);

	if (e)
		return diag_at(d, e, "enrolment: the answer: ");
	if (!slice_cut(&text, '\n', &channel) || !slice_cut(&text, '\n', &name) ||
		text.n || channel.n == 0 || channel.n > CHANNEL_MAX ||
		name.n > 4 * ORG_NAME_MAX)
		return diag_fail(
			d, ERR_SYNTAX, "enrolment: the answer is no channel and no name");
	x->channel = strndup(channel.p, channel.n);
	x->name = strndup(name.p, name.n);
	return x->channel && x->name ? OK : diag_fail(d, ERR_NOMEM, "out of memory");
}

enum err enrol_enter(struct enrolment *x, const struct config *c, struct diag *d)
{
	CLEANUP_BUF struct buf text;
	enum err e;

	buf_init(&text, 65536);
	e = apart_run(c, 0, register_key, x, &text, d);
	return e ? e : take_answer(x, buf_view(&text), d);
}
