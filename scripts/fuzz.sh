#!/bin/sh
# Runs every fuzz target for FUZZTIME (default 10s).
set -eu
cd "$(dirname "$0")/.."
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for file in $(grep -lE '^func Fuzz' --include='*_test.go' -r .); do
	dir=$(dirname "$file")
	for target in $(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$file"); do
		echo "$dir $target"
		if go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-10s}" "$dir" >"$out" 2>&1; then
			tail -n 1 "$out"
		elif grep -q 'context deadline exceeded' "$out" && ! grep -q 'Failing input' "$out"; then
			# The go command now and then reports the end of the time as a
			# failure of the target; an input that fails is always named.
			echo "time is up"
		else
			cat "$out"
			exit 1
		fi
	done
done
