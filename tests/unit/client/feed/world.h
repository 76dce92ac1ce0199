/* SPDX-License-Identifier: BSD-2-Clause */
/* One client that follows one fake hub: what the follower's tests share. */
#ifndef VARSEL_TEST_WORLD_H
#define VARSEL_TEST_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <sodium.h>

#include "fakehub.h"

#define DAY 86400

struct world {
	struct fake *hub;
	struct hub *h;
	struct feed *feed;
	struct diag d;
	bool news;
};

static inline void reopen(struct world *w)
{
	feed_close(&w->feed);
	w->d.text[0] = '\0';
	assert_int_equal(
		feed_open(w->hub->state, w->hub->root1, "kommuner", &w->feed, &w->d), OK);
}

static inline int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->hub = fake_open();
	assert_int_equal(hub_open(w->hub->url, &w->h, &w->d), OK);
	reopen(w);
	*state = w;
	return 0;
}

static inline int teardown(void **state)
{
	struct world *w = *state;

	feed_close(&w->feed);
	hub_close(&w->h);
	fake_close(w->hub);
	free(w);
	return 0;
}

static inline enum err update(struct world *w)
{
	w->d.text[0] = '\0';
	return feed_update(w->feed, w->h, 0, &w->news, &w->d);
}

static inline void must_update(struct world *w)
{
	enum err e = update(w);

	if (e)
		print_error("%s\n", w->d.text);
	assert_int_equal(e, OK);
}

static inline bool is_active_at(struct world *w, const char *domain, int64_t now)
{
	struct activeset set;
	bool found;

	assert_int_equal(feed_active(w->feed, now, &set, &w->d), OK);
	found = activeset_find(&set, &kinds[KIND_DOMAIN], slice_of(domain)) != NULL;
	activeset_done(&set);
	return found;
}

static inline bool is_active(struct world *w, const char *domain)
{
	return is_active_at(w, domain, clock_now());
}

static inline size_t count_files(struct world *w, const char *folder)
{
	char path[256];
	size_t n = 0;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "%s/%s", w->hub->state, folder);
	dir = opendir(path);
	while (dir) {
		struct dirent *x = readdir(dir);

		if (!x)
			break;
		n += x->d_name[0] != '.';
	}
	if (dir)
		(void)closedir(dir);
	return n;
}

static inline void approve(struct world *w, const char *key)
{
	(void)fake_approve(w->hub, key, clock_now(), 30 * DAY, &w->hub->coord);
}

static inline void flip(struct world *w, const char *name, long at)
{
	char path[256];
	FILE *f;
	int c;

	(void)snprintf(path, sizeof(path), "%s/%s", w->hub->state, name);
	f = fopen(path, "r+");
	assert_non_null(f);
	assert_int_equal(fseek(f, at, at < 0 ? SEEK_END : SEEK_SET), 0);
	c = fgetc(f);
	assert_int_equal(fseek(f, -1, SEEK_CUR), 0);
	assert_int_not_equal(fputc(c ^ 1, f), EOF);
	assert_int_equal(fclose(f), 0);
}

/* Another tree with the same keys: the first entry differs. */
static inline void fork_log(struct world *w, bool longer)
{
	struct fake *f = w->hub;

	fake_forget(f);
	(void)fake_approve(f, "domain other.example", clock_now(), DAY, &f->coord);
	if (longer) {
		fake_log(f, slice_of("x"));
		(void)fake_approve(f, "domain new.example", clock_now(), DAY, &f->coord);
		(void)fake_revoke(f, "domain a.example", clock_now() + 1, &f->coord);
	}
	fake_publish(f);
}

#define TEST(f)    cmocka_unit_test_setup_teardown(f, setup, teardown)
#define RUN(tests) (sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL))

#endif
