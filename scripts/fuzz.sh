#!/bin/sh
# Runs every fuzz target for FUZZTIME (default 10s), or those of the packages
# whose folders are named. Two packages at a time, each compiled once and
# fuzzed by one worker, so that one may compile while the other is fuzzed. What
# is found is made smaller in a hundred tries, not for a minute: with a slow
# target all of the time went there.
set -eu
cd "$(dirname "$0")/.."
. scripts/env.sh
targets() { # targets FOLDER: the names of its fuzz targets
	sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$1"/*_test.go
}

if [ $# -ne 1 ]; then
	[ $# -gt 0 ] || set -- $(grep -lE '^func Fuzz' --include='*_test.go' -r . | xargs -n 1 dirname | sort -u)
	printf '%s\n' "$@" | xargs -n 1 -P 2 sh scripts/fuzz.sh
	exit
fi

dir=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
found="$(go env GOCACHE)/fuzz/$(go list "$dir")" # where the go command keeps what it found
# As -fuzz instruments all packages, our own are, and those that take foreign
# bytes apart for them. All others are taken from the cache: that an input leads
# to new code of SQLite or of a store's driver says nothing about it. encoding/xml
# is below such drivers, and left alone where they are.
libraries='golang.org/x/net/html/... golang.org/x/text/encoding/... github.com/andybalholm/cascadia github.com/aymerick/...
	github.com/blevesearch/... github.com/goccy/... github.com/gorilla/... github.com/microcosm-cc/... github.com/mmcdole/...'
go list -test -deps "$dir" | grep -qE '^github.com/(aws|jackc)/' || libraries="$libraries encoding/xml"
set -- -gcflags=github.com/rightswire/rightswire/...="$nodebug -d=libfuzzer"
for library in $libraries; do
	set -- "$@" -gcflags="$library=$nodebug -d=libfuzzer"
done
go test -c "$@" -ldflags=-w -o "$tmp/fuzz.test" "$dir"
for target in $(targets "$dir"); do
	if (cd "$dir" && "$tmp/fuzz.test" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "${FUZZTIME:-10s}" -test.fuzzminimizetime 100x -test.fuzzcachedir "$found" -test.parallel 1) >"$tmp/out" 2>&1; then
		echo "$dir $target: $(grep '^fuzz: elapsed' "$tmp/out" | tail -n 1)"
	elif grep -q 'context deadline exceeded' "$tmp/out" && ! grep -q 'Failing input' "$tmp/out"; then
		# A worker that is stopped now and then reports the end of the time as
		# a failure of the target; an input that fails is always named.
		echo "$dir $target: time is up"
	else
		echo "$dir $target"
		cat "$tmp/out"
		exit 255 # no further package is begun
	fi
done
