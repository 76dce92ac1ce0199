/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/neverblock.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <sodium.h>
#include <stdlib.h>

#include "client/agent/apart.h"
#include "common/allow_file.h"
#include "common/fields.h"
#include "common/file.h"

#define FILE_MAX (4u << 20)

/* Of an address on its own; what is not one is passed over. */
static enum err add_ip(struct allow *a, struct slice text, const char *origin)
{
	CLEANUP_BUF struct buf b;
	struct slice scope = text;

	buf_init(&b, VALUE_MAX);
	(void)slice_cut(&scope, '%', &text);
	if (kinds[KIND_IP].canonicalise(text, &b, NULL))
		return OK;
	return allow_add(a, &kinds[KIND_IP], buf_view(&b), origin, true);
}

static enum err add_binary(
	struct allow *a, int family, const void *addr, const char *origin)
{
	char text[INET6_ADDRSTRLEN];

	if (!inet_ntop(family, addr, text, sizeof(text)))
		return OK;
	return add_ip(a, slice_of(text), origin);
}

static enum err add_sockaddr(
	struct allow *a, const struct sockaddr *sa, const char *origin)
{
	if (sa->sa_family == AF_INET)
		return add_binary(a, AF_INET,
			&((const struct sockaddr_in *)(const void *)sa)->sin_addr,
			origin);
	if (sa->sa_family == AF_INET6)
		return add_binary(a, AF_INET6,
			&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr,
			origin);
	return OK;
}

enum err neverblock_resolvers(struct slice text, struct allow *a)
{
	struct slice line, word;
	enum err e = OK;

	while (e == OK && text.n) {
		(void)slice_cut(&text, '\n', &line);
		if (!slice_starts(line, "nameserver"))
			continue;
		line.p += strlen("nameserver");
		line.n -= strlen("nameserver");
		while (line.n && strchr(" \t", line.p[0])) {
			line.p++;
			line.n--;
		}
		word = line;
		word.n = 0;
		while (word.n < line.n && !strchr(" \t\r#", line.p[word.n]))
			word.n++;
		e = add_ip(a, word, "resolver of /etc/resolv.conf");
	}
	return e;
}

/* Fields of a line of /proc/net, blanks of any number between them. */
static size_t split(struct slice line, struct slice *field, size_t max)
{
	size_t n = 0;

	while (n < max && line.n) {
		(void)slice_cut(&line,
			line.p && memchr(line.p, '\t', line.n) ? '\t' : ' ', &field[n]);
		while (field[n].n && field[n].p[field[n].n - 1] == ' ')
			field[n].n--;
		n += field[n].n > 0;
	}
	return n;
}

static bool hex_bytes(struct slice hex, unsigned char *out, size_t n)
{
	size_t got;

	return hex.n == 2 * n &&
	       sodium_hex2bin(out, n, hex.p, hex.n, NULL, &got, NULL) == 0 && got == n;
}

enum err neverblock_gateways(struct slice text, struct allow *a)
{
	struct slice line, f[8];
	unsigned char addr[4], back[4];
	enum err e = OK;

	/* Iface Destination Gateway Flags RefCnt Use Metric Mask; host byte order */
	while (e == OK && text.n) {
		(void)slice_cut(&text, '\n', &line);
		if (split(line, f, 8) < 8 || !slice_is(f[1], "00000000") ||
			!slice_is(f[7], "00000000") || slice_is(f[2], "00000000") ||
			!hex_bytes(f[2], addr, 4))
			continue;
		for (size_t i = 0; i < 4; i++)
			back[i] = htonl(1) == 1 ? addr[i] : addr[3 - i];
		e = add_binary(a, AF_INET, back, "default gateway");
	}
	return e;
}

enum err neverblock_gateways6(struct slice text, struct allow *a)
{
	static const unsigned char none[16];
	struct slice line, f[5];
	unsigned char dest[16], addr[16];
	enum err e = OK;

	/* destination, prefix length, source, prefix length, next hop, ... */
	while (e == OK && text.n) {
		(void)slice_cut(&text, '\n', &line);
		if (split(line, f, 5) < 5 || !hex_bytes(f[0], dest, 16) ||
			!slice_is(f[1], "00") || memcmp(dest, none, 16) != 0 ||
			!hex_bytes(f[4], addr, 16) || memcmp(addr, none, 16) == 0)
			continue;
		e = add_binary(a, AF_INET6, addr, "default gateway");
	}
	return e;
}

static enum err add_own(struct allow *a)
{
	struct ifaddrs *list = NULL;
	enum err e;

	e = add_ip(a, slice_of("127.0.0.0/8"), "own address");
	if (e == OK)
		e = add_ip(a, slice_of("::1"), "own address");
	if (e || getifaddrs(&list) != 0)
		return e;
	for (struct ifaddrs *i = list; e == OK && i; i = i->ifa_next)
		if (i->ifa_addr)
			e = add_sockaddr(a, i->ifa_addr, "own address");
	freeifaddrs(list);
	return e;
}

/* In a child: what a name server answers comes from outside. An address a line. */
static enum err resolve(void *ctx, FILE *out, struct diag *d)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
	const char *name = buf_str(ctx);
	struct allow a;
	enum err e = OK;

	if (getaddrinfo(name, NULL, &hints, &found) != 0)
		return diag_fail(d, ERR_UNAVAILABLE, "%s does not resolve", name);
	allow_init(&a);
	for (struct addrinfo *i = found; e == OK && i; i = i->ai_next)
		e = add_sockaddr(&a, i->ai_addr, "");
	freeaddrinfo(found);
	for (size_t i = 0; e == OK && i < a.n; i++)
		(void)fprintf(out, "%.*s\n", SLICE_ARG(a.e[i].value));
	allow_done(&a);
	return e ? diag_fail(d, e, "%s", err_text(e)) : OK;
}

/* The hub's addresses as they resolve now, or those of the last time: a name server that
 * is away must not take the hub out of the list. */
static enum err resolve_hub(const struct config *c, struct buf *name, bool offline,
	struct buf *list, const char *kept)
{
	CLEANUP_BUF struct buf old;
	enum err lost = OK;

	buf_init(&old, 65536);
	if (file_read(kept, &old, NULL))
		buf_reset(&old);
	if (offline || apart_run(c, 0, resolve, name, list, NULL)) {
		buf_reset(list);
		buf_slice(list, buf_view(&old));
		return buf_err(list);
	}
	if (!slice_same(buf_view(list), buf_view(&old)))
		lost = file_write(kept, buf_view(list), 0600, NULL);
	(void)lost; /* it only makes the next outage of the name server worse */
	return OK;
}

static enum err add_hub(
	const struct config *c, bool offline, struct allow *a, struct diag *d)
{
	char *kept = config_state(c, "hub-addresses");
	CLEANUP_BUF struct buf b, v, host;
	struct slice text, line;
	enum err e;

	buf_init(&b, 65536);
	buf_init(&v, VALUE_MAX);
	buf_init(&host, HUB_NAME_MAX);
	e = kept ? hub_url_host(c->hub, &host, d) : ERR_NOMEM;
	if (e == OK && kinds[KIND_DOMAIN].canonicalise(buf_view(&host), &v, NULL) == OK)
		e = allow_add(a, &kinds[KIND_DOMAIN], buf_view(&v), "the hub", true);
	if (e == OK)
		e = resolve_hub(c, &host, offline, &b, kept);
	text = buf_view(&b);
	while (e == OK && text.n) {
		(void)slice_cut(&text, '\n', &line);
		e = add_ip(a, line, "the hub");
	}
	free(kept);
	return e ? diag_fail(d, e, "the hub's addresses: %s", err_text(e)) : OK;
}

/* A source that a machine may lack. */
static enum err add_from(const char *path, struct allow *a,
	enum err (*parse)(struct slice, struct allow *))
{
	CLEANUP_BUF struct buf b;

	buf_init(&b, FILE_MAX);
	return file_read(path, &b, NULL) ? OK : parse(buf_view(&b), a);
}

enum err neverblock_gather(
	const struct config *c, bool offline, struct allow *ret, struct diag *d)
{
	struct allow a;
	enum err e;

	allow_init(&a);
	e = allow_file_load(c->never_block, &a, d);
	if (e == OK)
		e = add_hub(c, offline, &a, d);
	if (e)
		goto fail;
	e = add_from("/etc/resolv.conf", &a, neverblock_resolvers);
	/* behind systemd-resolved's stub, the servers that it asks */
	if (e == OK)
		e = add_from(
			"/run/systemd/resolve/resolv.conf", &a, neverblock_resolvers);
	if (e == OK)
		e = add_from("/proc/net/route", &a, neverblock_gateways);
	if (e == OK)
		e = add_from("/proc/net/ipv6_route", &a, neverblock_gateways6);
	if (e == OK)
		e = add_own(&a);
	if (e == OK)
		e = allow_seal(&a);
	if (e) {
		(void)diag_fail(d, e, "the never-block list: %s", err_text(e));
		goto fail;
	}
	*ret = a;
	return OK;
fail:
	allow_done(&a);
	return e;
}
