/* SPDX-License-Identifier: BSD-2-Clause */
/* Why, in people's words: of rejections, disputes and bundles. */
#ifndef VARSEL_REASON_H
#define VARSEL_REASON_H

#include "common/diag.h"

/* One line of plain UTF-8, 1..REASON_MAX bytes, without a CPR number. ERR_VALUE; a
 * number is not repeated in the refusal. */
enum err reason_check(struct slice text, struct diag *d) CHECK_RESULT;

#endif
