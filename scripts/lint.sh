#!/bin/sh
# Format, module files, vet, staticcheck, known vulnerabilities. The last two
# come through the module proxy; where it cannot be reached they are left out
# and the script says so.
set -eu
cd "$(dirname "$0")/.."
. scripts/env.sh

bad=$(gofmt -l .)
if [ -n "$bad" ]; then
	echo "not formatted (run gofmt -w):"
	echo "$bad"
	exit 1
fi
go mod tidy -diff
go vet ./...
# "go run", for "go tool" knows no -gcflags: it would compile anew what is in the cache.
go run honnef.co/go/tools/cmd/staticcheck ./...
govulncheck='go run golang.org/x/vuln/cmd/govulncheck'
# -version asks the database when it changed last: without an answer, govulncheck
# would compile and read all of the program first, to say that it has none.
if ! $govulncheck -version | grep -q '^DB updated: '; then
	echo "govulncheck: left out, its database cannot be reached from here"
elif out=$($govulncheck ./... 2>&1); then
	echo "govulncheck: $(printf '%s\n' "$out" | tail -n 1)"
elif printf '%s\n' "$out" | grep -q 'Vulnerability #'; then
	printf '%s\n' "$out"
	exit 1
else
	echo "govulncheck: left out, its database cannot be reached from here any more"
fi
# Every system and every architecture once, one of them with every object store
# there is a driver for; make package compiles all of them.
go run ./scripts/crosscheck windows/amd64 darwin/arm64 linux/amd64/gs,azblob
echo "lint: ok"
