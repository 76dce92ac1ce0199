/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/notices.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/agent/apart.h"
#include "client/agent/enforce.h"
#include "client/agent/standing.h"
#include "client/feed/feed.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/json_in.h"
#include "common/json_out.h"
#include "common/note.h"
#include "common/notice.h"

#define MEMORY   "notices"
#define HEAD     "varsel-notices 1"
#define SHOWN    64 /* the newest; more do not matter any more */
#define LIST_MAX (32u << 20)
#define FILE_MAX (1u << 20)
#define NEWS     (30 * 86400) /* older ones are nothing to wake somebody for */
#define PATIENCE 30

void notices_done(struct notices *x)
{
	free(x->n);
	arena_done(&x->arena);
	*x = (struct notices){0};
}

static enum err no_memory(struct diag *d)
{
	return diag_fail(d, ERR_NOMEM, "out of memory");
}

static struct notice *add(struct notices *x)
{
	struct notice *more = reallocarray(x->n, x->count + 1, sizeof(*more));

	if (!more)
		return NULL;
	x->n = more;
	more[x->count] = (struct notice){0};
	return &more[x->count++];
}

/* In the child. */
struct listing {
	const struct config *conf;
	const struct feed *feed;
	struct buf out;
	size_t n;
};

static void put_signers(
	const struct feed *f, const struct feed_statement *st, struct buf *b)
{
	const char *who[ROOT_KEYS];
	size_t n = feed_signers(f, st, who);

	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%s", i ? " and " : "", who[i]);
}

static enum err put_one(
	void *ctx, const struct feed_statement *s, struct slice text, struct diag *d)
{
	CLEANUP_BUF struct buf title = {.max = 4 * NOTICE_TITLE},
			       safe = {.max = 2 * NOTICE_MAX},
			       signers = {.max = ROOT_KEYS * KEY_NAME_MAX * 2};
	struct listing *x = ctx;
	struct json_out j;
	char hex[HASH_HEX];

	(void)d;
	if (x->n++ >= SHOWN)
		return OK;
	notice_put_title(&title, text);
	notice_put(&safe, text);
	put_signers(x->feed, s, &signers);
	hash_hex(&s->id, hex);
	json_put_begin(&j, &x->out);
	json_put_object(&j, NULL);
	json_put_str(&j, "id", hex);
	json_put_str(&j, "severity", severity_name(s->st.severity));
	json_put_num(&j, "issued", s->st.issued);
	json_put_text(&j, "title", buf_view(&title));
	json_put_text(&j, "text", buf_view(&safe));
	json_put_text(&j, "signers", buf_view(&signers));
	json_put_object_end(&j);
	buf_putc(&x->out, '\n');
	return OK;
}

static enum err list(void *ctx, FILE *out, struct diag *d)
{
	struct listing *x = ctx;
	struct feed *f = NULL;
	char *dir = config_state(x->conf, "feed");
	enum err e = dir ? feed_open(dir, x->conf->root, x->conf->channel, &f, d)
			 : no_memory(d);

	buf_init(&x->out, LIST_MAX);
	x->feed = f;
	if (e == OK)
		e = feed_notices(f, clock_now(), put_one, x, d);
	if (e == OK && buf_err(&x->out))
		e = diag_fail(
			d, buf_err(&x->out), "notices: %s", err_text(buf_err(&x->out)));
	if (e == OK && x->out.len)
		(void)fwrite(x->out.data, 1, x->out.len, out);
	buf_done(&x->out);
	feed_close(&f);
	free(dir);
	return e;
}

/* What comes out of there is believed as little as what went in. */
struct row {
	char *id, *severity, *title, *text, *signers;
	int64_t issued;
};

#define AT(field) offsetof(struct row, field)
static const struct json_field fields[] = {
	{"id", JSON_TEXT, AT(id), HASH_HEX, true},
	{"severity", JSON_TEXT, AT(severity), 16, true},
	{"issued", JSON_NUM, AT(issued), INT64_MAX, true},
	{"title", JSON_TEXT, AT(title), 4 * NOTICE_TITLE, true},
	{"text", JSON_TEXT, AT(text), 2 * NOTICE_MAX, true},
	{"signers", JSON_TEXT, AT(signers), ROOT_KEYS *KEY_NAME_MAX * 2, true},
	{0},
};
#undef AT

static char *safe(struct arena *a, const char *text, bool one_line)
{
	CLEANUP_BUF struct buf b;
	char *copy;

	buf_init(&b, 2 * NOTICE_MAX);
	notice_put(&b, slice_of(text));
	copy = arena_dup(a, buf_view(&b));
	for (char *p = copy; p && one_line && *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	return copy;
}

static enum err take_row(struct notices *x, const struct row *r, struct diag *d)
{
	struct notice *n = add(x);
	enum err e;

	if (!n)
		return no_memory(d);
	e = hash_parse(slice_of(r->id), &n->id, d);
	if (e == OK)
		e = severity_parse(r->severity, &n->severity, d);
	if (e)
		return e;
	n->issued = r->issued;
	n->title = safe(&x->arena, r->title, true);
	n->text = safe(&x->arena, r->text, false);
	n->signers = safe(&x->arena, r->signers, true);
	return n->title && n->text && n->signers ? OK : no_memory(d);
}

enum err notices_list(const struct config *c, struct notices *ret, struct diag *d)
{
	struct listing x = {.conf = c};
	CLEANUP_BUF struct buf out;
	struct slice rest, line;
	enum err e;

	*ret = (struct notices){0};
	arena_init(&ret->arena, 8 * (size_t)LIST_MAX);
	buf_init(&out, LIST_MAX);
	e = apart_run(c, 0, list, &x, &out, d);
	rest = buf_view(&out);
	while (e == OK && rest.n) {
		struct row r = {0};

		(void)slice_cut(&rest, '\n', &line);
		e = json_read_object(line, fields, &r, &ret->arena, d);
		if (e == OK)
			e = take_row(ret, &r, d);
		if (e && e != ERR_NOMEM)
			e = diag_at(d, ERR_INTERNAL, "the list of notices: ");
	}
	return e;
}

/* HASH read|unread SEVERITY ISSUED TITLE */
static enum err read_line(struct notices *x, struct slice line)
{
	struct slice id, state, severity, issued;
	struct notice *n = add(x);
	char word[16];

	if (!n)
		return ERR_NOMEM;
	if (!slice_cut(&line, ' ', &id) || !slice_cut(&line, ' ', &state) ||
		!slice_cut(&line, ' ', &severity) || !slice_cut(&line, ' ', &issued) ||
		hash_parse(id, &n->id, NULL) || number_parse(issued, &n->issued, NULL))
		return ERR_SYNTAX;
	(void)snprintf(word, sizeof(word), "%.*s", SLICE_ARG(severity));
	if (severity_parse(word, &n->severity, NULL))
		return ERR_SYNTAX;
	n->read = slice_is(state, "read");
	n->title = arena_dup(&x->arena, line);
	return n->title ? OK : ERR_NOMEM;
}

enum err notices_load(const struct config *c, struct notices *ret, struct diag *d)
{
	CLEANUP_BUF struct buf b = {.max = FILE_MAX};
	char *path = config_state(c, MEMORY);
	struct slice text, line;
	enum err e = path ? file_read(path, &b, d) : no_memory(d);

	free(path);
	*ret = (struct notices){0};
	arena_init(&ret->arena, FILE_MAX);
	if (e == ERR_NOT_FOUND) {
		d->text[0] = '\0';
		return OK;
	}
	if (e)
		return e;
	text = buf_view(&b);
	if (slice_cut(&text, '\n', &line) && slice_is(line, HEAD))
		while (e == OK && text.n) {
			(void)slice_cut(&text, '\n', &line);
			e = read_line(ret, line);
		}
	if (e == ERR_SYNTAX) {
		notices_done(ret);
		e = OK;
	}
	return e ? no_memory(d) : OK;
}

enum err notices_save(const struct config *c, const struct notices *x, struct diag *d)
{
	CLEANUP_BUF struct buf b = {.max = FILE_MAX};
	char *path = config_state(c, MEMORY), hex[HASH_HEX];
	enum err e;

	buf_puts(&b, HEAD "\n");
	for (size_t i = 0; i < x->count; i++) {
		const struct notice *n = &x->n[i];

		hash_hex(&n->id, hex);
		buf_printf(&b, "%s %s %s %" PRId64 " %s\n", hex,
			n->read ? "read" : "unread", severity_name(n->severity),
			n->issued, n->title);
	}
	e = path && !buf_err(&b) ? file_write(path, buf_view(&b), 0600, d) : no_memory(d);
	free(path);
	return e;
}

static const struct notice *find(const struct notices *x, const struct hash *id)
{
	for (size_t i = 0; i < x->count; i++)
		if (hash_same(&x->n[i].id, id))
			return &x->n[i];
	return NULL;
}

enum err notices_settle(const struct config *c, struct notices *x,
	void (*fresh)(const struct config *c, const struct notice *n), struct diag *d)
{
	struct notices known;
	enum err e = notices_load(c, &known, d);
	bool same = e == OK && known.count == x->count;
	int64_t oldest = clock_now() - NEWS;

	for (size_t i = e ? 0 : x->count; i > 0; i--) {
		struct notice *n = &x->n[i - 1];
		const struct notice *was = find(&known, &n->id);

		n->read = was && was->read;
		same = same && was;
		if (!was && fresh && n->issued >= oldest)
			fresh(c, n);
	}
	/* behind it: rather twice than never, were we killed in between */
	if (e == OK && fresh && !same)
		e = notices_save(c, x, d);
	notices_done(&known);
	return e;
}

static void pass_on(const struct config *c, const struct notice *n)
{
	char text[DIAG_MAX];

	(void)snprintf(text, sizeof(text), "notice (%s): %.400s; varsel notices shows it",
		severity_name(n->severity), n->title);
	notify(c, text);
}

void notices_tell(const struct config *c)
{
	CLEANUP_FD int lock = -1;
	struct notices x = {0};
	struct diag d = {""};
	enum err e = notices_list(c, &x, &d);

	if (e == OK)
		e = standing_lock(c, PATIENCE, &lock, &d);
	if (e == OK)
		e = notices_settle(c, &x, pass_on, &d);
	if (e)
		cli_warn("notices: %s", d.text);
	notices_done(&x);
}
