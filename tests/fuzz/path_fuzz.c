/* SPDX-License-Identifier: BSD-2-Clause */
/* Request targets: what passes the grammar has one spelling, and fits one route at most.
 */
#include <stdlib.h>

#include "server/http/path.h"
#include "server/http/routes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_path(struct slice path)
{
	struct slice arg[REQUEST_ARGS];
	const struct route *r;

	/* "/" alone is the situation page */
	must(path.p[0] == '/' && (path.n == 1 || path.p[path.n - 1] != '/'));
	must(!memchr(path.p, '%', path.n) && !memmem(path.p, path.n, "//", 2));
	must(!memmem(path.p, path.n, "/../", 4) && !memmem(path.p, path.n, "/./", 3));
	if (route_find("GET", path, false, &r, arg, NULL, NULL) == OK)
		must(r && r->method);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice path, query;
	struct param p[REQUEST_PARAMS];
	struct arena a;
	struct diag d;
	size_t n;

	if (path_parse(slice_mem(data, size), &path, &query, &d))
		return 0;
	check_path(path);
	arena_init(&a, 1 << 20);
	if (query_parse(query, "after wait kind q value", &a, p, &n, &d) == OK)
		for (size_t i = 0; i < n; i++)
			must(p[i].name && p[i].value);
	arena_done(&a);
	return 0;
}
