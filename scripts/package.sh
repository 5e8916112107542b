#!/bin/sh
# Static binaries for every platform, their checksums, a list of what is in them
# (SBOM), and Debian packages, below dist/. Tools that are not there are named
# and left out: nfpm (github.com/goreleaser/nfpm/v2/cmd/nfpm) makes packages,
# cyclonedx-gomod (github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod) the SBOM.
set -eu
cd "$(dirname "$0")/.."
version=${VERSION:-$(git describe --tags --always --dirty 2>/dev/null || echo devel)}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH CGO_ENABLED=0
mkdir -p dist
for target in ${TARGETS:-linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64}; do
	os=${target%/*} arch=${target#*/} ext=
	[ "$os" = windows ] && ext=.exe
	GOOS=$os GOARCH=$arch go build -trimpath -ldflags "-s -w -X main.version=$version" -o "dist/rightswire-$os-$arch$ext" ./cmd/rightswire
	echo "dist/rightswire-$os-$arch$ext $(wc -c <"dist/rightswire-$os-$arch$ext")"
done

# As docs/operators.md has it for other object stores; not shipped.
go build -tags gs,azblob -o /dev/null ./cmd/rightswire

own=dist/rightswire-$(go env GOHOSTOS)-$(go env GOHOSTARCH)
[ -x "$own" ] || go build -trimpath -o "$own" ./cmd/rightswire
"$own" docs dist/docs
gzip -9nf dist/docs/man/*.1
if command -v cyclonedx-gomod >/dev/null; then
	cyclonedx-gomod bin -json -version "$version" -output dist/sbom.json "$own"
	echo "dist/sbom.json $(wc -c <dist/sbom.json)"
else
	echo "cyclonedx-gomod is not here: no SBOM" >&2
	go version -m "$own" >dist/sbom.json
fi

mkdir -p dist/systemd
for unit in packaging/systemd/*; do
	sed 's#/usr/local/bin/#/usr/bin/#' "$unit" >"dist/systemd/$(basename "$unit")"
done
if command -v nfpm >/dev/null; then
	for arch in amd64 arm64; do
		[ -f "dist/rightswire-linux-$arch" ] || continue
		cp "dist/rightswire-linux-$arch" dist/rightswire
		# A Debian version begins with a digit.
		case $version in v[0-9]*) debian=${version#v} ;; [0-9]*.*) debian=$version ;; *) debian=0.0.0~$version ;; esac
		ARCH=$arch VERSION=$debian nfpm package --config packaging/nfpm.yaml --packager deb --target dist/
	done
	rm -f dist/rightswire
else
	echo "nfpm is not here: no Debian packages" >&2
fi
(cd dist && sha256sum rightswire* sbom.json >SHA256SUMS)
