#!/bin/sh
# Runs every fuzz target for FUZZTIME (default 10s).
set -eu
cd "$(dirname "$0")/.."
for file in $(grep -lE '^func Fuzz' --include='*_test.go' -r .); do
	dir=$(dirname "$file")
	for target in $(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$file"); do
		echo "$dir $target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-10s}" "$dir"
	done
done
