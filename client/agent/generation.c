/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/generation.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "common/file.h"

/* The attribute's value in an answer to NFT_MSG_GETGEN. */
static uint32_t read_answer(const char *p, size_t n)
{
	const size_t head = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct nfgenmsg));
	struct nlmsghdr h;
	struct nlattr a;
	uint32_t value;

	if (n < sizeof(h))
		return 0;
	memcpy(&h, p, sizeof(h));
	if (h.nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWGEN) ||
		h.nlmsg_len > n)
		return 0;
	for (size_t at = head; at + sizeof(a) <= h.nlmsg_len;
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

uint32_t generation_now(void)
{
	struct {
		struct nlmsghdr h;
		struct nfgenmsg g;
	} ask = {{.nlmsg_len = sizeof(ask),
			 .nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN,
			 .nlmsg_flags = NLM_F_REQUEST},
		{.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0}};
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	const struct timeval patience = {.tv_sec = 1};
	CLEANUP_FD int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	char answer[1024];
	ssize_t n;

	if (fd < 0 ||
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) !=
			0 ||
		sendto(fd, &ask, sizeof(ask), 0, (const struct sockaddr *)&kernel,
			sizeof(kernel)) != (ssize_t)sizeof(ask))
		return 0;
	n = recv(fd, answer, sizeof(answer), 0);
	return n > 0 ? read_answer(answer, (size_t)n) : 0;
}
