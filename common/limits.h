/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every length and count that bounds what Varsel reads, in one place. Bytes unless a
 * name says otherwise; times in seconds. The wire limits are part of docs/formats.md.
 */
#ifndef VARSEL_LIMITS_H
#define VARSEL_LIMITS_H

/* notes and keys */
#define NOTE_SIGS_MAX 16
#define KEY_NAME_MAX  200
#define VKEY_MAX      320
#define SIG_LINES_MAX 8192 /* all signature lines of one note together */

/* documents: the text of the note, without its signature lines */
#define REPORT_MAX         (4u << 20)
#define REPORT_LINES       10000u
#define COMMENT_MAX        500
#define BUNDLE_MAX         (8u << 20)
#define BUNDLE_LINES       50000u
#define NOTICE_MAX         65536u
#define STATEMENT_MAX      8192u /* with its signatures: one log entry, a 16-bit length */
#define CHECKPOINT_MAX     1024u
#define ROOT_MAX           65536u
#define ROOT_KEYS          64
#define ROOT_CHAIN         1024  /* root versions followed in one run */
#define REQUEST_NOTE_MAX   4096u /* enrol and token notes */
#define RECEIPT_MAX        65536u
#define SIGHTINGS_MAX      (256u << 10) /* one request of them */
#define SIGHTINGS_ROWS     1000
#define SIGHTING_BATCH     64 /* name of a request, so that it counts once */
#define SIGHTING_SOURCE    16
#define SIGHTING_COUNT     1000000000  /* of one row */
#define EVENT_MAX          (16u << 10) /* its JSON */
#define EVENT_TAIL         1024        /* how many are in memory */
#define CAMPAIGN_SIZE      1000        /* indicators of one */
#define CAMPAIGN_REPORT    50          /* lines of a report that joins them */
#define CAMPAIGN_STEP      10 /* of those lines: each asks one municipality more */
#define CAMPAIGN_REPORTS   8  /* of them looked at for one indicator */
#define CAMPAIGN_OPENED    16 /* by one batch of sightings */
#define CAMPAIGN_SHOWN     10 /* indicators of one in an event or a listing */
#define WEBHOOKS_MAX       16
#define WEBHOOK_NAME_MAX   32
#define WEBHOOK_SECRET_MIN 16
#define WEBHOOK_SECRET_MAX 1024
#define OUTPUT_NAME_MAX    64         /* in a receipt */
#define PLAN_MAX           (1u << 30) /* what one pull hands on, within one machine */
#define PLAN_HEAD_MAX      8192u
#define INPUT_LINE_MAX     4096 /* a line of a report, a bundle or an input file */

/* indicators */
#define VALUE_MAX       2048
#define DOMAIN_MAX      240 /* leaves room for "*." and a zone name in RPZ */
#define LABEL_MAX       63
#define URL_MAX         2048
#define EMAIL_MAX       320
#define EMAIL_LOCAL_MAX 64
#define TAG_MAX         64
#define TAGS_MAX        16 /* on one line */
#define REASON_MAX      500
#define IP4_PREFIX_MIN  16 /* an approval of anything wider is dropped */
#define IP6_PREFIX_MIN  32

/* names */
#define HUB_NAME_MAX 128
#define CHANNEL_MAX  32
#define ORIGIN_MAX   (HUB_NAME_MAX + CHANNEL_MAX + 16) /* <hub>/feed/<channel>/<n> */
#define ORG_CODE_MAX 16
#define ORG_NAME_MAX 100

/* time */
#define REPORT_AGE_MAX        (7 * 86400)
#define REPORT_AHEAD_MAX      300
#define SIGHTING_AGE_MAX      (90 * 86400)
#define STATEMENT_AHEAD_MAX   120 /* hub refuses, varselctl does not sign */
#define STATEMENT_PARK        300 /* client sets aside */
#define LIFETIME_MAX          (366 * 86400)
#define REVOKE_REMEMBERED     (366 * 86400)
#define NOTICE_SHOWN          (366 * 86400)
#define PAGE_LINK_LIFETIME    600
#define PAGE_SESSION_LIFETIME (8 * 3600)
#define PAGE_SESSIONS         32           /* of one organisation or coordinator */
#define SUMS_AGE_MAX          (31 * 86400) /* of the sightings that the page draws */
#define COVERAGE_LATE         900  /* a decision not followed for so long is late */
#define COVERAGE_SILENT       3600 /* and so is a client not heard of for so long */
#define ENFORCED_WITHIN       (30 * 86400) /* an approval enforced later is not measured */
#define TOKEN_SKEW_MAX        300
#define TOKEN_NONCE_KEPT      600

#define DIAG_MAX 1024

#endif
