/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A property, against the real nft: whatever changes (the set, ends, confidence, the
 * maximum, the never-block list), the kernel's sets after the differences are those that
 * rendering the whole makes. In a network namespace of its own.
 */
#include <sched.h>
#include <unistd.h>

#include "client/agent/run.h"
#include "tests/unit/client/agent/output/fixture.h"

#define ROUNDS   60
#define UNIVERSE 48

static uint64_t seed;

static size_t pick(size_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed % n);
}

static char dir[] = "/tmp/varsel.XXXXXX";
static char script[64], last_path[64];

static void nft(const char *const *argv, struct buf *out)
{
	struct diag d = {""};

	if (run(argv, 60, out, &d))
		fail_msg("%s", d.text);
}

static void load(void)
{
	const char *const argv[] = {"nft", "-f", script, NULL};
	CLEANUP_BUF struct buf out = {.max = 65536};

	nft(argv, &out);
}

static int cmp_text(const void *pa, const void *pb)
{
	return strcmp(*(char *const *)pa, *(char *const *)pb);
}

/* What stands in the table, an element a line, sorted, without what passes by itself. */
static void list(const char *table, struct buf *out)
{
	const char *const argv[] = {"nft", "list", "table", "inet", table, NULL};
	CLEANUP_BUF struct buf text = {.max = 1u << 20};
	char *item[4096] = {0}, *rest = NULL, *at;
	size_t n = 0;

	nft(argv, &text);
	assert_int_equal(buf_err(&text), OK);
	for (char *p = strtok_r(text.data, "\n,{}", &rest); p;
		p = strtok_r(NULL, "\n,{}", &rest)) {
		p += strspn(p, " \t");
		if ((at = strstr(p, " expires ")) != NULL)
			*at = '\0';
		if (*p && !strstr(p, "comment") && !strstr(p, "table ")) {
			assert_true(n < sizeof(item) / sizeof(item[0]));
			item[n++] = p;
		}
	}
	qsort(item, n, sizeof(item[0]), cmp_text);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s\n", item[i]);
}

static char names[UNIVERSE][64], lines[UNIVERSE][160];
static struct {
	bool there;
	size_t end, confidence, since;
} entry[UNIVERSE];

static void name_all(void)
{
	for (size_t i = 0; i < UNIVERSE; i++) {
		if (i < 24)
			(void)snprintf(names[i], 64, "203.0.113.%zu", i);
		else if (i < 32)
			(void)snprintf(names[i], 64, "2001:db8::%zu", i);
		else if (i < 40) /* each in the one before */
			(void)snprintf(names[i], 64, "198.51.100.0/%zu", i - 16);
		else if (i < 44)
			(void)snprintf(names[i], 64, "198.51.100.%zu/28", (i - 36) * 16);
		else
			(void)snprintf(names[i], 64, "2001:db8:%zu::/48", i);
	}
}

static void change_some(void)
{
	for (size_t n = pick(12); n > 0; n--) {
		size_t i = pick(UNIVERSE);

		entry[i].there = pick(3) > 0;
		entry[i].end = 3600 * (1 + pick(5));
		entry[i].confidence = 10 * pick(4);
		entry[i].since = pick(3);
	}
}

static void build(struct fixture *f, const char *const *allowed)
{
	const char *in[UNIVERSE + 1] = {NULL};
	struct hash set;
	size_t n = 0;

	for (size_t i = 0; i < UNIVERSE; i++) {
		if (!entry[i].there)
			continue;
		(void)snprintf(lines[i], sizeof(lines[i]), "ip %.63s block %zu %zu",
			names[i], entry[i].end, entry[i].confidence);
		in[n++] = lines[i];
	}
	fixture_init(f, in, allowed);
	for (size_t k = 0; k < f->set.n; k++)
		for (size_t i = 0; i < UNIVERSE; i++)
			if (slice_is(f->a[k].value, names[i]))
				f->a[k].since = (int64_t)entry[i].since;
	set = activeset_digest(&f->set);
	f->job.digest = enforced_digest(&f->set, &set);
}

static void write_script(struct fixture *f, const char *found)
{
	FILE *out = fopen(script, "w");

	assert_non_null(out);
	assert_int_equal(output_cap(&output_nftables, &f->job), OK);
	f->tally = (struct output_tally){0};
	if (found)
		output_nftables.kernel->change(&f->job, found, out, &f->tally);
	else
		output_nftables.render(&f->job, out, &f->tally);
	assert_int_equal(fclose(out), 0);
}

static void changes_lead_where_the_whole_leads(void **state)
{
	static const char *const one[] = {"203.0.113.3", "198.51.100.9", NULL};
	static const size_t maxima[] = {0, 30, 12, 5, 1};
	static char whole[] = "whole";
	const char *const *allowed = NULL;
	char marker[MARKER_MAX] = "";
	size_t max = 0, differences = 0, full = 0;

	(void)state;
	name_all();
	for (int round = 0; round < ROUNDS; round++) {
		struct enforced last = {0};
		struct fixture f;
		CLEANUP_BUF struct buf changed = {.max = 1u << 20},
				       wanted = {.max = 1u << 20};

		change_some();
		if (pick(8) == 0)
			max = maxima[pick(5)];
		if (pick(8) == 0)
			allowed = allowed ? NULL : one;
		build(&f, allowed);
		f.conf.max = (int64_t)max;
		if (round && enforced_open(last_path, &last, NULL) == OK)
			f.job.last = &last;
		write_script(&f, marker);
		load();
		output_nftables.kernel->marker(&f.job, marker);
		list("varsel", &changed);
		full += f.job.cap.full;
		assert_int_equal(f.tally.count, max && f.set.n > max ? max : f.set.n);
		assert_int_equal(f.tally.count + f.tally.left_out, f.set.n);
		differences += f.job.last && f.tally.count > 0;
		f.job.last = NULL;
		f.conf.table = whole;
		write_script(&f, NULL);
		load();
		list("whole", &wanted);
		if (!slice_same(buf_view(&changed), buf_view(&wanted)))
			fail_msg("round %d, max %zu:\n%s\nwhere the whole has\n%s", round,
				max, buf_str(&changed), buf_str(&wanted));
		assert_int_equal(
			enforced_write(last_path, &f.set, &f.job.digest, NULL), OK);
		enforced_done(&last);
		fixture_done(&f);
	}
	assert_true(differences > ROUNDS / 2);
	assert_true(full > ROUNDS / 4);
}

static int setup(void **state)
{
	(void)state;
	if (unshare(CLONE_NEWNET) != 0 || !mkdtemp(dir)) {
		(void)fputs("no network namespace; run the tests as root\n", stderr);
		return -1;
	}
	(void)snprintf(script, sizeof(script), "%s/script", dir);
	(void)snprintf(last_path, sizeof(last_path), "%s/last", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)unlink(script);
	(void)unlink(last_path);
	return rmdir(dir);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_lead_where_the_whole_leads),
	};

	seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 88172645463325252u;
	(void)printf("seed %llu\n", (unsigned long long)seed);
	return cmocka_run_group_tests(tests, setup, teardown);
}
