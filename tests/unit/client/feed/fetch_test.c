/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

static void entry_bundles_are_walked(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 300; i++)
		fake_log(w->hub, slice_of("x"));
	approve(w, "domain a.example");
	fake_publish(w->hub);
	must_update(w);
	assert_true(is_active(w, "a.example"));
	for (int i = 301; i < 512; i++)
		fake_log(w->hub, slice_of("y"));
	fake_checkpoint(w->hub, 400, clock_now());
	w->hub->no_partials = true; /* a partial one that is gone: the full one */
	must_update(w);
	assert_int_equal(w->feed->log.size, 400);
	assert_int_equal(w->feed->skipped, 399);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(entry_bundles_are_walked),
	};

	return RUN(tests);
}
