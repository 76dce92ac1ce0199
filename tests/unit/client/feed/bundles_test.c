/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

static void of_a_bundle_only_the_signed_bytes_will_do(void **state)
{
	struct world *w = *state;
	struct statement st;
	struct buf whole, other;

	st = fake_approve(w->hub, "domain a.example", clock_now(), DAY, &w->hub->coord);
	fake_publish(w->hub);
	buf_init(&whole, 4096);
	buf_init(&other, 4u << 20);
	buf_slice(&whole, buf_view(&w->hub->file[w->hub->nfiles - 1].bytes));
	for (size_t n = 0; n < whole.len; n += 7) {
		fake_put(w->hub, fake_bundle_path(&st), slice_mem(whole.data, n), 0);
		must_update(w);
		assert_int_equal(w->feed->missing, 1);
		assert_non_null(strstr(w->d.text, " bytes instead of "));
	}
	buf_slice(&other, buf_view(&whole));
	other.data[other.len - 30] ^= 1; /* the same length */
	fake_put(w->hub, fake_bundle_path(&st), buf_view(&other), 0);
	must_update(w);
	assert_int_equal(w->feed->missing, 1);
	while (other.len < 2u << 20)
		buf_puts(&other,
			"domain endless.example block until=2030-01-01T00:00:00Z\n");
	fake_put(w->hub, fake_bundle_path(&st), buf_view(&other), 0);
	must_update(w);
	assert_non_null(strstr(w->d.text, "over"));
	assert_false(is_active(w, "a.example"));
	fake_put(w->hub, fake_bundle_path(&st), buf_view(&whole), 0);
	must_update(w);
	assert_true(is_active(w, "a.example"));
	buf_done(&whole);
	buf_done(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(of_a_bundle_only_the_signed_bytes_will_do),
	};

	return RUN(tests);
}
