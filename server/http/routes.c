/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/routes.h"

#include "common/limits.h"
#include "server/api/handlers.h"
#include "server/core/token.h"
#include "server/http/path.h"

#define NOTE_MAX_OF(text) ((text) + SIG_LINES_MAX)
#define JSON_MAX          ((size_t)256 << 10)

#define FEED       SCOPE_FEED
#define READ       SCOPE_READ
#define REPORT     SCOPE_REPORT
#define COORDINATE SCOPE_COORDINATE
#define PAGE       SCOPES_PAGE
#define OWN_REPORT (SCOPE_REPORT | SCOPE_READ)
#define INDICATORS "kind state since q order limit cursor"
#define QUEUE      "kind min_orgs org tag limit cursor"
#define CHANNEL    "/v1/feed/{channel}"
#define TOKEN_NOTE MEDIA_NOTE, NOTE_MAX_OF(REQUEST_NOTE_MAX)
#define NO_BODY    MEDIA_NONE, 0
#define JSON       MEDIA_JSON, JSON_MAX

/* clang-format off */
const struct route routes[] = {
	/* method, path, scopes, body and its limit, query, etag, metrics, memory, database */
	{"GET", "/healthz", 0, NO_BODY, "", false, false, api_healthz, NULL},
	{"GET", "/readyz", 0, NO_BODY, "", false, false, api_readyz, NULL},
	{"GET", "/openapi.json", 0, NO_BODY, "", true, false, api_openapi, NULL},
	{"GET", "/", 0, NO_BODY, "", true, false, api_page, NULL},
	{"GET", "/assets/{version}/{name}", 0, NO_BODY, "", true, false, api_asset, NULL},
	{"GET", "/page/{secret}", 0, NO_BODY, "", false, false, NULL, api_page_open},
	{"GET", "/metrics", 0, NO_BODY, "", false, true, api_metrics, NULL},
	{"GET", "/v1/root/{version}", 0, NO_BODY, "", true, false, api_root, api_root_stored},
	{"POST", "/v1/enrol", 0, TOKEN_NOTE, "", false, false, NULL, api_enrol},
	{"POST", "/v1/token", 0, TOKEN_NOTE, "", false, false, NULL, api_token},

	{"POST", "/v1/page-links", READ, NO_BODY, "", false, false, NULL, api_page_link},
	{"GET", "/v1/page", READ | PAGE, NO_BODY, "", false, false, api_page_session, NULL},

	{"GET", CHANNEL "/checkpoint", FEED, NO_BODY, "after wait", false, false, api_checkpoint, NULL},
	{"GET", CHANNEL "/tile/{+tile}", FEED, NO_BODY, "", false, false, api_tile, NULL},
	{"GET", CHANNEL "/bundle/{sha256}", FEED, NO_BODY, "", false, false, api_bundle, api_bundle_stored},

	{"POST", "/v1/reports", REPORT, MEDIA_NOTE, NOTE_MAX_OF(REPORT_MAX), "strict", false, false, NULL, api_report_add},
	{"GET", "/v1/reports/{id}", OWN_REPORT, NO_BODY, "", true, false, NULL, api_report_get},
	{"POST", "/v1/reports/{id}/withdrawal", REPORT, NO_BODY, "", false, false, NULL, api_report_withdraw},
	{"POST", "/v1/receipts", FEED, MEDIA_NOTE, NOTE_MAX_OF(RECEIPT_MAX), "", false, false, NULL, api_receipt_add},
	{"POST", "/v1/sightings", REPORT, MEDIA_JSON, SIGHTINGS_MAX, "", false, false, NULL, api_sightings_add},
	{"GET", "/v1/sightings", READ | COORDINATE | PAGE, NO_BODY, "by since", true, false, NULL, api_sightings},
	{"POST", "/v1/disputes", REPORT, JSON, "", false, false, NULL, api_dispute_add},
	{"GET", "/v1/indicators", READ | PAGE, NO_BODY, INDICATORS, true, false, NULL, api_indicators},
	{"GET", "/v1/indicators/{id}", READ, NO_BODY, "", true, false, NULL, api_indicator},
	{"POST", "/v1/indicators/{id}/erasure", COORDINATE, JSON, "", false, false, NULL, api_erasure_add},
	{"GET", "/v1/lookup", READ, NO_BODY, "value", true, false, NULL, api_lookup},
	{"GET", "/v1/events", READ | PAGE, NO_BODY, "after", false, false, NULL, api_events},
	{"GET", "/v1/campaigns", READ | PAGE, NO_BODY, "state limit cursor", true, false, NULL, api_campaigns},
	{"GET", "/v1/campaigns/{id}", READ | PAGE, NO_BODY, "", true, false, NULL, api_campaign},
	{"POST", "/v1/campaigns/{id}/close", COORDINATE, JSON, "", false, false, NULL, api_campaign_close},

	{"GET", "/v1/queue", COORDINATE, NO_BODY, QUEUE, true, false, NULL, api_queue},
	{"POST", "/v1/bundles", COORDINATE, MEDIA_NOTE, BUNDLE_MAX, "", false, false, NULL, api_bundle_add},
	{"POST", "/v1/statements", COORDINATE, MEDIA_NOTE, NOTE_MAX_OF(STATEMENT_MAX), "signatures", false, false, NULL, api_statement_add},
	{"GET", "/v1/proposals", COORDINATE, NO_BODY, "", true, false, NULL, api_proposals},
	{"GET", "/v1/proposals/{id}", COORDINATE, NO_BODY, "", true, false, NULL, api_proposal},
	{"POST", "/v1/proposals/{id}/signatures", COORDINATE, MEDIA_NOTE, NOTE_MAX_OF(STATEMENT_MAX), "", false, false, NULL, api_proposal_sign},
	{"POST", "/v1/rejections", COORDINATE, JSON, "", false, false, NULL, api_rejection_add},
	{"GET", "/v1/orgs", COORDINATE, NO_BODY, "", true, false, NULL, api_orgs},
	{"POST", "/v1/orgs", COORDINATE, JSON, "", false, false, NULL, api_org_add},
	{"POST", "/v1/orgs/{code}/links", COORDINATE, NO_BODY, "", false, false, NULL, api_org_link},
	{"GET", "/v1/notices", READ | COORDINATE | PAGE, NO_BODY, "", true, false, NULL, api_notices},
	{"GET", "/v1/coverage", READ | COORDINATE | PAGE, NO_BODY, "", true, false, NULL, api_coverage},
	{"GET", "/v1/drills/{id}", COORDINATE, NO_BODY, "", true, false, NULL, api_drill},
	{"GET", "/v1/audit", COORDINATE, NO_BODY, "since limit cursor", false, false, NULL, api_audit},
	{"POST", "/v1/orgs/{code}/suspend", COORDINATE, NO_BODY, "", false, false, NULL, api_org_suspend},
};
/* clang-format on */
const size_t routes_n = sizeof(routes) / sizeof(*routes);

static void put_allow(struct buf *b, const char *method)
{
	if (!b)
		return;
	buf_puts(b, b->len ? ", " : "");
	buf_puts(b, method);
	if (strcmp(method, "GET") == 0)
		buf_puts(b, ", HEAD");
}

enum err route_find(const char *method, struct slice path, bool metrics,
	const struct route **ret, struct slice arg[REQUEST_ARGS], struct buf *ret_allow,
	struct diag *d)
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
	bool known = false;

	for (size_t i = 0; i < routes_n; i++) {
		if (routes[i].metrics != metrics ||
			!path_matches(routes[i].path, path, arg))
			continue;
		if (strcmp(routes[i].method, wanted) == 0) {
			*ret = &routes[i];
			return OK;
		}
		known = true;
		put_allow(ret_allow, routes[i].method);
	}
	if (known)
		return diag_fail(d, ERR_METHOD, "%.*s does not know the method %s",
			SLICE_ARG(path_shown(path)), method);
	return diag_fail(d, ERR_NOT_FOUND, "there is nothing at %.*s",
		SLICE_ARG(path_shown(path)));
}
