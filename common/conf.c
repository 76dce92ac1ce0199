/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/conf.h"

#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/utf8.h"

#define FILE_MAX (1u << 20)

/* libconfuse hands each value over as text; what it means is decided here, so that a
 * refusal can name the line on which it stands. */
struct given {
	const char *name; /* the option's, owned by libconfuse */
	int line;
	char *text;
};

/* libconfuse's callbacks carry no context. Configuration is read at start, by one thread.
 */
static struct parsing {
	const char *path;
	struct diag *d;
	bool failed;   /* the first error stands in *d */
	bool repeated; /* a value was thrown away for a later one: */
	char name[64]; /* whose, */
	int line;      /* and where it stood */
} parse;

static void __attribute__((format(printf, 2, 0)))
on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[DIAG_MAX];

	if (parse.failed)
		return;
	parse.failed = true;
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	(void)diag_fail(
		parse.d, ERR_CONFIG, "%s:%d: %s", parse.path, cfg ? cfg->line : 0, text);
}

static int on_value(cfg_t *cfg, cfg_opt_t *opt, const char *text, void *result)
{
	struct given *g;

	if (parse.repeated) {
		cfg_error(cfg, "option \"%s\" is set again (first in line %d)",
			parse.name, parse.line);
		return -1;
	}
	g = malloc(sizeof(*g));
	if (!g)
		return -1;
	*g = (struct given){opt->name, cfg->line, strdup(text)};
	if (!g->text) {
		free(g);
		return -1;
	}
	*(void **)result = g;
	return 0;
}

/* While parsing, libconfuse drops a value only because another assignment replaces it. */
static void on_drop(void *value)
{
	struct given *g = value;

	if (!parse.repeated) {
		parse.repeated = true;
		parse.line = g->line;
		(void)snprintf(parse.name, sizeof(parse.name), "%s", g->name);
	}
	free(g->text);
	free(g);
}

static enum err set_number(
	const struct conf_option *o, const char *text, int64_t *ret, struct diag *d)
{
	int64_t v;
	enum err e = o->type == CONF_DURATION ? clock_duration(slice_of(text), &v, d)
					      : number_parse(slice_of(text), &v, d);

	if (e)
		return e;
	if ((o->min || o->max) && (v < o->min || v > o->max))
		return diag_fail(d, ERR_CONFIG, "%s is not between %lld and %lld%s", text,
			(long long)o->min, (long long)o->max,
			o->type == CONF_DURATION ? " seconds" : "");
	*ret = v;
	return OK;
}

static enum err set_bool(const char *text, bool *ret, struct diag *d)
{
	int v = cfg_parse_boolean(text);

	if (v < 0)
		return diag_fail(d, ERR_CONFIG, "\"%s\" is not true or false", text);
	*ret = v != 0;
	return OK;
}

static enum err add_item(struct conf_list *list, struct slice text, struct diag *d)
{
	char **grown = reallocarray(list->item, list->n + 1, sizeof(*grown));
	char *copy = strndup(text.p, text.n);

	if (grown)
		list->item = grown;
	if (!grown || !copy) {
		free(copy);
		return diag_fail(d, ERR_NOMEM, "out of memory");
	}
	list->item[list->n++] = copy;
	return OK;
}

/* Sets the option from one text; of a list, adds one item. */
static enum err set_one(
	const struct conf_option *o, const char *text, void *into, struct diag *d)
{
	void *at = (char *)into + o->offset;

	switch (o->type) {
	case CONF_NUMBER:
	case CONF_DURATION:
		return set_number(o, text, at, d);
	case CONF_BOOL:
		return set_bool(text, at, d);
	case CONF_LIST:
		return add_item(at, slice_of(text), d);
	case CONF_TEXT:
		break;
	}
	if (o->required && !*text)
		return diag_fail(d, ERR_CONFIG, "empty");
	*(char **)at = strdup(text);
	return *(char **)at ? OK : diag_fail(d, ERR_NOMEM, "out of memory");
}

static enum err set_fallback(const struct conf_option *o, void *into, struct diag *d)
{
	struct slice rest = slice_of(o->fallback), item;
	enum err e = OK;

	if (o->type != CONF_LIST)
		return set_one(o, o->fallback, into, d);
	while (!e && rest.n) {
		(void)slice_cut(&rest, ' ', &item);
		if (item.n)
			e = add_item((void *)((char *)into + o->offset), item, d);
	}
	return e;
}

static enum err missing(cfg_t *cfg, const struct conf_option *o, struct diag *d)
{
	const char *title = cfg_title(cfg);

	(void)diag_fail(d, ERR_CONFIG, "option \"%s\" is missing", o->name);
	if (title)
		(void)diag_at(d, ERR_CONFIG, "%s %s: ", cfg_name(cfg), title);
	return diag_at(d, ERR_CONFIG, "%s: ", parse.path);
}

static enum err fill(
	cfg_t *cfg, const struct conf_option *options, void *into, struct diag *d)
{
	enum err e = OK;

	for (const struct conf_option *o = options; !e && o->name; o++) {
		cfg_opt_t *opt = cfg_getopt(cfg, o->name);

		for (unsigned i = 0; !e && i < cfg_opt_size(opt); i++) {
			const struct given *g = cfg_opt_getnptr(opt, i);

			e = set_one(o, g->text, into, d);
			if (e)
				(void)diag_at(d, e, "%s:%d: option \"%s\": ", parse.path,
					g->line, o->name);
		}
		/* an empty list that was given is not one that was left out */
		if (e || (opt->flags & CFGF_MODIFIED))
			continue;
		if (o->required)
			e = missing(cfg, o, d);
		else if (o->fallback)
			e = set_fallback(o, into, d);
	}
	return e;
}

static enum err fill_section(
	cfg_t *sec, const struct conf_section *s, void *into, struct diag *d)
{
	void *one = calloc(1, s->size);
	enum err e;

	if (!one)
		return diag_fail(d, ERR_NOMEM, "%s: out of memory", parse.path);
	e = fill(sec, s->options, one, d);
	if (e)
		conf_free(s->options, one);
	else if ((e = s->add(into, cfg_title(sec), one, d)) != OK)
		(void)diag_at(d, e, "%s: ", parse.path);
	free(one);
	return e;
}

static size_t count(const struct conf_option *o)
{
	size_t n = 0;

	while (o[n].name)
		n++;
	return n;
}

/* libconfuse's table for ours, with room for `more` and the end; the caller frees. */
static cfg_opt_t *make_options(const struct conf_option *o, size_t more)
{
	cfg_opt_t *opts = calloc(count(o) + more + 1, sizeof(*opts));

	for (size_t i = 0; opts && o[i].name; i++) {
		opts[i].name = o[i].name;
		opts[i].type = CFGT_PTR;
		opts[i].flags = CFGF_NODEFAULT;
		if (o[i].type == CONF_LIST)
			opts[i].flags |= CFGF_LIST;
		opts[i].parsecb = on_value;
		opts[i].freecb = on_drop;
	}
	return opts;
}

static cfg_t *make_parser(
	const struct conf_option *options, const struct conf_section *sections)
{
	size_t nsections = 0, n = count(options);
	cfg_opt_t *opts;
	cfg_t *cfg = NULL;
	bool ok;

	while (sections && sections[nsections].name)
		nsections++;
	opts = make_options(options, nsections);
	ok = opts != NULL;
	for (size_t i = 0; ok && i < nsections; i++) {
		opts[n + i].name = sections[i].name;
		opts[n + i].type = CFGT_SEC;
		opts[n + i].flags = CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES;
		opts[n + i].subopts = make_options(sections[i].options, 0);
		ok = opts[n + i].subopts != NULL;
	}
	if (ok)
		cfg = cfg_init(opts, CFGF_NONE); /* copies the tables */
	for (size_t i = 0; opts && i < nsections; i++)
		free(opts[n + i].subopts);
	free(opts);
	return cfg;
}

/* What libconfuse's lexer would stumble over or let through. */
static enum err check_text(struct slice text, struct diag *d)
{
	size_t bad = utf8_check(text), line = 1;

	if (bad == text.n && text.n && memchr(text.p, '\0', text.n))
		bad = strlen(text.p);
	if (bad == text.n)
		return OK;
	for (size_t i = 0; i < bad; i++)
		line += text.p[i] == '\n';
	return diag_fail(
		d, ERR_CONFIG, "%s:%zu: a byte that is not text", parse.path, line);
}

static enum err parse_text(cfg_t *cfg, const char *text, struct diag *d)
{
	(void)cfg_set_error_function(cfg, on_error);
	if (cfg_parse_buf(cfg, text) != CFG_SUCCESS || parse.failed)
		return parse.failed ? ERR_CONFIG
				    : diag_fail(d, ERR_CONFIG, "%s:%d: not understood",
					      parse.path, cfg->line);
	if (parse.repeated) /* by an empty list, for which on_value() is not called */
		return diag_fail(d, ERR_CONFIG,
			"%s:%d: option \"%s\" is set again further down", parse.path,
			parse.line, parse.name);
	return OK;
}

enum err conf_load(const char *path, const struct conf_option *options,
	const struct conf_section *sections, void *into, struct diag *d)
{
	CLEANUP_BUF struct buf text;
	cfg_t *cfg;
	enum err e;

	parse = (struct parsing){.path = path, .d = d};
	buf_init(&text, FILE_MAX);
	if ((e = file_read(path, &text, d)) != OK)
		return e == ERR_NOT_FOUND ? e : ERR_CONFIG;
	if ((e = check_text(buf_view(&text), d)) != OK)
		return e;
	cfg = make_parser(options, sections);
	if (!cfg)
		return diag_fail(d, ERR_NOMEM, "%s: out of memory", path);
	e = parse_text(cfg, buf_str(&text), d);
	if (!e)
		e = fill(cfg, options, into, d);
	for (const struct conf_section *s = sections; !e && s && s->name; s++)
		for (unsigned i = 0; !e && i < cfg_size(cfg, s->name); i++)
			e = fill_section(cfg_getnsec(cfg, s->name, i), s, into, d);
	(void)cfg_free(cfg);
	return e && e != ERR_NOMEM ? ERR_CONFIG : e;
}

void conf_free(const struct conf_option *options, void *into)
{
	for (const struct conf_option *o = options; o->name; o++) {
		void *at = (char *)into + o->offset;
		struct conf_list *list = at;

		if (o->type == CONF_TEXT) {
			free(*(char **)at);
			*(char **)at = NULL;
		} else if (o->type == CONF_LIST) {
			for (size_t i = 0; i < list->n; i++)
				free(list->item[i]);
			free(list->item);
			*list = (struct conf_list){0};
		}
	}
}
