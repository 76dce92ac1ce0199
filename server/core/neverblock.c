/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/neverblock.h"

#include "common/protected.h"

static enum err add_host(struct allow *a, struct slice host)
{
	CLEANUP_BUF struct buf value = {.max = VALUE_MAX};
	const struct kind *kind;

	/* a name of one label, such as localhost, is no indicator's either */
	if (kind_recognise(host, &kind, &value, NULL))
		return OK;
	return allow_add(a, kind, buf_view(&value), "the hub itself", true);
}

static enum err add_hub(const struct core *c, struct allow *a)
{
	CLEANUP_BUF struct buf url = {.max = URL_MAX};
	enum err e = add_host(a, slice_of(c->hub));

	if (e == OK && url_canonicalise(slice_of(c->public_url), &url, NULL) == OK)
		e = add_host(a, url_host(buf_view(&url)));
	return e;
}

static enum err add_files(const struct conf_list *files, struct allow *a,
	struct warninglist *sum, struct diag *d)
{
	for (size_t i = 0; i < files->n; i++) {
		struct warninglist one;
		enum err e = warninglist_load(files->item[i], a, &one, d);

		if (e)
			return diag_at(d, ERR_CONFIG, "never-block: ");
		if (one.skipped && sum->skipped == 0) {
			sum->first = one.first;
			(void)diag_at(&sum->first, OK, "%s: ", files->item[i]);
		}
		sum->taken += one.taken;
		sum->skipped += one.skipped;
	}
	return OK;
}

enum err neverblock_load(const struct core *c, const struct conf_list *files,
	struct allow *ret, struct warninglist *ret_files, struct diag *d)
{
	struct warninglist sum = {0};
	struct allow a;
	enum err e;

	allow_init(&a);
	e = protected_load(&a);
	if (e == OK)
		e = add_hub(c, &a);
	if (e)
		(void)diag_fail(d, e, "never-block: %s", err_text(e));
	else
		e = add_files(files, &a, &sum, d);
	if (e == OK && (e = allow_seal(&a)))
		(void)diag_fail(d, e, "never-block: %s", err_text(e));
	if (e) {
		allow_done(&a);
		return e;
	}
	*ret = a;
	*ret_files = sum;
	return OK;
}
