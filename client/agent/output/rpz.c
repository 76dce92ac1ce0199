/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A DNS response policy zone (unbound, BIND, Knot Resolver, PowerDNS): a blocked domain
 * and everything below it does not exist. What must not be blocked passes.
 */
#include "client/agent/output/output.h"

#define ZONE      "varsel.rpz"
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
	(void)fprintf(f, "%.*s CNAME %s\n*.%.*s CNAME %s\n", SLICE_ARG(name), target,
		SLICE_ARG(name), target);
}

static void rpz_render(const struct output_job *j, FILE *f, struct output_tally *t)
{
	const struct kind *domain = &kinds[KIND_DOMAIN];

	(void)fprintf(f,
		"; varsel: blocked domains; written by varsel, do not edit\n"
		"$ORIGIN %s.\n$TTL 60\n"
		"@ SOA localhost. hostmaster.localhost. %u 60 60 86400 60\n"
		"@ NS localhost.\n",
		zone_of(j->conf), j->serial);
	for (size_t i = 0; i < j->allow->ndomain; i++)
		if (fits(j->conf, j->allow->domain[i]->value))
			put_both(f, j->allow->domain[i]->value, "rpz-passthru.");
	for (size_t i = 0; i < j->set->n; i++) {
		const struct active *a = &j->set->a[i];

		if (a->kind != KIND_DOMAIN || a->action != ACTION_BLOCK)
			continue;
		/* a domain that only contains such an entry is blocked around it: the
		 * entry's own records are closer and win */
		if (allow_match(j->allow, domain, a->value, NULL) == ALLOW_ALL) {
			t->spared++;
		} else if (!fits(j->conf, a->value)) {
			t->left_out++;
		} else {
			put_both(f, a->value, ".");
			t->count++;
		}
	}
}

static void rpz_check(
	const struct output_conf *c, const char *path, struct output_argv *ret)
{
	output_argv_put(ret, "named-checkzone");
	output_argv_put(ret, "-q");
	output_argv_put(ret, zone_of(c));
	output_argv_put(ret, path);
}

const struct output_type output_rpz = {
	.name = "rpz",
	.doc = "A response policy zone for a DNS resolver.",
	.carry = CARRY_DOMAIN,
	.takes = " file zone reload ",
	.validate = rpz_validate,
	.render = rpz_render,
	.check = rpz_check,
};
