/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <stdlib.h>

#include "client/agent/output/nft.h"
#include "client/agent/output/ranges.h"

#define SLACK 60 /* seconds in which an element may go by itself */

static void put_nft(const struct output_conf *c, struct output_argv *ret)
{
	if (c->nft.n)
		output_argv_list(ret, &c->nft);
	else
		output_argv_put(ret, "nft");
}

/* Listing one set is answered at once; a chain or a table would read all elements. */
void nft_probe(const struct output_conf *c, struct output_argv *ret)
{
	put_nft(c, ret);
	output_argv_put(ret, "list");
	output_argv_put(ret, "set");
	output_argv_put(ret, "inet");
	output_argv_put(ret, nft_table(c));
	output_argv_put(ret, "applied");
}

static void put_sample(
	struct buf *b, const char *set, size_t family, struct slice value, int64_t until)
{
	buf_printf(b, "%s%c %.*s %lld;", set, nft_families[family].digit,
		SLICE_ARG(value), (long long)until);
}

static void sample_single(const struct output_job *j, size_t family, struct buf *ret)
{
	const struct active *best = NULL;

	for (size_t i = 0; i < j->set->n; i++) {
		const struct active *a = &j->set->a[i];

		if ((!best || a->until > best->until) && nft_blocks(j, a) &&
			nft_is_single(a->value, nft_families[family].family))
			best = a;
	}
	if (best)
		put_sample(ret, "block", family, best->value, best->until);
}

static void sample_range(const struct output_job *j, size_t family, struct buf *ret)
{
	char first[INET6_ADDRSTRLEN], last[INET6_ADDRSTRLEN], text[2 * INET6_ADDRSTRLEN];
	const struct range *best;
	struct range *r = NULL;
	size_t n = 0;

	if (ranges_of(j->set, &j->cap, nft_families[family].family, &r, &n) || n == 0) {
		free(r);
		return;
	}
	best = r;
	for (size_t i = 1; i < n; i++)
		if (r[i].until > best->until)
			best = &r[i];
	(void)snprintf(text, sizeof(text), "%s-%s",
		inet_ntop(nft_families[family].family, best->first, first, sizeof(first)),
		inet_ntop(nft_families[family].family, best->last, last, sizeof(last)));
	put_sample(ret, "net", family, slice_of(text), best->until);
	free(r);
}

void nft_sample(const struct output_job *j, struct buf *ret)
{
	for (size_t i = 0; i < 2; i++) {
		sample_single(j, i, ret);
		sample_range(j, i, ret);
		for (size_t k = 0; k < j->allow->nip; k++)
			if (j->allow->ip[k]->family == nft_families[i].family) {
				put_sample(ret, "allow", i, j->allow->ip[k]->value,
					INT64_MAX);
				break;
			}
	}
}

/* Whether an element is there: could it be deleted? To list or to get one, nft 1.0.6
 * reads the whole set, which for a million takes minutes. */
void nft_verify(const struct output_conf *c, const char *samples, int64_t now,
	struct buf *text, struct output_argv *ret)
{
	struct slice rest = slice_of(samples), line, set, element;
	int64_t until;

	while (slice_cut(&rest, ';', &line))
		if (slice_cut(&line, ' ', &set) && slice_cut(&line, ' ', &element) &&
			number_parse(line, &until, NULL) == OK && until - SLACK > now)
			buf_printf(text, "delete element inet %s %.*s { %.*s };",
				nft_table(c), SLICE_ARG(set), SLICE_ARG(element));
	if (!text->len)
		return;
	put_nft(c, ret);
	output_argv_put(ret, "-c");
	output_argv_put(ret, buf_str(text));
}

void nft_count(const struct output_conf *c, const char *set, struct output_argv *ret)
{
	put_nft(c, ret);
	output_argv_put(ret, "-j");
	output_argv_put(ret, "list");
	output_argv_put(ret, "set");
	output_argv_put(ret, "inet");
	output_argv_put(ret, nft_table(c));
	output_argv_put(ret, set);
}

void nft_load(const struct output_conf *c, const char *path, struct output_argv *ret)
{
	put_nft(c, ret);
	output_argv_put(ret, "-f");
	output_argv_put(ret, path);
}

void nft_lift(const struct output_conf *c, struct output_argv *ret)
{
	static const char *const words[] = {
		"add", "table", "inet", NULL, ";", "delete", "table", "inet", NULL};

	put_nft(c, ret);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		output_argv_put(ret, words[i] ? words[i] : nft_table(c));
}

void nft_check(const struct output_conf *c, const char *path, struct output_argv *ret)
{
	put_nft(c, ret);
	output_argv_put(ret, "-c");
	output_argv_put(ret, "-f");
	output_argv_put(ret, path);
}
