/* SPDX-License-Identifier: BSD-2-Clause */
/* Labels as other formats carry them: TLP marks and free tags. */
#ifndef VARSEL_INPUT_LABEL_H
#define VARSEL_INPUT_LABEL_H

#include "common/line.h"

/* Raises *strictest to what "AMBER", "tlp:amber+strict" or "TLP:WHITE" says. false when
 * it begins like a TLP mark and is none that we know: then who may see the thing cannot
 * be told. */
bool label_tlp(struct slice text, enum tlp *strictest);
/* Whether it begins with "tlp:". */
bool label_is_tlp(struct slice text);
/* Appends a tag to a comma list when our grammar can hold it, in lower case. */
void label_tag(struct slice text, struct buf *list);

#endif
