/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/email.h"

#include "common/domain.h"
#include "common/kind.h"

/* RFC 5321's atext without braces: no mail system hands such names out, and refang()
 * reads "{.}" as a dot. 0 when the byte cannot stand in a local part. */
static char local_char(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + ('a' - 'A'));
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return c;
	return c != '\0' && strchr("!#$%&'*+-/=?^_`|~.", c) ? c : 0;
}

/* Writes the local part in lower case. */
static enum err local_parse(
	struct slice whole, struct slice local, char *out, struct diag *d)
{
	if (local.n == 0)
		return diag_value(d, ERR_VALUE, "email", whole, "nothing before the @");
	if (local.n > EMAIL_LOCAL_MAX)
		return diag_value(d, ERR_LIMIT, "email", whole,
			"more than %d bytes before the @", EMAIL_LOCAL_MAX);
	for (size_t i = 0; i < local.n; i++) {
		out[i] = local_char(local.p[i]);
		if (!out[i])
			return diag_value(d, ERR_VALUE, "email", whole,
				"before the @ only ASCII letters, digits and "
				"!#$%%&'*+-/=?^_`|~. can stand");
		if (out[i] == '.' && (i == 0 || i + 1 == local.n || out[i - 1] == '.'))
			return diag_value(d, ERR_VALUE, "email", whole,
				"a dot at an end or beside another before the @");
	}
	return OK;
}

enum err email_canonicalise(struct slice in, struct buf *out, struct diag *d)
{
	char text[EMAIL_LOCAL_MAX + 1 + DOMAIN_MAX];
	struct slice domain = in, local;
	size_t n;
	enum err e;

	if (!slice_cut(&domain, '@', &local))
		return diag_value(d, ERR_VALUE, "email", in, "no @");
	e = local_parse(in, local, text, d);
	if (e)
		return e;
	text[local.n] = '@';
	e = domain_parse("email", in, domain, text + local.n + 1, &n, d);
	if (e)
		return e;
	return kind_put("email", in, slice_mem(text, local.n + 1 + n), out, d);
}
