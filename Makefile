# batchgate: make demo shows the main job, make test proves it.

export CGO_ENABLED = 0
GO ?= go

.PHONY: demo test bench lint build

build:
	$(GO) build -trimpath -o bin/batchgate ./cmd/batchgate

demo: build
	./bin/batchgate demo

# Where this runs as root on Debian, the servers that the real-server tests need are installed first. What was skipped is
# said and counted at the end.
test:
	@sh testdata/install-servers.sh
	$(GO) vet ./...
	GOOS=windows $(GO) vet ./...
	$(GO) test -json -count=1 -timeout 40m ./... | $(GO) run ./internal/skipped

bench:
	$(GO) test -run '^$$' -bench . -benchtime 3x ./...

lint:
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) tool govulncheck ./...
