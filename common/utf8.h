/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8 as RFC 3629 has it: shortest forms only, no surrogates, nothing over U+10FFFF. */
#ifndef VARSEL_UTF8_H
#define VARSEL_UTF8_H

#include <stdint.h>

#include "common/slice.h"

/* Bytes of the sequence that s begins with, 1 to 4, and its code point (ret_cp may be
 * NULL); 0 when s is empty or begins with none. */
size_t utf8_next(struct slice s, uint32_t *ret_cp);
/* Offset of the first byte that belongs to no sequence; s.n when all is well. */
size_t utf8_check(struct slice s);
bool utf8_valid(struct slice s);

/* Whether it is not seen and may be obeyed: control characters, LF and tab among them;
 * what turns the direction of writing; what Unicode 14 lets a program ignore
 * (Default_Ignorable_Code_Point: joiners, fillers, variation selectors, tags); separators
 * of lines; marks of annotations. */
bool utf8_is_hidden(uint32_t cp);

#endif
