/* SPDX-License-Identifier: BSD-2-Clause */
/* ctl.conf: where the hub is, and who the coordinator is (ctl.conf(5)). */
#ifndef VARSEL_CTL_CONFIG_H
#define VARSEL_CTL_CONFIG_H

#include "common/conf.h"

struct ctl_conf {
	char *hub;
	char *hub_name;
	char *tls_ca;
	char *tls_certificate;
	char *tls_key;
	char *channel;
	char *name;
	char *login;
	char *signing;
	char *attest;
	char *passphrase_file;
	char *root;
	char *state_dir;
	char *never_block;
};

extern const struct conf_option ctl_options[];

/* ~/.config/varsel/ctl.conf (or below XDG_CONFIG_HOME); the caller frees. */
char *ctl_conf_default(void);

/* Loads and checks; paths that are not absolute are taken from the file's folder, and
 * what has a default gets it. ERR_CONFIG, ERR_NOMEM. */
enum err ctl_conf_load(
	const char *path, struct ctl_conf *ret, struct diag *d) CHECK_RESULT;
void ctl_conf_free(struct ctl_conf *c);

#endif
