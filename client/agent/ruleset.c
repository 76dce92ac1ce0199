/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/ruleset.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "common/file.h"

#define TYPE(message) (NFNL_SUBSYS_NFTABLES << 8 | (message))
#define HEAD          (NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct nfgenmsg)))
#define NAME_MAX_     64    /* of a table, with its NUL */
#define ANSWER        32768 /* the kernel's own limit for a part of a dump */

struct question {
	struct nlmsghdr h;
	struct nfgenmsg g;
	struct nlattr a;
	char name[NAME_MAX_];
};

static bool ask(const struct question *q, int *ret_fd)
{
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	const struct timeval patience = {.tv_sec = 1};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);

	*ret_fd = fd;
	return fd >= 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ==
		       0 &&
	       sendto(fd, q, q->h.nlmsg_len, 0, (const struct sockaddr *)&kernel,
		       sizeof(kernel)) == (ssize_t)q->h.nlmsg_len;
}

/* The attribute's value in an answer to NFT_MSG_GETGEN. */
static uint32_t read_generation(const char *p, size_t n)
{
	struct nlmsghdr h;
	struct nlattr a;
	uint32_t value;

	if (n < sizeof(h))
		return 0;
	memcpy(&h, p, sizeof(h));
	if (h.nlmsg_type != TYPE(NFT_MSG_NEWGEN) || h.nlmsg_len > n)
		return 0;
	for (size_t at = HEAD; at + sizeof(a) <= h.nlmsg_len;
		at += (size_t)NLA_ALIGN(a.nla_len)) {
		memcpy(&a, p + at, sizeof(a));
		if (a.nla_len < sizeof(a) || at + a.nla_len > h.nlmsg_len)
			return 0;
		if ((a.nla_type & NLA_TYPE_MASK) != NFTA_GEN_ID ||
			a.nla_len < sizeof(a) + sizeof(value))
			continue;
		memcpy(&value, p + at + sizeof(a), sizeof(value));
		return ntohl(value);
	}
	return 0;
}

uint32_t ruleset_generation(void)
{
	const struct question q = {.h = {.nlmsg_len = HEAD,
					   .nlmsg_type = TYPE(NFT_MSG_GETGEN),
					   .nlmsg_flags = NLM_F_REQUEST},
		.g = {.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0}};
	CLEANUP_FD int fd = -1;
	char answer[1024];
	ssize_t n;

	if (!ask(&q, &fd))
		return 0;
	n = recv(fd, answer, sizeof(answer), 0);
	return n > 0 ? read_generation(answer, (size_t)n) : 0;
}

/* Adds what stands behind the headers, which tell of the question and of the generation.
 * *ret_more: another part follows. */
static bool add_rules(const char *p, size_t n, struct hasher *to, bool *ret_more)
{
	struct nlmsghdr h;

	for (size_t at = 0; at + sizeof(h) <= n; at += NLMSG_ALIGN(h.nlmsg_len)) {
		memcpy(&h, p + at, sizeof(h));
		if (h.nlmsg_len < sizeof(h) || h.nlmsg_len > n - at)
			return false;
		*ret_more = h.nlmsg_type != NLMSG_DONE;
		if (!*ret_more)
			return true;
		if (h.nlmsg_type != TYPE(NFT_MSG_NEWRULE) || h.nlmsg_len < HEAD ||
			h.nlmsg_flags & NLM_F_DUMP_INTR)
			return false;
		hasher_add(to, slice_mem(p + at + HEAD, h.nlmsg_len - HEAD));
	}
	return true;
}

bool ruleset_rules(const char *table, struct hash *ret)
{
	struct question q = {.h = {.nlmsg_type = TYPE(NFT_MSG_GETRULE),
				     .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.g = {.nfgen_family = NFPROTO_INET, .version = NFNETLINK_V0},
		.a = {.nla_type = NFTA_RULE_TABLE}};
	size_t name = strlen(table) + 1;
	CLEANUP_FD int fd = -1;
	char answer[ANSWER];
	struct hasher sum;
	bool fine, more = true;

	if (name > sizeof(q.name))
		return false;
	memcpy(q.name, table, name);
	q.a.nla_len = (uint16_t)(sizeof(q.a) + name);
	q.h.nlmsg_len = (uint32_t)(HEAD + (size_t)NLA_ALIGN(q.a.nla_len));
	fine = ask(&q, &fd);
	hasher_init(&sum);
	while (fine && more) {
		ssize_t n = recv(fd, answer, sizeof(answer), 0);

		fine = n > 0 && add_rules(answer, (size_t)n, &sum, &more);
	}
	*ret = hasher_end(&sum);
	return fine;
}
