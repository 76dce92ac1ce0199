/* SPDX-License-Identifier: BSD-2-Clause */
/* Root documents, offline: `new` drafts one, `sign` adds a signature, `show` explains. */
#include <stdio.h>

#include "client/ctl/cmd_root.h"
#include "client/ctl/ctl.h"
#include "common/file.h"

static const char usage[] =
	"usage: varselctl root new [OPTION...]\n"
	"       varselctl root sign [OPTION...] --key KEYFILE FILE\n"
	"       varselctl root show [--json] FILE\n"
	"Root documents say who may sign what. They are drafted and signed here, "
	"offline,\n"
	"and given to the hub with `varseld root add`. Each has its own -h.\n";

enum err root_file_read(const char *path, struct root_file *ret, struct diag *d)
{
	enum err e;

	buf_init(&ret->bytes, ROOT_MAX + SIG_LINES_MAX);
	ret->note = (struct note){0};
	e = file_read(path, &ret->bytes, d);
	if (e)
		return e;
	/* a draft is a text that nobody has signed yet: no envelope around it */
	ret->draft = !memmem(ret->bytes.data, ret->bytes.len, "\n\n", 2);
	if (ret->draft)
		ret->note.text = buf_view(&ret->bytes);
	else
		e = note_parse(buf_view(&ret->bytes), &ret->note, d);
	if (!e)
		e = root_parse(ret->note.text, &ret->root, d);
	return e ? diag_at(d, e, "%s: ", path) : OK;
}

void root_file_done(struct root_file *f)
{
	buf_done(&f->bytes);
}

enum err ctl_root(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct command verbs[] = {
		{"new", NULL, ctl_root_new},
		{"sign", NULL, ctl_root_sign},
		{"show", NULL, ctl_root_show},
	};

	if (argc > 1 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0))
		return ctl_help(usage);
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(c, argc - 1, argv + 1, d);
	return diag_fail(d, ERR_USAGE, "root: new, sign or show");
}
