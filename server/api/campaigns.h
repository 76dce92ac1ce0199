/* SPDX-License-Identifier: BSD-2-Clause */
/* Campaigns as JSON, for the answers that hold some. */
#ifndef VARSEL_API_CAMPAIGNS_H
#define VARSEL_API_CAMPAIGNS_H

#include "common/json_out.h"
#include "server/core/campaigns.h"

/* The array `campaigns`; `members`: also who had to do with each. */
void campaigns_put(struct json_out *j, const struct campaign *c, size_t n, bool members);

#endif
