/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two halves of the drill command share. */
#ifndef VARSEL_CTL_CMD_DRILL_H
#define VARSEL_CTL_CMD_DRILL_H

#include "client/ctl/ctl.h"

/* The tag that a drill's lines carry, for filters on the municipalities' side. */
#define DRILL_TAG "drill"

/* Prints how long each municipality took. `id` -1: of the newest drill in force. */
enum err drill_report(struct ctl *c, int64_t id, bool json, struct diag *d) CHECK_RESULT;

#endif
