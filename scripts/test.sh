#!/bin/sh
# Runs every test with the race detector, then says what was skipped and why.
# Programs are seven times as slow under it: of the scripts that run rightswire
# as a program it sees those with several things at once, and all of them run
# again without it (see underRace in cmd/rightswire).
# The race detector needs a C compiler: where there is none, Debian's gcc is
# installed when that is possible; otherwise the tests run without it, and the
# last lines say so.
set -eu
cd "$(dirname "$0")/.."

race=-race
programs='^(TestScript|TestRunReadsCapturedFeeds$|TestF01_CapturedFeeds)'
export CGO_ENABLED=1
if ! command -v "$(go env CC)" >/dev/null 2>&1; then
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
		echo "installing gcc for the race detector"
		apt-get update -qq && apt-get install -y -qq gcc libc6-dev >/dev/null
	fi
fi
if ! command -v "$(go env CC)" >/dev/null 2>&1; then
	race=
	export CGO_ENABLED=0
	without="no C compiler: ran WITHOUT the race detector (install gcc)"
fi

# The store is tested on PostgreSQL, too, on a server that the tests start.
# Where there is none, those tests are skipped and listed below.
if ! command -v initdb >/dev/null 2>&1 && ! ls "$(pg_config --bindir 2>/dev/null)"/initdb /usr/lib/postgresql/*/bin/initdb 2>/dev/null | grep -q .; then
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
		echo "installing PostgreSQL for the tests"
		apt-get update -qq && apt-get install -y -qq postgresql >/dev/null || true
	fi
fi

out=$(mktemp)
trap 'rm -f "$out"' EXIT
status=0
# -v only to learn what was skipped: the screen gets packages and failures.
go test $race -shuffle=on -count=1 -timeout 45m -v "$@" ./... >"$out" 2>&1 || status=$?
if [ -n "$race" ] && [ $# -eq 0 ]; then
	CGO_ENABLED=0 go test -shuffle=on -count=1 -timeout 45m -v -run "$programs" ./cmd/rightswire >>"$out" 2>&1 || status=$?
fi
if [ $status -ne 0 ]; then
	grep -vE '^\s*(=== (RUN|PAUSE|CONT|NAME)|--- PASS)' "$out" | grep -v '^PASS$' || true
else
	grep -E '^(ok|FAIL|\?)' "$out" || true
fi
passed=$(grep -cE '^\s*--- PASS' "$out" || true)
failed=$(grep -cE '^\s*--- FAIL' "$out" || true)
skipped=$(grep -cE '^\s*--- SKIP' "$out" || true)
if [ "$skipped" -gt 0 ]; then
	echo "skipped:"
	# The reason stands before the line "--- SKIP" with -v, after it without.
	awk '/^ *--- SKIP/ { print "  " $0; if (why) print "  " why }
		{ why = /^ *[a-z0-9_]+_test\.go:[0-9]+: / ? $0 : "" }' "$out"
fi
[ -z "${without:-}" ] || echo "$without"
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
