/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * newcomer SEED ROUNDS: random statements, orders, roots and times. A veteran that pulled
 * now and then, a newcomer that sees the whole log at once, another one that gets it in
 * another order, and a model of a few lines must agree on what is active, now and later.
 */
#include "tests/unit/client/feed/world.h"

#define STEPS 40
#define KEYS  3

struct made {
	struct statement st;
	struct hash id;
	int key, signer;
	size_t target;
};

struct trial {
	struct world w;
	struct made made[STEPS];
	size_t n;
	unsigned coordinators; /* bit mask of those in the newest root */
};

static uint64_t state;

/* xorshift64*: the same numbers everywhere for the same seed. */
static unsigned pick(unsigned below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)((state * 2685821657736338717u) >> 33) % below;
}

static const char *name_of(int key)
{
	static const char *const names[KEYS] = {"a.example", "b.example", "c.example"};

	return names[key];
}

static void new_root(struct trial *t, int64_t version)
{
	struct fake *f = t->w.hub;
	const struct pubkey *keys[5] = {&f->root.pub};
	size_t count[ROLE_COUNT] = {[ROLE_ROOT] = 1, [ROLE_LOG] = 1, [ROLE_FRESH] = 1};
	const struct seckey *signer = &f->root;
	size_t n = 1;

	t->coordinators = 1 + pick(3);
	if (t->coordinators & 1)
		keys[n++] = &f->coord.pub;
	if (t->coordinators & 2)
		keys[n++] = &f->coord2.pub;
	count[ROLE_COORDINATOR] = n - 1;
	keys[n++] = &f->log.pub;
	keys[n] = &f->fresh.pub;
	f->r.version = version;
	f->r.expires = clock_now() + 900LL * DAY;
	f->r.attest_within = 0;
	f->r.max_lifetime = (5 + (int64_t)pick(20)) * DAY;
	fake_root_keys(&f->r, keys, count);
	fake_root(f, &f->r, &signer, 1);
	f->hint = version;
}

/* What was logged last. */
static struct hash last_id(const struct fake *f)
{
	struct diag d;
	struct note n;

	if (note_parse(buf_view(&f->entry[f->n - 1]), &n, &d))
		abort();
	return hash_of(n.text);
}

static void decide(struct trial *t)
{
	struct fake *f = t->w.hub;
	struct made *m = &t->made[t->n];
	const struct seckey *k;
	int64_t issued = clock_now() - pick(2 * DAY) + pick(200);
	char line[64];
	unsigned what = pick(8);

	*m = (struct made){.key = (int)pick(KEYS), .signer = 1 + (int)pick(2)};
	k = m->signer == 1 ? &f->coord : &f->coord2;
	(void)snprintf(line, sizeof(line), "domain %s", name_of(m->key));
	if (what < 5) {
		m->st = fake_approve(f, line, issued, 60 + pick(20 * DAY), k);
	} else if (what < 7) {
		m->st = fake_revoke(f, line, issued, k);
	} else if (t->n) {
		m->target = pick((unsigned)t->n);
		m->st = (struct statement){.verb = VERB_VOID,
			.issued = issued,
			.log = FAKE_ORIGIN,
			.target = t->made[m->target].id};
		fake_decide(f, &m->st, k);
	} else {
		return;
	}
	m->id = last_id(f);
	t->n++;
}

static bool counts(const struct trial *t, const struct made *m, int64_t now)
{
	if (!((unsigned)m->signer & t->coordinators) || statement_end(&m->st) <= now)
		return false;
	if (m->st.verb != VERB_APPROVE)
		return true;
	if (m->st.expires - m->st.issued > t->w.hub->r.max_lifetime)
		return false;
	for (size_t i = 0; i < t->n; i++)
		if (t->made[i].st.verb == VERB_VOID && counts(t, &t->made[i], now) &&
			hash_same(&t->made[i].st.target, &m->id))
			return false;
	return true;
}

/* docs/formats.md, section 7, for one name: its end, or 0. */
static int64_t model(const struct trial *t, int key, int64_t now)
{
	int64_t revoked = -1, until = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct made *m = &t->made[i];

		if (m->key == key && m->st.verb == VERB_REVOKE && counts(t, m, now) &&
			m->st.issued > revoked)
			revoked = m->st.issued;
	}
	for (size_t i = 0; i < t->n; i++) {
		const struct made *m = &t->made[i];

		if (m->key == key && m->st.verb == VERB_APPROVE && counts(t, m, now) &&
			m->st.issued > revoked && m->st.expires > until)
			until = m->st.expires;
	}
	return until;
}

static void check(const struct trial *t, struct feed *f, const char *who, int64_t now)
{
	struct diag d = {0};
	struct activeset set;

	if (feed_active(f, now, &set, &d)) {
		(void)fprintf(stderr, "%s: %s\n", who, d.text);
		exit(1);
	}
	for (int key = 0; key < KEYS; key++) {
		const struct active *a =
			activeset_find(&set, &kinds[KIND_DOMAIN], slice_of(name_of(key)));
		int64_t want = model(t, key, now), got = a ? a->until : 0;

		if (got == want)
			continue;
		(void)fprintf(stderr, "%s: %s is active until %lld, not %lld, at %lld\n",
			who, name_of(key), (long long)got, (long long)want,
			(long long)now);
		exit(1);
	}
	activeset_done(&set);
}

static void pull(struct world *w, struct feed *f, const char *who)
{
	struct diag d = {0};
	bool news;

	fake_publish(w->hub);
	if (feed_update(f, w->h, 0, &news, &d)) {
		(void)fprintf(stderr, "%s: %s\n", who, d.text);
		exit(1);
	}
}

static void compare(struct trial *t, struct feed *veteran)
{
	struct fake *f = t->w.hub;
	struct diag d = {0};

	pull(&t->w, veteran, "veteran");
	for (int i = 0; i < 2; i++) {
		const char *who = i ? "newcomer, other order" : "newcomer";
		CLEANUP_FEED struct feed *fresh = NULL;
		char dir[128];

		(void)snprintf(dir, sizeof(dir), "%s/newcomer%d", f->dir, i);
		if (feed_open(dir, f->root1, "kommuner", &fresh, &d))
			abort();
		pull(&t->w, fresh, who);
		for (int day = 0; day < 30; day += 3) {
			check(t, veteran, "veteran", clock_now() + day * DAY);
			check(t, fresh, who, clock_now() + day * DAY);
		}
		for (size_t at = f->n; at > 1; at--) {
			size_t other = pick((unsigned)at);
			struct buf swap = f->entry[at - 1];

			f->entry[at - 1] = f->entry[other];
			f->entry[other] = swap;
		}
	}
}

static void run(void)
{
	struct trial t = {0};
	struct feed *veteran = NULL;
	struct diag d = {0};

	t.w.hub = fake_open();
	new_root(&t, 1);
	if (hub_open(t.w.hub->url, &t.w.h, &d) ||
		feed_open(t.w.hub->state, t.w.hub->root1, "kommuner", &veteran, &d))
		abort();
	while (t.n < STEPS) {
		decide(&t);
		if (pick(10) == 0)
			new_root(&t, t.w.hub->r.version + 1);
		if (pick(3) == 0)
			pull(&t.w, veteran, "veteran");
		if (pick(4) == 0) {
			fake_ahead += pick(4 * DAY);
			feed_close(&veteran);
			if (feed_open(t.w.hub->state, t.w.hub->root1, "kommuner",
				    &veteran, &d))
				abort();
		}
	}
	compare(&t, veteran);
	feed_close(&veteran);
	hub_close(&t.w.h);
	fake_close(t.w.hub);
}

int main(int argc, char **argv)
{
	long rounds = argc == 3 ? strtol(argv[2], NULL, 10) : 0;

	if (rounds < 1 || sodium_init() < 0) {
		(void)fprintf(stderr, "usage: newcomer SEED ROUNDS\n");
		return 64;
	}
	state = strtoull(argv[1], NULL, 10) | 1;
	for (long i = 0; i < rounds; i++)
		run();
	return 0;
}
