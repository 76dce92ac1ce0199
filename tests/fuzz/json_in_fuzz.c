/* SPDX-License-Identifier: BSD-2-Clause */
/* What the reader hands out, the writer writes, and the reader takes again. */
#include <assert.h>
#include <stdbool.h>

#include "common/json_in.h"
#include "common/json_out.h"

struct item {
	char *name;
	int64_t id;
	bool flag;
	struct json_nums nums;
	struct json_texts texts;
};

#define AT(f) offsetof(struct item, f)
static const struct json_field fields[] = {
	{"name", JSON_TEXT, AT(name), 50, true},
	{"id", JSON_NUM, AT(id), 1000, false},
	{"flag", JSON_FLAG, AT(flag), 0, false},
	{"nums", JSON_NUMS, AT(nums), 5, false},
	{"texts", JSON_TEXTS, AT(texts), 5, false},
	{0},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_item(struct json_out *j, const struct item *x)
{
	json_put_object(j, NULL);
	json_put_str(j, "name", x->name);
	json_put_num(j, "id", x->id);
	json_put_flag(j, "flag", x->flag);
	json_put_array(j, "nums");
	for (size_t i = 0; i < x->nums.n; i++)
		json_put_num(j, NULL, x->nums.item[i]);
	json_put_array_end(j);
	json_put_array(j, "texts");
	for (size_t i = 0; i < x->texts.n; i++)
		json_put_str(j, NULL, x->texts.item[i]);
	json_put_array_end(j);
	json_put_object_end(j);
}

static enum err take(void *ctx, size_t i, void *item, struct diag *d)
{
	const struct item *x = item;

	(void)d;
	assert(x->name && strlen(x->name) <= 50 && i == (*(size_t *)ctx)++);
	return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_mem(data, size);
	CLEANUP_ARENA struct arena a;
	CLEANUP_BUF struct buf once, twice;
	struct item x = {0}, y = {0};
	struct json_out j;
	struct diag d;
	size_t n = 0;
	enum err e;

	arena_init(&a, 1 << 20);
	buf_init(&once, 1 << 20);
	buf_init(&twice, 1 << 20);
	(void)!json_read_array(in, NULL, fields, sizeof(x), true, take, &n, &a, &d);
	if (json_read_object(in, fields, &x, &a, &d))
		return 0;
	json_put_begin(&j, &once);
	write_item(&j, &x);
	e = json_read_object(buf_view(&once), fields, &y, &a, &d);
	assert(!e);
	json_put_begin(&j, &twice);
	write_item(&j, &y);
	assert(slice_same(buf_view(&once), buf_view(&twice)));
	return 0;
}
