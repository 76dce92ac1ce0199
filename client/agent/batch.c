/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/batch.h"

#include <stdlib.h>

#include "common/fields.h"

#define BATCH_MAX ((size_t)1 << 30) /* bytes of all lines */

void batch_init(struct batch *b)
{
	*b = (struct batch){.tlp = TLP_AMBER};
	arena_init(&b->arena, BATCH_MAX);
	buf_init(&b->text, 2 * INPUT_LINE_MAX);
	buf_init(&b->value, VALUE_MAX);
	buf_init(&b->again, VALUE_MAX);
}

void batch_done(struct batch *b)
{
	free(b->line);
	free(b->slot);
	arena_done(&b->arena);
	buf_done(&b->text);
	buf_done(&b->value);
	buf_done(&b->again);
	*b = (struct batch){0};
}

/* "kind value" of a finished line. */
static struct slice key_of(struct slice text)
{
	size_t n = 0, blanks = 0;

	while (n < text.n && text.p[n] != '\n' && (blanks += text.p[n] == ' ') < 2)
		n++;
	return (struct slice){text.p, n};
}

/* FNV-1a: good enough, for the worst that a chosen input can do is slow its own push. */
static size_t hash_key(struct slice key)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (unsigned char)key.p[i]) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 32);
}

static uint32_t *find(struct batch *b, struct slice key)
{
	size_t i = hash_key(key) & (b->slots - 1);

	while (b->slot[i] && !slice_same(key_of(b->line[b->slot[i] - 1].text), key))
		i = (i + 1) & (b->slots - 1);
	return &b->slot[i];
}

/* Room for one line more; the table is at most half full. */
static enum err grow(struct batch *b)
{
	size_t cap = b->cap ? b->cap * 2 : 1024;
	struct batch_line *line;
	uint32_t *slot;

	if (b->n < b->cap)
		return OK;
	line = reallocarray(b->line, cap, sizeof(*line));
	if (!line)
		return ERR_NOMEM;
	b->line = line;
	slot = calloc(cap * 2, sizeof(*slot));
	if (!slot)
		return ERR_NOMEM;
	free(b->slot);
	b->slot = slot;
	b->slots = cap * 2;
	b->cap = cap;
	for (size_t i = 0; i < b->n; i++)
		*find(b, key_of(b->line[i].text)) = (uint32_t)i + 1;
	return OK;
}

static void put_attribute(struct buf *b, const char *name, struct slice value)
{
	if (value.n == 0)
		return;
	buf_printf(b, " %s=", name);
	buf_slice(b, value);
}

/* A field of a row must not be able to smuggle in another one. */
static enum err one_word(const char *name, struct slice s, struct diag *d)
{
	size_t line;

	if (!text_is_clean(s, &line))
		return diag_fail(d, ERR_VALUE,
			"%s: not UTF-8 text without control characters", name);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ' ' || s.p[i] == '\n')
			return diag_fail(d, ERR_VALUE, "%s \"%.*s\": holds a blank", name,
				s.n > 80 ? 80 : (int)s.n, s.p);
	return OK;
}

static enum err check_words(const struct input_row *row, struct diag *d)
{
	enum err e = one_word("kind", row->kind, d);

	if (e == OK)
		e = one_word("action", row->action, d);
	if (e == OK)
		e = one_word("confidence", row->confidence, d);
	if (e == OK)
		e = one_word("seen", row->seen, d);
	if (e == OK)
		e = one_word("tlp", row->tlp, d);
	return e ? e : one_word("tag", row->tag, d);
}

/* Writes the row as a line of a report into b->text and reads it back with the parser
 * that the hub uses, so that what passes here passes there. */
static enum err compose(
	struct batch *b, const struct input_row *row, struct line *ret, struct diag *d)
{
	const struct kind *kind = NULL;
	struct slice value;
	enum err e = check_words(row, d);

	if (e)
		return e;
	buf_reset(&b->again);
	refang(row->value, &b->again);
	value = buf_view(&b->again);
	e = one_word("value", value, d);
	if (e)
		return e;
	if (row->kind.n == 0) {
		buf_reset(&b->value);
		e = kind_recognise(value, &kind, &b->value, d);
		if (e)
			return e;
	}
	buf_reset(&b->text);
	buf_slice(&b->text, kind ? slice_of(kind->name) : row->kind);
	buf_putc(&b->text, ' ');
	buf_slice(&b->text, value);
	if (row->action.n) {
		buf_putc(&b->text, ' ');
		buf_slice(&b->text, row->action);
	}
	put_attribute(&b->text, "tlp", row->tlp);
	put_attribute(&b->text, "confidence", row->confidence);
	put_attribute(&b->text, "seen", row->seen);
	put_attribute(&b->text, "tag", row->tag);
	if (buf_err(&b->text))
		return diag_fail(d, ERR_LIMIT, "over %d bytes", INPUT_LINE_MAX);
	e = line_parse(LINE_REPORT, buf_view(&b->text), &b->value, ret, d);
	if (e == ERR_NOT_FOUND)
		e = ERR_VALUE;
	if (e == OK && !ret->action_given && b->action_given &&
		(b->action == ACTION_WATCH || ret->kind->blockable)) {
		ret->action = b->action;
		ret->action_given = true;
	}
	return e;
}

static void merge(const struct batch *b, struct line *into, const struct line *x)
{
	enum tlp old = into->tlp ? into->tlp : b->tlp, new_ = x->tlp ? x->tlp : b->tlp;

	if (new_ > old)
		into->tlp = new_;
	if (x->action_given && (!into->action_given || x->action == ACTION_BLOCK)) {
		into->action = x->action;
		into->action_given = true;
	}
	if (x->confidence > into->confidence)
		into->confidence = x->confidence;
	if (x->seen > into->seen)
		into->seen = x->seen;
	for (size_t i = 0; i < x->ntags; i++) {
		bool there = false;

		for (size_t k = 0; k < into->ntags; k++)
			there |= slice_same(into->tags[k], x->tags[i]);
		if (!there && into->ntags < TAGS_MAX)
			into->tags[into->ntags++] = x->tags[i];
	}
}

static enum err store(struct batch *b, const struct line *l, struct batch_line *at)
{
	CLEANUP_BUF struct buf text;
	char *copy;

	buf_init(&text, 2 * INPUT_LINE_MAX);
	line_put(&text, LINE_REPORT, l);
	copy = buf_err(&text) ? NULL : arena_dup(&b->arena, buf_view(&text));
	if (!copy)
		return ERR_NOMEM;
	at->text = (struct slice){copy, text.len};
	return OK;
}

enum err batch_add(struct batch *b, const struct input_row *row, struct diag *d)
{
	CLEANUP_BUF struct buf key = {.max = INPUT_LINE_MAX};
	struct line l, old;
	uint32_t *slot;
	enum err e = compose(b, row, &l, d);

	if (e)
		return e;
	if (grow(b))
		return diag_fail(d, ERR_NOMEM, "out of memory");
	buf_printf(&key, "%s ", l.kind->name);
	buf_slice(&key, l.value);
	slot = find(b, buf_view(&key));
	if (*slot) {
		struct batch_line *at = &b->line[*slot - 1];
		struct slice text = {at->text.p, at->text.n - 1};

		b->merged++;
		buf_reset(&b->again);
		e = line_parse(LINE_REPORT, text, &b->again, &old, d);
		if (e)
			return diag_at(d, ERR_INTERNAL, "line read twice: ");
		merge(b, &old, &l);
		e = store(b, &old, at);
	} else {
		e = store(b, &l, &b->line[b->n]);
		if (e == OK) {
			b->line[b->n].source = row->line;
			*slot = (uint32_t)++b->n;
		}
	}
	return e ? diag_fail(d, e, "%s", err_text(e)) : OK;
}

size_t batch_report(
	const struct batch *b, size_t from, const struct report *head, struct buf *text)
{
	size_t i = from;

	report_put_header(text, head);
	while (i < b->n && i - from < REPORT_LINES &&
		text->len + b->line[i].text.n <= REPORT_MAX)
		buf_slice(text, b->line[i++].text);
	return i;
}
