/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A DNS response policy zone (unbound, BIND, Knot Resolver, PowerDNS): a blocked domain
 * and everything below it does not exist. What must not be blocked passes.
 */
#include "client/agent/output/output.h"

#define ZONE "varsel.rpz"
#define HEAD 5
/* What is checked at once: named-checkzone takes some 70 MiB for it. */
#define PART      200000
#define WIRE_NAME 255 /* octets of a domain name, RFC 1035 2.3.4 */

static const char *zone_of(const struct output_conf *c)
{
	return c->zone ? c->zone : ZONE;
}

static enum err rpz_validate(const struct output_conf *c, struct diag *d)
{
	const struct kind *domain = kind_by_name(slice_of("domain"));
	CLEANUP_BUF struct buf b;

	buf_init(&b, VALUE_MAX);
	if (!c->file)
		return diag_fail(d, ERR_CONFIG, "needs a file");
	if (domain->canonicalise(slice_of(zone_of(c)), &b, d))
		return diag_at(d, ERR_CONFIG, "zone: ");
	if (!slice_is(buf_view(&b), zone_of(c)))
		return diag_fail(d, ERR_CONFIG,
			"zone: write it as \"%s\", without a dot at the end",
			buf_str(&b));
	return OK;
}

/* "*." + name + zone on the wire: a length octet for each label instead of its dot, one
 * more in front, and the root's. */
static bool fits(const struct output_conf *c, struct slice name)
{
	return 2 + (name.n + 1) + (strlen(zone_of(c)) + 1) + 1 <= WIRE_NAME;
}

static void put_both(FILE *f, struct slice name, const char *target)
{
	/* twice for each of a million names: no printf */
	for (size_t i = 0; i < 2; i++) {
		if (i)
			(void)fputs("*.", f);
		(void)fwrite(name.p, 1, name.n, f);
		(void)fputs(" CNAME ", f);
		(void)fputs(target, f);
		(void)fputc('\n', f);
	}
}

static bool is_domain(const struct active *a)
{
	return a->kind == KIND_DOMAIN && a->action == ACTION_BLOCK;
}

/* What only contains an exception is blocked around it. */
static bool is_spared(const struct output_job *j, const struct active *a)
{
	return allow_match(j->allow, &kinds[KIND_DOMAIN], a->value, NULL) == ALLOW_ALL;
}

static bool rpz_counts(const struct output_job *j, const struct active *a)
{
	return is_domain(a) && !is_spared(j, a) && fits(j->conf, a->value);
}

/* Whether a domain above this one is blocked here. */
static bool is_below_blocked(const struct output_job *j, struct slice name)
{
	struct slice label;

	/* a name of one label is no domain of the set */
	while (slice_cut(&name, '.', &label) && memchr(name.p, '.', name.n)) {
		const struct active *a =
			activeset_find(j->set, &kinds[KIND_DOMAIN], name);

		if (a && is_domain(a) && output_keeps(j, a))
			return true;
	}
	return false;
}

/*
 * A wildcard does not reach below a name that exists, and every owner makes the names
 * above it exist: with *.evil.example and a.b.evil.example in the zone, c.b.evil.example
 * is caught by neither. So of two blocked domains only the upper one is written, and
 * where an exception stands deep below a blocked domain, the names between them are
 * blocked one by one.
 */
static void put_exceptions(const struct output_job *j, FILE *f)
{
	struct allow_entry *const *e = j->allow->domain;

	for (size_t i = 0; i < j->allow->ndomain; i++) {
		struct slice name = e[i]->value, label;

		if (!fits(j->conf, name))
			continue;
		put_both(f, name, "rpz-passthru.");
		while (slice_cut(&name, '.', &label) && is_below_blocked(j, name))
			/* the list is sorted: who shares this name came right before */
			if (i == 0 || !domain_contains(name, e[i - 1]->value))
				put_both(f, name, ".");
	}
}

static void rpz_render(const struct output_job *j, FILE *f, struct output_tally *t)
{
	/* HEAD lines */
	(void)fprintf(f,
		"; varsel: blocked domains; written by varsel, do not edit\n"
		"$ORIGIN %s.\n$TTL 60\n"
		"@ SOA localhost. hostmaster.localhost. %u 60 60 86400 60\n"
		"@ NS localhost.\n",
		zone_of(j->conf), j->serial);
	put_exceptions(j, f);
	for (size_t i = 0; i < j->set->n; i++) {
		const struct active *a = &j->set->a[i];

		if (!is_domain(a))
			continue;
		if (is_spared(j, a)) {
			t->spared++;
		} else if (!fits(j->conf, a->value) || !output_keeps(j, a)) {
			t->left_out++;
		} else {
			t->count++;
			if (!is_below_blocked(j, a->value))
				put_both(f, a->value, ".");
		}
	}
}

static void rpz_check(
	const struct output_conf *c, const char *path, struct output_argv *ret)
{
	output_argv_put(ret, "named-checkzone");
	output_argv_put(ret, "-q");
	/* No look-ups of the name server's address, no comparing of each record with its
	 * neighbours: a name has one record here, and the checks take half the time. */
	output_argv_put(ret, "-i");
	output_argv_put(ret, "none");
	output_argv_put(ret, "-r");
	output_argv_put(ret, "ignore");
	output_argv_put(ret, zone_of(c));
	output_argv_put(ret, path);
}

const struct output_type output_rpz = {
	.name = "rpz",
	.doc = "A response policy zone for a DNS resolver.",
	.carry = CARRY_DOMAIN,
	.takes = " file zone reload max ",
	.max = OUTPUT_MAX,
	.counts = rpz_counts,
	.validate = rpz_validate,
	.render = rpz_render,
	.check = rpz_check,
	.check_rows = PART,
	.check_head = HEAD,
};
