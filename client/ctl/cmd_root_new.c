/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "client/ctl/cmd_root.h"
#include "client/ctl/ctl.h"
#include "common/clock.h"
#include "common/file.h"

static const char usage[] =
	"usage: varselctl root new --hub NAME --key ROLE=VKEY... [OPTION...]\n"
	"       varselctl root new --from OLD [OPTION...]\n"
	"Prints a draft, to be signed with `varselctl root sign`.\n"
	"  --hub NAME                  the hub's name\n"
	"  --from OLD                  the successor of OLD: its values, version one "
	"more\n"
	"  --version N                 1, or OLD's plus one\n"
	"  --key ROLE=VKEY             adds a key; ROLE: root coordinator attest log "
	"fresh.\n"
	"                              A log or fresh key replaces OLD's\n"
	"  --drop NAME                 leaves out OLD's key of that name\n"
	"  --root-threshold N          signatures that a root needs (1)\n"
	"  --coordinator-threshold N   signatures that an approval needs (1)\n"
	"  --expires TIME              365d\n"
	"  --max-age DURATION          how long a checkpoint's freshness lasts (1h)\n"
	"  --attest-within DURATION    between attests; 0s: none required (0s)\n"
	"  --max-lifetime DURATION     longest an approval may run (365d)\n"
	"  --compromised               what hangs on a key that goes is to count no "
	"more;\n"
	"                              without it that is refused, as far as it is known "
	"here\n"
	"  -o, --output FILE           instead of stdout\n";

/* Keys by role until their number is known. */
struct draft {
	struct root root;
	struct pubkey keys[ROLE_COUNT][ROOT_KEYS];
	size_t n[ROLE_COUNT];
	const char *output;
	bool follows; /* an older one */
	bool compromised;
};

static enum err role_parse(struct slice name, enum role *ret, struct diag *d)
{
	for (int r = 0; r < ROLE_COUNT; r++) {
		if (slice_is(name, role_name((enum role)r))) {
			*ret = (enum role)r;
			return OK;
		}
	}
	return diag_fail(d, ERR_USAGE,
		"role \"%.*s\": root, coordinator, attest, log or fresh",
		SLICE_ARG(name));
}

static enum err add_key(struct draft *x, const char *arg, struct diag *d)
{
	struct slice vkey = slice_of(arg), name;
	struct pubkey key;
	enum role role = ROLE_ROOT;
	enum err e;

	if (!slice_cut(&vkey, '=', &name))
		return diag_fail(d, ERR_USAGE, "--key \"%s\": not ROLE=VKEY", arg);
	e = role_parse(name, &role, d);
	if (!e)
		e = pubkey_parse(vkey, &key, d);
	if (e)
		return diag_at(d, e, "--key: ");
	if (role == ROLE_LOG || role == ROLE_FRESH)
		x->n[role] = 0;
	if (x->n[role] == ROOT_KEYS)
		return diag_fail(d, ERR_LIMIT, "over %d keys", ROOT_KEYS);
	x->keys[role][x->n[role]++] = key;
	return OK;
}

static enum err drop_key(struct draft *x, const char *name, struct diag *d)
{
	bool found = false;

	for (int r = 0; r < ROLE_COUNT; r++) {
		size_t kept = 0;

		for (size_t i = 0; i < x->n[r]; i++) {
			if (strcmp(x->keys[r][i].name, name) == 0)
				found = true;
			else
				x->keys[r][kept++] = x->keys[r][i];
		}
		x->n[r] = kept;
	}
	return found ? OK : diag_fail(d, ERR_USAGE, "--drop %s: no such key", name);
}

static enum err start_from(struct draft *x, const char *path, struct diag *d)
{
	CLEANUP_ROOT_FILE struct root_file old;
	enum err e = root_file_read(path, &old, d);

	if (e)
		return e;
	old.root.version++;
	old.root.issued = x->root.issued;
	old.root.expires = x->root.expires;
	x->root = old.root;
	x->follows = true;
	for (int r = 0; r < ROLE_COUNT; r++) {
		const struct pubkey *k = root_keys(&old.root, (enum role)r, &x->n[r]);

		memcpy(x->keys[r], k, x->n[r] * sizeof(*k));
	}
	return OK;
}

/* Options in two rounds: --from lays the ground for the others, wherever it stands. */
enum {
	HUB = 1000,
	FROM,
	VERSION,
	KEY,
	DROP,
	ROOT_T,
	COORD_T,
	EXPIRES,
	AGE,
	ATTEST,
	LIFE,
	COMPROMISED
};

static const struct option options[] = {
	{"hub", required_argument, NULL, HUB},
	{"from", required_argument, NULL, FROM},
	{"version", required_argument, NULL, VERSION},
	{"key", required_argument, NULL, KEY},
	{"drop", required_argument, NULL, DROP},
	{"root-threshold", required_argument, NULL, ROOT_T},
	{"coordinator-threshold", required_argument, NULL, COORD_T},
	{"expires", required_argument, NULL, EXPIRES},
	{"max-age", required_argument, NULL, AGE},
	{"attest-within", required_argument, NULL, ATTEST},
	{"max-lifetime", required_argument, NULL, LIFE},
	{"compromised", no_argument, NULL, COMPROMISED},
	{"output", required_argument, NULL, 'o'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static enum err take_option(struct draft *x, int opt, const char *arg, struct diag *d)
{
	struct slice s = slice_of(arg ? arg : "");

	switch (opt) {
	case HUB:
		if (s.n == 0 || s.n > HUB_NAME_MAX)
			return diag_fail(
				d, ERR_USAGE, "--hub: 1 to %d bytes", HUB_NAME_MAX);
		(void)snprintf(x->root.hub, sizeof(x->root.hub), "%s", arg);
		return OK;
	case VERSION:
		return number_parse(s, &x->root.version, d);
	case KEY:
		return add_key(x, arg, d);
	case DROP:
		return drop_key(x, arg, d);
	case ROOT_T:
		return number_parse(s, &x->root.threshold_root, d);
	case COORD_T:
		return number_parse(s, &x->root.threshold_coordinator, d);
	case EXPIRES:
		return clock_until(s, x->root.issued, &x->root.expires, d);
	case AGE:
		return clock_duration(s, &x->root.max_age, d);
	case ATTEST:
		return clock_duration(s, &x->root.attest_within, d);
	case LIFE:
		return clock_duration(s, &x->root.max_lifetime, d);
	case COMPROMISED:
		x->compromised = true;
		return OK;
	default:
		x->output = arg;
		return OK;
	}
}

static enum err finish(struct ctl *c, struct draft *x, struct diag *d)
{
	CLEANUP_BUF struct buf text = {.max = ROOT_MAX};
	struct root *r = &x->root, check;
	size_t n = 0;
	enum err e;

	for (int role = 0; role < ROLE_COUNT; role++) {
		if (x->n[role] > ROOT_KEYS - n)
			return diag_fail(d, ERR_LIMIT, "over %d keys", ROOT_KEYS);
		r->first[role] = n;
		memcpy(r->keys + n, x->keys[role], x->n[role] * sizeof(struct pubkey));
		n += x->n[role];
	}
	r->first[ROLE_COUNT] = n;
	root_put(&text, r);
	if (buf_err(&text))
		return diag_fail(d, buf_err(&text), "%s", err_text(buf_err(&text)));
	/* what everyone else would refuse is refused before anyone signs it */
	e = root_parse(buf_view(&text), &check, d);
	if (e)
		return diag_at(d, e, "this root would be refused: ");
	if (x->follows)
		e = root_depend_check(c, &check, x->compromised, d);
	if (e)
		return e;
	return x->output ? file_write(x->output, buf_view(&text), 0644, d)
			 : ctl_print(&text, d);
}

enum err ctl_root_new(struct ctl *c, int argc, char **argv, struct diag *d)
{
	struct draft x;
	int64_t now = clock_now();
	enum err e = OK;
	int opt;

	x = (struct draft){.root = {.version = 1,
				   .issued = now,
				   .expires = now + 365 * 86400,
				   .threshold_root = 1,
				   .threshold_coordinator = 1,
				   .max_age = 3600,
				   .max_lifetime = 365 * 86400}};
	for (int round = 0; round < 2; round++) {
		optind = 0;
		opterr = round == 0;
		while ((opt = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
			if (opt == 'h')
				return ctl_help(usage);
			if (opt == '?')
				return ERR_USAGE;
			if (round == 0 && opt == FROM)
				e = start_from(&x, optarg, d);
			else if (round == 1 && opt != FROM)
				e = take_option(&x, opt, optarg, d);
			if (e == ERR_SYNTAX && opt != KEY && opt != FROM)
				return diag_at(d, ERR_USAGE, "root new: ");
			if (e)
				return e;
		}
	}
	if (optind != argc)
		return diag_fail(
			d, ERR_USAGE, "root new: \"%s\" is too much", argv[optind]);
	if (!*x.root.hub)
		return diag_fail(d, ERR_USAGE, "root new: give --hub NAME or --from OLD");
	return finish(c, &x, d);
}
