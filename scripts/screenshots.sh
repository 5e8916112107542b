#!/bin/sh
# Makes the screenshots of the documentation: the demo and its desk in a real
# browser. The desk's are taken by the test that looks at its pages, which has
# to log in and to fill in forms.
# Needs Debian's chromium and fonts-noto-core.
set -eu
cd "$(dirname "$0")/.."
command -v chromium >/dev/null || { echo "install chromium and fonts-noto-core first" >&2; exit 1; }
work=$(mktemp -d)
go build -o "$work/rightswire" ./cmd/rightswire
"$work/rightswire" demo --listen localhost:8097 --log-level error >"$work/out" &
pid=$!
trap 'kill $pid 2>/dev/null || true; rm -rf "$work"' EXIT
# All the news is in after five waves of twenty seconds.
for _ in $(seq 60); do
	grep -q "all the news is in" "$work/out" && break
	sleep 3
done
address=$(sed -n 's|^open \(http://[^/]*\)/.*|\1|p' "$work/out")
shoot() { # shoot NAME PATH WIDTH,HEIGHT
	chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$work/chromium" \
		--window-size="$3" --screenshot="docs/images/$1.png" "$address$2" >/dev/null 2>&1
}
story=$(curl -s "$address/category/workplace-safety/" | grep -o '/story/[a-f0-9-]*/' | tail -n 1)
mkdir -p docs/images
shoot home / 1200,900
shoot story "$story" 1200,1000
shoot phone /category/migrant-workers/ 400,800
RIGHTSWIRE_SCREENSHOTS="$PWD/docs/images" go test ./cmd/rightswire -count 1 -run TestDeskPagesReadWell
ls -l docs/images
