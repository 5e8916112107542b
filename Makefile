# Everything a contributor runs. `make test` needs Go and nothing else that it
# does not find or name by itself.

.PHONY: build test lint package bench bench-polling bench-crowd fuzz model screenshots clean

build: ## the binary, into the checkout
	CGO_ENABLED=0 go build -trimpath -o rightswire ./cmd/rightswire

test: ## every test, then what happens at once under the race detector; what was skipped and why is listed at the end
	@sh scripts/test.sh

lint: ## format, vet, staticcheck, module files, known vulnerabilities
	@sh scripts/lint.sh

package: ## binaries for every platform, Debian packages, man pages, completions and SBOM, in dist/
	@sh scripts/package.sh

bench: ## benchmarks of the rooms, whole runs beside the floor program, grouping, search, serving, filing and publishing
	go test -run '^$$' -bench . -benchmem ./aggregator/... ./publisher/... ./storage/...
	go run ./cmd/bench
	go run ./cmd/bench latency
	go run ./cmd/bench group
	go run ./cmd/bench search
	go run ./cmd/bench serve
	go run ./cmd/bench filing
	go run ./cmd/bench publish

bench-polling: ## how soon news is seen per policy of asking, on recorded times of publication
	go run ./cmd/bench polling

bench-crowd: ## one run over 10,000 sources on 500 slow and faulty loopback hosts, with an origin that watches the manners
	go run ./cmd/bench crowd

fuzz: ## every fuzz target, FUZZTIME each (default 10s)
	@sh scripts/fuzz.sh

model: ## the learned layer, anew from aggregator/classify/training
	go run ./cmd/rightswire rules train --no-desk --out aggregator/classify/learn/model.bin

clean:
	rm -rf rightswire dist public

screenshots: ## the documentation's pictures, from the demo in a real browser
	@sh scripts/screenshots.sh
