/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/listing.h"

#include "client/ctl/ctl.h"

void listing_begin(struct listing *l, bool json, const char *const *head, size_t max)
{
	l->json = json;
	buf_init(&l->out, max);
	arena_init(&l->arena, max);
	table_init(&l->t, head, &l->arena);
	json_put_begin(&l->j, &l->out);
	if (json)
		json_put_array(&l->j, NULL);
}

enum err listing_print(struct listing *l, struct diag *d)
{
	if (l->json) {
		json_put_array_end(&l->j);
		buf_putc(&l->out, '\n');
	} else {
		table_put(&l->t, &l->out);
	}
	return ctl_print(&l->out, d);
}

void listing_done(struct listing *l)
{
	buf_done(&l->out);
	arena_done(&l->arena);
}
