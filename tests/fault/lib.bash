# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Loaded by the tests of faults: the integration tests' library, and figures.
# A test's name is that of its row in tests/fault/rows, a colon, and what it shows. One that
# takes more than about 15 seconds says `# bats test_tags=slow` on the line before it; `make
# check` leaves those to `make fault`.

# shellcheck source=tests/integration/lib.bash
. "$(dirname "${BASH_SOURCE[0]}")/../integration/lib.bash"

# figure NAME NUMBER: something that was counted. `make fault` prints the sum of each name.
figure() {
	if [ -n "${VARSEL_FIGURES:-}" ]; then
		printf '%s %d\n' "$1" "$2" >>"$VARSEL_FIGURES"
	fi
	echo "figure: $1 $2"
}
