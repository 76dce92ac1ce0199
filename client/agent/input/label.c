/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/input/label.h"

#include <ctype.h>
#include <strings.h>

#define PREFIX "tlp:"

bool label_is_tlp(struct slice text)
{
	return text.n > strlen(PREFIX) &&
	       strncasecmp(text.p, PREFIX, strlen(PREFIX)) == 0;
}

bool label_tlp(struct slice text, enum tlp *strictest)
{
	char name[16] = "";
	enum tlp t;

	if (label_is_tlp(text)) {
		text.p += strlen(PREFIX);
		text.n -= strlen(PREFIX);
	}
	if (text.n >= sizeof(name))
		return false;
	for (size_t i = 0; i < text.n; i++)
		name[i] = (char)tolower((unsigned char)text.p[i]);
	/* TLP 1.0 called it so */
	if (tlp_parse(slice_of(strcmp(name, "white") == 0 ? "clear" : name), &t, NULL))
		return false;
	if (t > *strictest)
		*strictest = t;
	return true;
}

void label_tag(struct slice text, struct buf *list)
{
	if (text.n == 0 || text.n > TAG_MAX)
		return;
	for (size_t i = 0; i < text.n; i++)
		if (!isascii((unsigned char)text.p[i]) ||
			(!isalnum((unsigned char)text.p[i]) &&
				!memchr(":._-", text.p[i], 4)))
			return;
	if (list->len)
		buf_putc(list, ',');
	for (size_t i = 0; i < text.n; i++)
		buf_putc(list, (char)tolower((unsigned char)text.p[i]));
}
