# SPDX-License-Identifier: BSD-2-Clause
# What is done with the programs once they are built: tests, demo, installation.

check: ## run every test; the last line is `N passed, N failed`
	@deploy/install-deps
	@tests/run

lint: all ## the checks of the source alone
	@tests/lint/run

asan: ## unit tests, fuzz corpora and integration tests under AddressSanitizer and UBSan
	@tests/run asan replay
	@tests/sanitized address,undefined

tsan: ## unit tests and integration tests under ThreadSanitizer
	@tests/run tsan
	@tests/sanitized thread

fuzz: ## search on with libFuzzer, SECONDS=60 a target
	@tests/fuzz/search $(SECONDS)

bench: all ## measure beside what one would otherwise use; writes docs/benchmarks.md
	@deploy/install-deps
	@tests/bench/run

fault: ## every test of faults and attacks, the long ones too; figures, then `N passed, N failed`
	@deploy/install-deps
	@TEST_TIMEOUT=3600 tests/run faults

mutants: all ## break one promise at a time; a test must see each
	@tests/fault/run-mutants

screenshots: all ## pictures of the situation page, from a run of its test
	@deploy/install-deps build demo test
	@mkdir -p docs/screenshots
	@VARSEL_SHOTS=$(CURDIR)/docs/screenshots tests/run tests/integration/page.bats

demo: ## the whole job, end to end, on this machine
	@deploy/install-deps build demo
	@$(MAKE) --no-print-directory -j2 all >/dev/null
	@deploy/demo

run: all ## a hub in the foreground on a database of its own; Ctrl-C stops both
	@deploy/devhub run

# `make fuzz` builds with clang into a folder of its own.
fuzzers: $(patsubst %,$(B)/fuzz/%_fuzz,$(FUZZ))
$(B)/fuzz/%_fuzz: $(B)/tests/fuzz/%_fuzz.o $(ARCHIVES)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(call libs,$(LIB_server) $(LIB_agent))

.PHONY: screenshots check lint asan tsan fuzz bench fault mutants demo run fuzzers install

# Units, cron.d and the like name where the programs went.
SYSCONFDIR = /etc
BINDIR = $(PREFIX)/bin
SBINDIR = $(PREFIX)/sbin
SHAREDIR = $(PREFIX)/share/varsel
PLACES = sed -e 's|@bindir@|$(BINDIR)|g' -e 's|@sbindir@|$(SBINDIR)|g'
PUT = install -D -m 644 -t $(DESTDIR)

install: all ## programs, man pages, units and samples below DESTDIR and PREFIX
	install -D -m 755 -t $(DESTDIR)$(BINDIR) $(B)/varsel $(B)/varselctl
	install -D -m 755 -t $(DESTDIR)$(SBINDIR) $(B)/varseld
	for s in 1 5 8; do $(PUT)$(PREFIX)/share/man/man$$s docs/man/*.$$s || exit 1; done
	$(PUT)$(PREFIX)/share/doc/varsel README.md CHANGELOG.md LICENSE NOTICE
	$(PUT)$(SHAREDIR)/schema schema/*.sql
	$(PUT)$(SHAREDIR)/schema/rights schema/rights/*.sql
	for d in nginx unbound bind examples; do $(PUT)$(SHAREDIR)/$$d deploy/$$d/* || exit 1; done
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(SYSCONFDIR)/cron.d
	for u in $(notdir $(wildcard deploy/systemd/*.service deploy/systemd/*.timer)); do \
		$(PLACES) deploy/systemd/$$u >$(DESTDIR)$(PREFIX)/lib/systemd/system/$$u || exit 1; \
	done
	$(PLACES) deploy/cron/varsel >$(DESTDIR)$(SYSCONFDIR)/cron.d/varsel
	for u in varsel varseld; do \
		install -D -m 644 deploy/systemd/$$u.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/$$u.conf || exit 1; \
	done
	install -D -m 644 deploy/systemd/varsel.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/varsel.conf

# For scripts: `make -s print-CPPFLAGS`.
print-%:
	@echo '$($*)'
