#!/bin/sh
# Runs every test, then says what was skipped and why. Then the race detector
# sees those packages that do something at once, with -short: it makes programs
# seven times as slow, and properties and whole archives, which compare values,
# up to twenty times. So what takes long and has nothing at once that a shorter
# test lacks leaves itself out with -short, or makes itself smaller (rapid tries
# a fifth of its examples); without the race detector all of it runs, and with
# RACE=all all of it runs under it, too.
# The race detector needs a C compiler: where there is none, Debian's gcc is
# installed when that is possible; otherwise the last lines say so.
set -eu
cd "$(dirname "$0")/.."
. scripts/env.sh

without=
cc=$(CGO_ENABLED=1 go env CC)
if ! command -v "$cc" >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "installing gcc for the race detector"
	apt-get update -qq && apt-get install -y -qq gcc libc6-dev >/dev/null || true
fi
command -v "$cc" >/dev/null 2>&1 || without="no C compiler: ran WITHOUT the race detector (install gcc)"

# The store is tested on PostgreSQL, too, on a server that the tests start.
# Where there is none, those tests are skipped and listed below. Of the scripts
# of commands, those run there again that say more than the tests of the store;
# with RIGHTSWIRE_TEST_POSTGRES_ALL=1 all do.
if ! command -v initdb >/dev/null 2>&1 && ! ls "$(pg_config --bindir 2>/dev/null)"/initdb /usr/lib/postgresql/*/bin/initdb 2>/dev/null | grep -q .; then
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
		echo "installing PostgreSQL for the tests"
		apt-get update -qq && apt-get install -y -qq postgresql >/dev/null || true
	fi
fi

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
status=0
# run FILE FLAGS... PACKAGES: -v only to learn what was skipped: the screen
# gets packages and failures. What takes longest begins first. "make lint" vets.
run() {
	file=$out/$1
	shift
	if go test -exec 'env -u GOGC' -vet=off -shuffle=on -count=1 -timeout 45m -v "$@" >"$file" 2>&1; then
		grep '^ok' "$file" || true
	else
		status=1
		grep -vE '^\s*(=== (RUN|PAUSE|CONT|NAME)|--- PASS)' "$file" | grep -v '^PASS$' || true
	fi
}

run all "$@" ./cmd/rightswire ./storage ./...
if [ -z "$without" ]; then
	# In a package that starts nothing at once, code or tests, it sees nothing;
	# what is shared there is seen with those that call it.
	atonce=$(grep -rlE '^[[:space:]]*go [a-zA-Z.]*\(|errgroup|\.Go\(|AfterFunc|AddCleanup|"net/http/httptest"|\.Parallel\(|riverqueue' --include='*.go' . | xargs -n 1 dirname | sort -u)
	export CGO_ENABLED=1
	# SQLite, translated to Go, locks for itself and keeps its memory where the
	# detector does not look: not watched, it compiles in two thirds of the time,
	# and what uses it runs more than twice as fast. Only this package: of generic
	# code (sync.Map's) that several instantiate the linker takes one copy, and an
	# unwatched one would hide locks from the detector.
	unwatched="-gcflags=modernc.org/sqlite/lib=-race=false $nodebug"
	echo "with the race detector:"
	# Tests with a real browser leave themselves out with -short; without them, none
	# of the sixty packages that speak to one has to be compiled.
	short='-short -tags nobrowser'
	[ "${RACE:-}" != all ] || short=
	run race -race "$unwatched" $short "$@" ./cmd/rightswire ./storage $atonce
fi

passed=$(cat "$out"/* | grep -cE '^\s*--- PASS' || true)
failed=$(cat "$out"/* | grep -cE '^\s*--- FAIL' || true)
skipped=$(grep -cE '^\s*--- SKIP' "$out/all" || true) # of the other run, all that -short leaves out
if [ "$skipped" -gt 0 ]; then
	echo "skipped:"
	# The reason stands before the line "--- SKIP" with -v, after it without.
	awk '/^ *--- SKIP/ { print "  " $0; if (why) print "  " why }
		{ why = /^ *[a-z0-9_]+_test\.go:[0-9]+: / ? $0 : "" }' "$out/all"
fi
[ -n "${RIGHTSWIRE_TEST_POSTGRES_ALL:-}" ] || echo "not all scripts ran on PostgreSQL, too (RIGHTSWIRE_TEST_POSTGRES_ALL=1 runs them)"
[ -z "$without" ] || echo "$without"
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
