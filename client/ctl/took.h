/* SPDX-License-Identifier: BSD-2-Clause */
/* How long something took, for people. */
#ifndef VARSEL_CTL_TOOK_H
#define VARSEL_CTL_TOOK_H

#include <stdint.h>

#define TOOK_TEXT 24

/* "41 s", "12 min", "3 h", "5 d": the unit of which there are two at least, rounded up.
 */
void took_format(int64_t seconds, char out[TOOK_TEXT]);

#endif
