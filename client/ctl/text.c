/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

const char *text_num(int64_t n, char out[TEXT_NUM])
{
	(void)snprintf(out, TEXT_NUM, "%" PRId64, n);
	return out;
}

const char *text_list(const struct json_texts *t, const char *gap, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < t->n && n < size; i++)
		n += (size_t)snprintf(
			out + n, size - n, "%s%s", i ? gap : "", t->item[i]);
	return out;
}

size_t text_width(const char *text)
{
	mbstate_t state = {0};
	size_t left = strlen(text), width = 0;

	while (left) {
		wchar_t c;
		size_t n = mbrtowc(&c, text, left, &state);
		int w;

		if (n == (size_t)-1 || n == (size_t)-2) {
			state = (mbstate_t){0};
			n = 1;
			w = 1;
		} else {
			w = wcwidth(c);
		}
		width += w > 0 ? (size_t)w : 0;
		text += n;
		left -= n;
	}
	return width;
}
