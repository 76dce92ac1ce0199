/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "client/agent/output/nft.h"

/* Only what had a place before, or has one now. */
static bool step(const struct output_job *j, struct enforced_walk *w)
{
	struct worth old;

	if (!enforced_step(w))
		return false;
	old = worth_of_entry(&w->old);
	w->had_old = w->had_old && cap_keeps(&j->last_cap, &old);
	if (w->new_ && !output_keeps(j, w->new_))
		w->new_ = NULL;
	return true;
}

static bool is_same(const struct enforced_walk *w)
{
	return w->had_old == (w->new_ != NULL) &&
	       (!w->new_ || w->old.until == w->new_->until);
}

struct change {
	struct slice value;
	bool had_old;
	const struct active *new_; /* or NULL */
};

/* What is different, of one family. */
struct changes {
	struct change *single;
	size_t n, room;
	bool prefixes; /* some of them */
};

static enum err note_change(struct changes *c, const struct enforced_walk *w)
{
	if (memchr(w->value.p, '/', w->value.n)) {
		c->prefixes = true;
		return OK;
	}
	if (c->n == c->room) {
		size_t room = c->room ? c->room * 2 : 64;
		struct change *grown = reallocarray(c->single, room, sizeof(*grown));

		if (!grown)
			return ERR_NOMEM;
		c->single = grown;
		c->room = room;
	}
	c->single[c->n++] = (struct change){w->value, w->had_old, w->new_};
	return OK;
}

/* In one walk: it passes all that is active. */
static enum err find_changes(const struct output_job *j, struct changes ret[2])
{
	struct enforced_walk w = {.rest = j->last->lines, .set = j->set};
	enum err e = OK;

	while (e == OK && step(j, &w))
		if (w.kind->id == KIND_IP && !is_same(&w))
			e = note_change(
				&ret[!nft_is_of(w.value, nft_families[0].family)], &w);
	return e;
}

/* Which of them a statement names. */
enum pass {
	PASS_MAKE_SURE, /* gone or changed: re-adding makes the delete behind it safe */
	PASS_DELETE,    /* the same */
	PASS_ADD,       /* new or changed */
};

static void put_pass(const struct output_job *j, const struct changes *c, enum pass pass,
	struct elements *x)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct change *one = &c->single[i];

		if (pass == PASS_ADD && one->new_) {
			nft_put_single(x, j, one->new_);
		} else if (pass != PASS_ADD && one->had_old) {
			element(x);
			(void)fprintf(x->f, "%.*s%s", SLICE_ARG(one->value),
				pass == PASS_MAKE_SURE ? " timeout 1h" : "");
		}
	}
	elements_end(x);
}

static void put_family(
	const struct output_job *j, const struct changes *c, size_t f_index, FILE *f)
{
	static const char *const verbs[] = {"add", "delete", "add"};
	const char *table = nft_table(j->conf);
	int family = nft_families[f_index].family;
	char digit = nft_families[f_index].digit, head[128];
	struct elements x = {.f = f, .head = head, .tail = " }\n"};

	for (int pass = PASS_MAKE_SURE; pass <= PASS_ADD; pass++) {
		(void)snprintf(head, sizeof(head), "%s element inet %s block%c {\n",
			verbs[pass], table, digit);
		x.n = 0;
		put_pass(j, c, (enum pass)pass, &x);
	}
	if (c->prefixes) {
		(void)fprintf(f, "flush set inet %s net%c\n", table, digit);
		(void)snprintf(head, sizeof(head), "add element inet %s net%c {\n", table,
			digit);
		x.n = 0;
		nft_put_ranges(&x, j, family);
	}
	(void)fprintf(f, "flush set inet %s allow%c\n", table, digit);
	(void)snprintf(
		head, sizeof(head), "add element inet %s allow%c {\n", table, digit);
	x.n = 0;
	nft_put_allowed(&x, j, family);
}

void nft_put_changes(const struct output_job *j, FILE *f)
{
	struct changes c[NFT_FAMILIES] = {{0}};

	if (find_changes(j, c))
		(void)fputs(NFT_NO_MEMORY, f);
	for (size_t i = 0; i < NFT_FAMILIES; i++) {
		put_family(j, &c[i], i, f);
		free(c[i].single);
	}
}
