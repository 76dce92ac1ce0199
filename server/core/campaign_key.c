/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/campaign_key.h"

#include <libpsl.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>

#include "common/ip.h"
#include "common/kind.h"

#define NET4_BITS 24
#define NET6_BITS 48

static const char *const names[JOINS] = {
	[JOIN_INDICATOR] = "indicator",
	[JOIN_REPORT] = "report",
	[JOIN_DOMAIN] = "domain",
	[JOIN_NET] = "net",
	[JOIN_TAG] = "tag",
};

const char *join_name(enum join j)
{
	return names[j];
}

enum join join_by_name(struct slice name)
{
	enum join j = 0;

	while (j < JOINS && !slice_is(name, names[j]))
		j++;
	return j;
}

static bool net_of(struct slice value, char text[NEAR_TEXT])
{
	struct ip ip = {0};
	unsigned keep;

	if (!ip_binary(value, &ip.family, ip.addr, &ip.bits))
		return false;
	keep = ip.family == AF_INET ? NET4_BITS : NET6_BITS;
	if (ip.bits < keep)
		return false;
	memset(ip.addr + keep / 8, 0, sizeof(ip.addr) - keep / 8);
	ip.bits = keep;
	ip_format(&ip, text);
	return true;
}

static bool registered_domain(
	const struct allow *never_block, struct slice host, char text[NEAR_TEXT])
{
	const psl_ctx_t *psl = psl_builtin();
	char name[DOMAIN_MAX + 1];
	const char *found;

	if (!psl || host.n == 0 || host.n > DOMAIN_MAX)
		return false;
	memcpy(name, host.p, host.n);
	name[host.n] = '\0';
	found = psl_registrable_domain(psl, name);
	if (!found)
		return false;
	if (never_block && allow_match(never_block, kind_by_name(slice_of("domain")),
				   slice_of(found), NULL))
		return false;
	memcpy(text, found, strlen(found) + 1);
	return true;
}

/* Of a canonical URL: behind "://", without a port; an IPv6 address without brackets. */
static struct slice host_of_url(struct slice url)
{
	struct slice s = url;
	size_t n = 0;

	while (s.n > 3 && memcmp(s.p, "://", 3) != 0)
		s = (struct slice){s.p + 1, s.n - 1};
	if (s.n <= 3)
		return (struct slice){s.p, 0};
	s = (struct slice){s.p + 3, s.n - 3};
	if (s.p[0] == '[') {
		s = (struct slice){s.p + 1, s.n - 1};
		while (n < s.n && s.p[n] != ']')
			n++;
	} else {
		while (n < s.n && !strchr(":/?#", s.p[n]))
			n++;
	}
	return (struct slice){s.p, n};
}

bool near_of(const struct allow *never_block, struct slice kind, struct slice value,
	enum join *ret, char text[NEAR_TEXT])
{
	struct slice host = value;

	if (slice_is(kind, "url"))
		host = host_of_url(value);
	else if (slice_is(kind, "email"))
		(void)slice_cut(&host, '@', &(struct slice){0});
	else if (!slice_is(kind, "domain") && !slice_is(kind, "ip"))
		return false;
	*ret = JOIN_NET;
	if (net_of(host, text))
		return true;
	*ret = JOIN_DOMAIN;
	return !slice_is(kind, "ip") && registered_domain(never_block, host, text);
}

int64_t report_needs(int64_t orgs, int64_t lines)
{
	return lines > 0 ? orgs + (lines - 1) / CAMPAIGN_STEP : orgs;
}

int64_t join_key(enum join j, struct slice kind, struct slice text)
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state s;
	int64_t key;

	(void)crypto_hash_sha256_init(&s);
	(void)crypto_hash_sha256_update(
		&s, (const unsigned char *)names[j], strlen(names[j]) + 1);
	if (kind.n)
		(void)crypto_hash_sha256_update(
			&s, (const unsigned char *)kind.p, kind.n);
	(void)crypto_hash_sha256_update(&s, (const unsigned char *)" ", 1);
	(void)crypto_hash_sha256_update(&s, (const unsigned char *)text.p, text.n);
	(void)crypto_hash_sha256_final(&s, sum);
	memcpy(&key, sum, sizeof(key));
	return key ? key : 1;
}
