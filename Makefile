# SPDX-License-Identifier: BSD-2-Clause
# Varsel. `make help` lists the targets. B is the build folder; SAN=address,undefined or
# SAN=thread builds with sanitizers into a folder of its own.
CC = gcc
PKG_CONFIG = pkg-config
PREFIX = /usr/local
SECONDS = 60

SAN =
ifeq ($(SAN),)
B = build
else ifeq ($(SAN),thread)
B = build/tsan
else
B = build/asan
endif

PKGS = libmicrohttpd libpq libsodium libcrypto libjwt jansson libcurl libidn2 libpsl libconfuse libsystemd zlib libzstd
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null)

WARN = -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wformat=2 -Wvla -Wnull-dereference -Wcast-qual -Wwrite-strings -Werror
WARN_gcc = -Wlogical-op -Wduplicated-cond -Wduplicated-branches
HARDEN = -fPIE -fstack-protector-strong -fstack-clash-protection \
	-ftrivial-auto-var-init=zero -fno-common -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
ifeq ($(shell uname -m),x86_64)
HARDEN += -fcf-protection
endif
OPT = -O2 -g
ifneq ($(SAN),)
OPT = -O1 -g -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all
HARDEN = -fPIE -fno-common
LDSAN = -fsanitize=$(SAN)
endif
CFLAGS = -std=c17 $(OPT) $(WARN) $(if $(findstring gcc,$(CC)),$(WARN_gcc)) $(HARDEN)
CPPFLAGS = -D_GNU_SOURCE -I. -I$(B) $(PKG_CFLAGS)
LDFLAGS = -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(LDSAN)

LIB_common = libsodium libcrypto jansson libcurl libidn2 libpsl libconfuse
LIB_agent = $(LIB_common) zlib libzstd
LIB_server = $(LIB_common) libmicrohttpd libpq libjwt libsystemd
libs = $(shell $(PKG_CONFIG) --libs $(1)) -lpthread

# One folder, one archive; a program is its main.c and the archives below it.
objs = $(patsubst %.c,$(B)/%.o,$(filter-out %/main.c,$(wildcard $(1))))
COMMON = $(call objs,common/*.c)
SERVER = $(call objs,server/*.c server/*/*.c) $(B)/gen/schema.o $(B)/gen/rights.o $(B)/gen/web.o
SHARED = $(call objs,client/hub/*.c client/feed/*.c)
AGENT = $(call objs,client/agent/*.c client/agent/hunt/*.c client/agent/input/*.c client/agent/output/*.c)
CTL = $(call objs,client/ctl/*.c)
PROGRAMS = $(B)/varseld $(B)/varsel $(B)/varselctl

all: $(PROGRAMS) ## build build/varseld, build/varsel and build/varselctl

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# What the hub carries inside.
$(B)/gen/schema.c: deploy/embed $(wildcard schema/*.sql)
	@mkdir -p $(@D)
	deploy/embed schema_files $(sort $(wildcard schema/*.sql)) >$@
$(B)/gen/rights.c: deploy/embed $(wildcard schema/rights/*.sql)
	@mkdir -p $(@D)
	deploy/embed rights_files $(sort $(wildcard schema/rights/*.sql)) >$@
# The situation page. Its files are served under a name that changes with them.
D3 = /usr/share/javascript/d3/d3.min.js
WEB = $(sort $(wildcard server/web/*.html server/web/*.js server/web/*.css server/web/*.svg server/web/*.csv))
$(B)/gen/web.c: deploy/embed $(WEB) $(D3)
	@mkdir -p $(@D)/web
	@cp $(WEB) $(D3) $(@D)/web/
	@cat $(WEB) $(D3) | sha256sum | cut -c1-16 | tr -d '\n' >$(@D)/web/version
	@sed -i "s/@version@/$$(cat $(@D)/web/version)/g" $(@D)/web/index.html
	deploy/embed web_files $(@D)/web/version $(addprefix $(@D)/web/,$(notdir $(WEB) $(D3))) >$@
$(B)/gen/%.o: $(B)/gen/%.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
# docs/openapi.yaml, as JSON.
$(B)/openapi.json: docs/openapi.yaml
	@mkdir -p $(@D)
	/usr/bin/python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout, indent=1, ensure_ascii=False)' <$< >$@.tmp
	@mv $@.tmp $@
$(B)/server/api/openapi.o: $(B)/openapi.json
$(B)/server/api/openapi.o: CPPFLAGS += -DOPENAPI_JSON='"$(B)/openapi.json"'

$(B)/libcommon.a: $(COMMON)
$(B)/libserver.a: $(SERVER)
$(B)/libshared.a: $(SHARED)
$(B)/libagent.a: $(AGENT)
$(B)/libctl.a: $(CTL)
$(B)/%.a:
	@rm -f $@
	ar rcs $@ $^

$(B)/varseld: $(B)/server/main.o $(B)/libserver.a $(B)/libcommon.a
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(LIB_server))
$(B)/varsel: $(B)/client/agent/main.o $(B)/libagent.a $(B)/libshared.a $(B)/libcommon.a
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(LIB_agent))
$(B)/varselctl: $(B)/client/ctl/main.o $(B)/libctl.a $(B)/libshared.a $(B)/libcommon.a
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(LIB_common))

# Unit tests mirror the source: tests/unit/common/note_test.c tests common/note.c.
UNIT = $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard $(patsubst %,tests/unit/%/*_test.c,* */* */*/*)))
ARCHIVES = $(B)/libagent.a $(B)/libctl.a $(B)/libshared.a $(B)/libserver.a $(B)/libcommon.a
unit: $(UNIT)
$(B)/unit/common/%: $(B)/tests/unit/common/%.o $(B)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(LIB_common) cmocka)
$(B)/unit/client/agent/%: $(B)/tests/unit/client/agent/%.o $(B)/libagent.a $(B)/libshared.a $(B)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(LIB_agent) cmocka)
$(B)/unit/%: $(B)/tests/unit/%.o $(ARCHIVES)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(call libs,$(LIB_server) $(LIB_agent) cmocka)

# Tests of the hub's rules against a real database; tests/integration/core.bats gives them one.
CORE = $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/integration/core/*_test.c))
core-tests: $(CORE)
$(B)/tests/integration/core/%: $(B)/tests/integration/core/%.o $(B)/tests/integration/core/world.o $(ARCHIVES)
	$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(call libs,$(LIB_server) $(LIB_agent) cmocka)

# The firewall's sets, change by change, in the real kernel.
$(B)/tests/integration/nft/%: $(B)/tests/integration/nft/%.o $(B)/libagent.a $(B)/libshared.a $(B)/libcommon.a
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(LIB_common) cmocka)

# A log as files, made by common/ alone, for other implementations to judge.
$(B)/tests/integration/tlog/static: $(B)/tests/integration/tlog/static.o $(B)/libcommon.a
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(LIB_common))

# Notes, trees and entries as a hub makes them that lies.
$(B)/tests/fault/hostile/forge: $(B)/tests/fault/hostile/forge.o $(B)/libcommon.a
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(LIB_common))
$(B)/tests/fault/hostile/newcomer: $(B)/tests/fault/hostile/newcomer.o $(B)/libshared.a $(B)/libcommon.a
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(LIB_common) libmicrohttpd cmocka)
# Pulls the plug on a program; tests/fault/crash.bats builds and runs it.
$(B)/tests/fault/step: $(B)/tests/fault/step.o
	$(CC) $(LDFLAGS) -o $@ $^

# Fuzz targets: one harness, one corpus folder. `make check` replays the corpus with the
# sanitizers on; `make fuzz` searches on with libFuzzer.
FUZZ = $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c))
REPLAY = $(patsubst %,$(B)/fuzz/%_replay,$(FUZZ))
replay: $(REPLAY)
$(B)/fuzz/%_replay: $(B)/tests/fuzz/%_fuzz.o $(B)/tests/fuzz/replay.o $(ARCHIVES)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(call libs,$(LIB_server) $(LIB_agent))

-include deploy/targets.mk

clean: ## remove the build folder
	rm -rf build

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 14

.PHONY: all unit core-tests replay clean help
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
