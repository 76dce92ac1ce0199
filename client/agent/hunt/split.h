/* SPDX-License-Identifier: BSD-2-Clause */
/* URLs whose host and path stand in fields of their own: access logs with a column for
 * the virtual host, Zeek's http.log, Suricata's http events, JSON of nginx. */
#ifndef VARSEL_HUNT_SPLIT_H
#define VARSEL_HUNT_SPLIT_H

#include "common/buf.h"
#include "common/slice.h"

/* The `i`th URL, from 0, that the line has with `host`, a part of it, for its host:
 * replaces *out. False: there are no more. Where the line does not say whether it was
 * http or https, each is one. */
bool split_url(struct slice line, struct slice host, unsigned i, struct buf *out);

#endif
