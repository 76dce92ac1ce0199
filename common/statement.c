/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/statement.h"

#define MAGIC "varsel/statement/v1"

static const char *const verbs[VERB_COUNT] = {
	[VERB_APPROVE] = "approve",
	[VERB_REVOKE] = "revoke",
	[VERB_VOID] = "void",
	[VERB_ATTEST] = "attest",
	[VERB_NOTICE] = "notice",
};

static const char *const severities[] = {
	[SEVERITY_INFO] = "info",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_CRITICAL] = "critical",
};

const char *verb_name(enum verb v)
{
	return verbs[v];
}

bool verb_is_voidable(enum verb v)
{
	return v == VERB_APPROVE || v == VERB_NOTICE;
}

const char *severity_name(enum severity s)
{
	return severities[s];
}

enum err severity_parse(const char *text, enum severity *ret, struct diag *d)
{
	for (int i = 0; i <= SEVERITY_CRITICAL; i++)
		if (strcmp(text, severities[i]) == 0) {
			*ret = (enum severity)i;
			return OK;
		}
	return diag_fail(
		d, ERR_USAGE, "severity \"%s\": it is info, warning or critical", text);
}

/* Reads a field that is one of `n` words; its index. */
static int fields_word(
	struct fields *f, const char *name, const char *const *words, int n)
{
	struct slice text;

	fields_text(f, name, INPUT_LINE_MAX, &text);
	if (fields_err(f))
		return 0;
	for (int i = 0; i < n; i++)
		if (slice_is(text, words[i]))
			return i;
	f->err = diag_value(f->d, ERR_SYNTAX, name, text, "unknown");
	(void)diag_at(f->d, f->err, "line %zu: ", f->line - 1);
	return 0;
}

static void fields_count(struct fields *f, const char *name, int64_t max, int64_t *ret)
{
	fields_number(f, name, ret);
	if (!fields_err(f) && (*ret < 1 || *ret > max))
		fields_fail(f, ERR_LIMIT, "field \"%s\": %lld, 1 to %lld", name,
			(long long)*ret, (long long)max);
}

/* An approval has an end, not too far away; a revocation is remembered for so long that
 * every approval it can hit has ended before it is forgotten. */
static void parse_expires(struct fields *f, struct statement *s)
{
	int64_t run;

	fields_time(f, "expires", &s->expires);
	if (fields_err(f))
		return;
	run = s->expires - s->issued;
	if (s->verb == VERB_REVOKE && run != REVOKE_REMEMBERED)
		fields_fail(f, ERR_SYNTAX,
			"field \"expires\": a revoke's is exactly %d days behind issued",
			REVOKE_REMEMBERED / 86400);
	else if (run <= 0)
		fields_fail(
			f, ERR_SYNTAX, "field \"expires\": not later than \"issued\"");
	else if (run > LIFETIME_MAX)
		fields_fail(f, ERR_LIMIT,
			"field \"expires\": over %d days behind \"issued\"",
			LIFETIME_MAX / 86400);
}

static void parse_verb(struct fields *f, struct statement *s)
{
	switch (s->verb) {
	case VERB_APPROVE:
	case VERB_REVOKE:
		parse_expires(f, s);
		fields_hash(f, "bundle", &s->bundle);
		fields_count(f, "bytes", BUNDLE_MAX, &s->bytes);
		fields_count(f, "count", BUNDLE_LINES, &s->count);
		break;
	case VERB_VOID:
		fields_hash(f, "statement", &s->target);
		break;
	case VERB_ATTEST:
		fields_number(f, "size", &s->size);
		fields_hash(f, "root", &s->root);
		break;
	case VERB_NOTICE:
		fields_hash(f, "bundle", &s->bundle);
		fields_count(f, "bytes", NOTICE_MAX, &s->bytes);
		s->severity = (enum severity)fields_word(
			f, "severity", severities, SEVERITY_CRITICAL + 1);
		break;
	case VERB_COUNT:
		break;
	}
}

enum err statement_parse(struct slice text, struct statement *ret, struct diag *d)
{
	struct statement s = {0};
	struct slice log = {0};
	struct fields f;

	if (text.n > STATEMENT_MAX)
		return diag_fail(d, ERR_LIMIT, "statement: %zu bytes, at most %u", text.n,
			STATEMENT_MAX);
	fields_begin(&f, text, MAGIC, d);
	fields_text(&f, "log", sizeof(s.log) - 1, &log);
	fields_time(&f, "issued", &s.issued);
	s.verb = (enum verb)fields_word(&f, "verb", verbs, VERB_COUNT);
	if (!fields_err(&f))
		parse_verb(&f, &s);
	if (fields_end(&f))
		return fields_err(&f);
	memcpy(s.log, log.p, log.n);
	*ret = s;
	return OK;
}

int64_t statement_end(const struct statement *s)
{
	switch (s->verb) {
	case VERB_APPROVE:
	case VERB_REVOKE:
		return s->expires;
	case VERB_VOID:
		/* an approve made before it has ended by then */
	case VERB_ATTEST:
		/* no root lets one be older */
		return s->issued + REVOKE_REMEMBERED;
	case VERB_NOTICE:
		return s->issued + NOTICE_SHOWN;
	default:
		return INT64_MAX;
	}
}

static void put_hash(struct buf *b, const char *name, const struct hash *h)
{
	buf_printf(b, "%s ", name);
	buf_hex(b, h->b, sizeof(h->b));
	buf_putc(b, '\n');
}

void statement_put(struct buf *b, const struct statement *s)
{
	buf_printf(b, MAGIC "\nlog %s\nissued ", s->log);
	clock_put(b, s->issued);
	buf_printf(b, "\nverb %s\n", verbs[s->verb]);
	if (s->verb == VERB_VOID) {
		put_hash(b, "statement", &s->target);
		return;
	}
	if (s->verb == VERB_ATTEST) {
		buf_printf(b, "size %lld\n", (long long)s->size);
		put_hash(b, "root", &s->root);
		return;
	}
	if (s->verb != VERB_NOTICE) {
		buf_puts(b, "expires ");
		clock_put(b, s->expires);
		buf_putc(b, '\n');
	}
	put_hash(b, "bundle", &s->bundle);
	buf_printf(b, "bytes %lld\n", (long long)s->bytes);
	if (s->verb == VERB_NOTICE)
		buf_printf(b, "severity %s\n", severities[s->severity]);
	else
		buf_printf(b, "count %lld\n", (long long)s->count);
}

bool statement_is_of(const struct statement *s, const char *origin)
{
	const char *end = origin;
	size_t n;

	if (s->verb == VERB_ATTEST)
		return strcmp(s->log, origin) == 0;
	for (int i = 0; end && i < 3; i++)
		end = strchr(i ? end + 1 : end, '/');
	n = end ? (size_t)(end - origin) : strlen(origin);
	return strncmp(s->log, origin, n) == 0 && (!s->log[n] || s->log[n] == '/');
}
