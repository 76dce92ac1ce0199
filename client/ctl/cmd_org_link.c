/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/cmd_org.h"
#include "client/ctl/cmd_root.h"
#include "common/link.h"

enum err org_check_link(
	struct slice link, const char *code, const struct ctl_conf *conf, struct diag *d)
{
	CLEANUP_ROOT_FILE struct root_file root = {0};
	struct enrol_link l;
	struct hash own;
	enum err e = link_parse(link, &l, d);

	if (e)
		return diag_at(d, e, "the hub's link: ");
	if (!slice_is(l.hub, conf->hub_name) || !slice_is(l.org, code))
		return diag_fail(d, ERR_WRONG_HUB,
			"the hub's link is for %.*s at %.*s, not for %s at %s",
			SLICE_ARG(l.org), SLICE_ARG(l.hub), code, conf->hub_name);
	e = root_file_read(conf->root, &root, d);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_CONFIG : e;
	own = hash_of(root.note.text);
	if (!hash_same(&own, &l.root))
		return diag_fail(d, ERR_SIGNATURE,
			"the hub's link names another root than %s: it must not be used",
			conf->root);
	return OK;
}
