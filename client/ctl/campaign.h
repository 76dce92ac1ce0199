/* SPDX-License-Identifier: BSD-2-Clause */
/* Campaigns as the hub tells of them. */
#ifndef VARSEL_CTL_CAMPAIGN_H
#define VARSEL_CTL_CAMPAIGN_H

#include "client/hub/hub.h"
#include "common/json_in.h"

struct campaign {
	int64_t id, orgs, size;
	char *state, *opened, *last, *joined_by, *key, *closed, *reason;
};

extern const struct json_field campaign_fields[];

/* What its indicators have in common, for people: "domain evil.example". */
const char *campaign_what(const struct campaign *c, char *out, size_t size);

#endif
