/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel counts the changes to its nftables rulesets, whoever makes them. */
#ifndef VARSEL_AGENT_GENERATION_H
#define VARSEL_AGENT_GENERATION_H

#include <stdint.h>

/* The number of the last change in this process's network namespace: one message to the
 * kernel. 0: not known. */
uint32_t generation_now(void);

#endif
