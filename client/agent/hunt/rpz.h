/* SPDX-License-Identifier: BSD-2-Clause */
/* What resolvers log when a response policy zone has answered. dnsmasq has none. */
#ifndef VARSEL_HUNT_RPZ_H
#define VARSEL_HUNT_RPZ_H

#include "common/slice.h"

/* Whether unbound or BIND wrote this line about a name that a policy zone kept from being
 * resolved; *ret_name is the name that was asked for, as it stands there, without the dot
 * at its end. A name that a zone lets pass is no such line. */
bool rpz_line(struct slice line, struct slice *ret_name);

#endif
