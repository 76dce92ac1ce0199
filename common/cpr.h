/* SPDX-License-Identifier: BSD-2-Clause */
/* Danish civil registration numbers: nobody's may end up in a list that 98 organisations
 * read. */
#ifndef VARSEL_CPR_H
#define VARSEL_CPR_H

#include "common/slice.h"

/* Whether the text holds a CPR number: DDMMYY with a real date, a separator or none (a
 * hyphen, dash or blank, also as a URL writes it), four digits, and no letter or digit
 * beside it. */
bool text_has_cpr(struct slice text);

#endif
