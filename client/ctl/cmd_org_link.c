/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/cmd_org.h"
#include "client/ctl/cmd_root.h"
#include "common/hash.h"

enum err org_check_link(
	struct slice link, const char *code, const struct ctl_conf *conf, struct diag *d)
{
	CLEANUP_ROOT_FILE struct root_file root = {0};
	struct slice rest = link, field[6], address;
	struct hash named, own;
	enum err e;

	if (!slice_cut(&rest, '#', &address) || address.n < 6 ||
		memcmp(address.p + address.n - 6, "/enrol", 6) != 0)
		return diag_fail(d, ERR_SYNTAX, "the hub's link is no enrolment link");
	for (size_t i = 0; i < 6; i++)
		if (slice_cut(&rest, ',', &field[i]) != (i < 5))
			return diag_fail(d, ERR_SYNTAX,
				"the hub's link has not the six fields that it should");
	if (!slice_is(field[0], "v1"))
		return diag_fail(d, ERR_SYNTAX, "the hub's link is of version \"%.*s\"",
			SLICE_ARG(field[0]));
	if (!slice_is(field[1], conf->hub_name) || !slice_is(field[2], code))
		return diag_fail(d, ERR_WRONG_HUB,
			"the hub's link is for %.*s at %.*s, not for %s at %s",
			SLICE_ARG(field[2]), SLICE_ARG(field[1]), code, conf->hub_name);
	e = hash_parse(field[5], &named, d);
	if (e)
		return diag_at(d, e, "the hub's link, root: ");
	e = root_file_read(conf->root, &root, d);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_CONFIG : e;
	own = hash_of(root.note.text);
	if (!hash_same(&own, &named))
		return diag_fail(d, ERR_SIGNATURE,
			"the hub's link names another root than %s: it must not be used",
			conf->root);
	return OK;
}
