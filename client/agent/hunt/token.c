/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/token.h"

#include "common/utf8.h"

#define BETWEEN(c, a, b) ((unsigned)(c) - (a) <= (unsigned)(b) - (a))

static bool is_alnum(unsigned c)
{
	return BETWEEN(c | 0x20, 'a', 'z') || BETWEEN(c, '0', '9');
}

void token_classes(unsigned char class[256])
{
	for (unsigned c = 0; c < 256; c++) {
		bool name = is_alnum(c) || c == '-' || c == '_' || c >= 0x80;
		bool hex = BETWEEN(c | 0x20, 'a', 'f') || BETWEEN(c, '0', '9');
		unsigned k = name ? TOKEN_NAME | (hex ? TOKEN_HEX : TOKEN_NOHEX) : 0;

		k |= c >= 0x80 ? TOKEN_HIGH : 0;
		k |= c == '.' ? TOKEN_DOT : 0;
		k |= c == ':' ? TOKEN_COLON : 0;
		k |= c == '[' || c == '(' || c == '{' ? TOKEN_OPEN : 0;
		k |= c == '\\' ? TOKEN_ESCAPE : 0;
		class[c] = (unsigned char)k;
	}
}

/* Marks that can stand in no name, and are set directly beside one. */
static bool is_mark(uint32_t cp)
{
	static const uint32_t ranges[][2] = {{0x80, 0xa9}, {0xab, 0xac}, {0xae, 0xb6},
		{0xb8, 0xb9}, {0xbb, 0xbf}, {0x2000, 0x200b}, {0x200e, 0x206f},
		{0x3000, 0x3001}, {0x3003, 0x303f}, {0xfeff, 0xfeff}};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (BETWEEN(cp, ranges[i][0], ranges[i][1]))
			return true;
	return false;
}

size_t token_mark(const char *p, const char *end)
{
	uint32_t cp;
	size_t n = utf8_next(slice_mem(p, (size_t)(end - p)), &cp);

	return n > 1 && is_mark(cp) ? n : 0;
}

bool token_url(struct slice line, struct slice host, struct slice *ret)
{
	const char *p = host.p, *end = line.p + line.n;

	if (p > line.p && p[-1] == '[')
		p--;
	if (p - line.p < 4 || memcmp(p - 3, "://", 3) != 0)
		return false;
	p -= 3;
	while (p > line.p && (is_alnum((unsigned char)p[-1]) || p[-1] == '*'))
		p--;
	ret->p = p;
	for (p = host.p;
		p < end && (unsigned char)*p > 0x20 && *p != 0x7f && !strchr("\"<>`", *p);
		p++)
		;
	ret->n = (size_t)(p - ret->p);
	return true;
}

bool token_trim(struct slice *url)
{
	if (url->n < 2 || !memchr(".,;:!?')]}|", url->p[url->n - 1], 11))
		return false;
	url->n--;
	return true;
}

bool token_mail(struct slice line, struct slice host, struct slice *ret)
{
	const char *p = host.p;

	if (p - line.p < 2 || p[-1] != '@')
		return false;
	p--;
	while (p > line.p && p[-1] != '\0' &&
		(is_alnum((unsigned char)p[-1]) || strchr("!#$%&'*+-/=?^_`|~.", p[-1])))
		p--;
	*ret = slice_mem(p, (size_t)(host.p - p) + host.n);
	return true;
}

bool token_unprefix(struct slice *mail)
{
	for (size_t i = 0; i < mail->n && mail->p[i] != '@'; i++) {
		if (!memchr("=/'`|&?#", mail->p[i], 8))
			continue;
		*mail = slice_mem(mail->p + i + 1, mail->n - i - 1);
		return true;
	}
	return false;
}
