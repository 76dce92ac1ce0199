/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The handlers of all routes, one file per resource; server/http/routes.c has the table.
 * Those marked M run on the threads that serve connections: they read memory and never
 * wait. The others run on a worker and own its database connection.
 */
#ifndef VARSEL_API_HANDLERS_H
#define VARSEL_API_HANDLERS_H

#include "server/api/request.h"

/* health.c */
enum err api_healthz(struct service *s, struct request *q, struct diag *d); /* M */
enum err api_readyz(struct service *s, struct request *q, struct diag *d);  /* M */
/* openapi.c */
enum err api_openapi(struct service *s, struct request *q, struct diag *d); /* M */
/* metrics.c */
enum err api_metrics(struct service *s, struct request *q, struct diag *d); /* M */
/* roots.c: memory first, then the database */
enum err api_root(struct service *s, struct request *q, struct diag *d); /* M */
enum err api_root_stored(struct service *s, struct request *q, struct diag *d);
/* enrol.c, tokens.c */
enum err api_enrol(struct service *s, struct request *q, struct diag *d);
enum err api_token(struct service *s, struct request *q, struct diag *d);
/* feed.c */
enum err api_checkpoint(struct service *s, struct request *q, struct diag *d); /* M */
enum err api_tile(struct service *s, struct request *q, struct diag *d);       /* M */
enum err api_bundle(struct service *s, struct request *q, struct diag *d);     /* M */
enum err api_bundle_stored(struct service *s, struct request *q, struct diag *d);
/* reports.c */
enum err api_report_add(struct service *s, struct request *q, struct diag *d);
enum err api_report_get(struct service *s, struct request *q, struct diag *d);
enum err api_report_withdraw(struct service *s, struct request *q, struct diag *d);
/* sightings.c */
enum err api_sightings_add(struct service *s, struct request *q, struct diag *d);
/* sums.c */
enum err api_sightings(struct service *s, struct request *q, struct diag *d);
/* campaigns.c */
enum err api_campaigns(struct service *s, struct request *q, struct diag *d);
enum err api_campaign(struct service *s, struct request *q, struct diag *d);
enum err api_campaign_close(struct service *s, struct request *q, struct diag *d);
/* events.c */
enum err api_events(struct service *s, struct request *q, struct diag *d);
/* disputes.c */
enum err api_receipt_add(struct service *s, struct request *q, struct diag *d);
enum err api_dispute_add(struct service *s, struct request *q, struct diag *d);
/* indicators.c */
enum err api_indicators(struct service *s, struct request *q, struct diag *d);
enum err api_indicator(struct service *s, struct request *q, struct diag *d);
enum err api_lookup(struct service *s, struct request *q, struct diag *d);
enum err api_queue(struct service *s, struct request *q, struct diag *d);
/* decisions.c */
enum err api_bundle_add(struct service *s, struct request *q, struct diag *d);
enum err api_statement_add(struct service *s, struct request *q, struct diag *d);
enum err api_rejection_add(struct service *s, struct request *q, struct diag *d);
enum err api_erasure_add(struct service *s, struct request *q, struct diag *d);
/* proposals.c */
enum err api_proposals(struct service *s, struct request *q, struct diag *d);
enum err api_proposal(struct service *s, struct request *q, struct diag *d);
enum err api_proposal_sign(struct service *s, struct request *q, struct diag *d);
/* orgs.c */
enum err api_orgs(struct service *s, struct request *q, struct diag *d);
enum err api_org_add(struct service *s, struct request *q, struct diag *d);
enum err api_org_link(struct service *s, struct request *q, struct diag *d);
enum err api_org_suspend(struct service *s, struct request *q, struct diag *d);
/* page.c */
enum err api_page(struct service *s, struct request *q, struct diag *d);  /* M */
enum err api_asset(struct service *s, struct request *q, struct diag *d); /* M */
enum err api_page_link(struct service *s, struct request *q, struct diag *d);
enum err api_page_open(struct service *s, struct request *q, struct diag *d);
enum err api_page_session(struct service *s, struct request *q, struct diag *d); /* M */
/* notices.c */
enum err api_notices(struct service *s, struct request *q, struct diag *d);
/* coverage.c */
enum err api_coverage(struct service *s, struct request *q, struct diag *d);
/* drills.c */
enum err api_drill(struct service *s, struct request *q, struct diag *d);
/* audit.c */
enum err api_audit(struct service *s, struct request *q, struct diag *d);

#endif
