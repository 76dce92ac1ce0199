/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/state.h"

#include <stdlib.h>

#include "common/file.h"
#include "common/json_in.h"
#include "common/json_out.h"

#define STATE_MAX   (1u << 20)
#define OUTPUTS_MAX 256

#define AT(field) offsetof(struct state, field)
static const struct json_field fields[] = {
	{"digest", JSON_TEXT, AT(digest), HASH_HEX, true},
	{"active", JSON_NUM, AT(active), INT64_MAX, true},
	{"full", JSON_TEXT, AT(full), HASH_HEX, false},
	{"full_n", JSON_NUM, AT(full_n), INT64_MAX, false},
	{"full_at", JSON_NUM, AT(full_at), INT64_MAX, false},
	{"spared", JSON_NUM, AT(spared), INT64_MAX, false},
	{"builtin", JSON_TEXT, AT(builtin), HASH_HEX, false},
	{"changed", JSON_NUM, AT(changed), INT64_MAX, true},
	{"next_expiry", JSON_NUM, AT(next_expiry), INT64_MAX, true},
	{"good_time", JSON_NUM, AT(good_time), INT64_MAX, true},
	{"hold", JSON_TEXT, AT(hold), DIAG_MAX, true},
	{"hold_since", JSON_NUM, AT(hold_since), INT64_MAX, true},
	{"generation", JSON_NUM, AT(generation), UINT32_MAX, false},
	{"guarded", JSON_FLAG, AT(guarded), 0, true},
	{0},
};
#undef AT
#define AT(field) offsetof(struct output_state, field)
static const struct json_field output_fields[] = {
	{"name", JSON_TEXT, AT(name), 256, true},
	{"fingerprint", JSON_TEXT, AT(fingerprint), HASH_HEX, true},
	{"error", JSON_TEXT, AT(error), DIAG_MAX, false},
	{"stamp", JSON_TEXT, AT(stamp), 64, false},
	{"samples", JSON_TEXT, AT(samples), 1024, false},
	{"rules", JSON_TEXT, AT(rules), HASH_HEX, false},
	{"checked", JSON_TEXT, AT(checked), HASH_HEX, false},
	{"applied", JSON_NUM, AT(applied), INT64_MAX, true},
	{"count", JSON_NUM, AT(count), INT64_MAX, true},
	{"spared", JSON_NUM, AT(spared), INT64_MAX, true},
	{"left_out", JSON_NUM, AT(left_out), INT64_MAX, true},
	{"serial", JSON_NUM, AT(serial), UINT32_MAX, true},
	{0},
};

static enum err add_output(void *ctx, size_t i, void *item, struct diag *d)
{
	struct state *s = ctx;
	struct output_state *grown;

	if (i >= OUTPUTS_MAX)
		return diag_fail(d, ERR_LIMIT, "over %d outputs", OUTPUTS_MAX);
	grown = reallocarray(s->outputs, i + 1, sizeof(*grown));
	if (!grown)
		return ERR_NOMEM;
	s->outputs = grown;
	s->outputs[i] = *(struct output_state *)item;
	s->noutputs = i + 1;
	return OK;
}

static void empty(struct state *s)
{
	static char none[] = "";

	*s = (struct state){.digest = none, .full = none, .builtin = none, .hold = none};
	arena_init(&s->arena, 4 * STATE_MAX);
}

enum err state_load(const struct config *c, struct state *ret, struct diag *d)
{
	char *path = config_state(c, "state.json");
	CLEANUP_BUF struct buf b;
	enum err e;

	buf_init(&b, STATE_MAX);
	empty(ret);
	e = path ? file_read(path, &b, d) : ERR_NOMEM;
	free(path);
	if (e == ERR_NOT_FOUND) {
		d->text[0] = '\0';
		return OK;
	}
	if (e)
		return e;
	e = json_read_answer(buf_view(&b), fields, ret, &ret->arena, d);
	if (e == OK)
		e = json_read_array(buf_view(&b), "outputs", output_fields,
			sizeof(struct output_state), true, add_output, ret, &ret->arena,
			d);
	if (e == OK || e == ERR_NOMEM)
		return e;
	state_done(ret);
	empty(ret);
	return diag_at(d, OK, "state.json, begun anew: ");
}

void state_done(struct state *s)
{
	free(s->outputs);
	s->outputs = NULL;
	s->noutputs = 0;
	arena_done(&s->arena);
}

enum err state_save(const struct config *c, const struct state *s, struct diag *d)
{
	char *path = config_state(c, "state.json");
	CLEANUP_BUF struct buf b;
	struct json_out j;
	enum err e;

	buf_init(&b, STATE_MAX);
	json_put_begin(&j, &b);
	json_put_object(&j, NULL);
	json_put_str(&j, "digest", s->digest);
	json_put_num(&j, "active", s->active);
	json_put_str(&j, "full", s->full);
	json_put_num(&j, "full_n", s->full_n);
	json_put_num(&j, "full_at", s->full_at);
	json_put_num(&j, "spared", s->spared);
	json_put_str(&j, "builtin", s->builtin);
	json_put_num(&j, "changed", s->changed);
	json_put_num(&j, "next_expiry", s->next_expiry);
	json_put_num(&j, "good_time", s->good_time);
	json_put_str(&j, "hold", s->hold);
	json_put_num(&j, "hold_since", s->hold_since);
	json_put_num(&j, "generation", s->generation);
	json_put_flag(&j, "guarded", s->guarded);
	json_put_array(&j, "outputs");
	for (size_t i = 0; i < s->noutputs; i++) {
		const struct output_state *o = &s->outputs[i];

		json_put_object(&j, NULL);
		json_put_str(&j, "name", o->name);
		json_put_str(&j, "fingerprint", o->fingerprint);
		if (o->error)
			json_put_str(&j, "error", o->error);
		if (o->stamp)
			json_put_str(&j, "stamp", o->stamp);
		if (o->samples)
			json_put_str(&j, "samples", o->samples);
		if (o->rules)
			json_put_str(&j, "rules", o->rules);
		if (o->checked)
			json_put_str(&j, "checked", o->checked);
		json_put_num(&j, "applied", o->applied);
		json_put_num(&j, "count", o->count);
		json_put_num(&j, "spared", o->spared);
		json_put_num(&j, "left_out", o->left_out);
		json_put_num(&j, "serial", o->serial);
		json_put_object_end(&j);
	}
	json_put_array_end(&j);
	json_put_object_end(&j);
	buf_putc(&b, '\n');
	e = buf_err(&b);
	if (e || !path)
		e = diag_fail(d, e ? e : ERR_NOMEM, "state.json: %s", err_text(e));
	else
		e = file_write(path, buf_view(&b), 0600, d);
	free(path);
	return e;
}

struct output_state *state_output(struct state *s, const char *title)
{
	struct output_state *grown, x = {0};

	for (size_t i = 0; i < s->noutputs; i++)
		if (strcmp(s->outputs[i].name, title) == 0)
			return &s->outputs[i];
	if (state_text(s, &x.name, title) || state_text(s, &x.fingerprint, ""))
		return NULL;
	grown = reallocarray(s->outputs, s->noutputs + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	s->outputs = grown;
	s->outputs[s->noutputs] = x;
	return &s->outputs[s->noutputs++];
}

bool output_failed(const struct output_state *o)
{
	return o->error && o->fingerprint[0] == '\0';
}

enum err state_text(struct state *s, char **at, const char *text)
{
	char *copy = arena_dup(&s->arena, slice_of(text));

	if (!copy)
		return ERR_NOMEM;
	*at = copy;
	return OK;
}
