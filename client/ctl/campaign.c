/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/campaign.h"

#include <stdio.h>

#include "common/limits.h"

#define AT(field) offsetof(struct campaign, field)
const struct json_field campaign_fields[] = {
	{"id", JSON_NUM, AT(id), INT64_MAX, true},
	{"state", JSON_TEXT, AT(state), 32, true},
	{"opened", JSON_TEXT, AT(opened), 32, true},
	{"last", JSON_TEXT, AT(last), 32, true},
	{"closed", JSON_TEXT, AT(closed), 32, false},
	{"joined_by", JSON_TEXT, AT(joined_by), 32, true},
	{"key", JSON_TEXT, AT(key), VALUE_MAX, true},
	{"orgs", JSON_NUM, AT(orgs), INT64_MAX, true},
	{"size", JSON_NUM, AT(size), INT64_MAX, true},
	{"reason", JSON_TEXT, AT(reason), 4096, false},
	{0},
};

const char *campaign_what(const struct campaign *c, char *out, size_t size)
{
	(void)snprintf(out, size, "%s %s", c->joined_by, c->key);
	return out;
}
