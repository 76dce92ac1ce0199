# SPDX-License-Identifier: BSD-2-Clause
# What is done with the programs once they are built: tests, demo, installation.

check: ## run every test; the last line is `N passed, N failed`
	@deploy/install-deps
	@tests/run

lint: ## the checks of the source alone
	@tests/lint/run

asan: ## unit tests and fuzz corpora under AddressSanitizer and UBSan
	@tests/run asan replay

tsan: ## unit tests under ThreadSanitizer
	@tests/run tsan

fuzz: ## search on with libFuzzer, SECONDS=60 a target
	@tests/fuzz/search $(SECONDS)

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
	$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(call libs,$(LIB_server))

.PHONY: check lint asan tsan fuzz demo run fuzzers
