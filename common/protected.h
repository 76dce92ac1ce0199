/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What no approval should ever block anywhere: addresses that mean something else in each
 * network, the roots of the DNS, well-known resolvers, and what Danish citizens and
 * authorities reach each other through. Hub and clients carry the same table.
 */
#ifndef VARSEL_PROTECTED_H
#define VARSEL_PROTECTED_H

#include "common/allow.h"

/* Adds the whole table, each row with its reason as origin. Special-purpose addresses are
 * absolute. The documentation and benchmarking ranges (192.0.2.0/24, 198.18.0.0/15,
 * 2001:db8::/32 ...) and names (.example, .test, .invalid) are not among them: drills use
 * them. ERR_NOMEM. */
enum err protected_load(struct allow *a) CHECK_RESULT;

#endif
