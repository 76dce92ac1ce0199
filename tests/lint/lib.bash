# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Shared by the checks. They look at the tree in the current folder.

# Every file that is part of the source, as ./path.
tree() {
	find . \( -path ./.git -o -path ./build \) -prune -o -type f ! -name '*.swp' -print |
		sort
}

c_files() {
	tree | grep -E '\.[ch]$'
}

shell_files() {
	local f
	tree | grep -v '/corpus/' | while read -r f; do
		case $f in
		*.bats | *.bash | *.sh) echo "$f" ;;
		*.[ch] | *.md | *.sql | *.yaml) ;;
		*) ! head -n1 "$f" | tr -d '\0' | grep -qE '^#!.*\b(ba|da)?sh\b' || echo "$f" ;;
		esac
	done
}

# The flags of the build, so that a check reads the source as the compiler does.
make_flag() {
	make -s --no-print-directory "print-$1"
}
