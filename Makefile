# The test tiers; CONTRIBUTING.md says what belongs into which.

.PHONY: fast test slow race fuzz bench bench-log lint

# The packages whose tests take seconds: under two minutes on two cores.
fast:
	go test ./llama/... ./internal/... ./r1cs/... ./checkpoint/...

# The default tier: six minutes on two cores.
test:
	go test -timeout 30m ./...

# The slow tests alone: whole runs, every byte of a proof, kills at many moments.
slow:
	.ci/slow

# The packages that start goroutines, under the race detector.
race:
	go test -race -timeout 40m ./internal/... ./checkpoint/... ./llama/... ./folding/...

# Each fuzz target for FUZZTIME.
FUZZTIME ?= 60s
fuzz:
	@for pkg in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
			echo "$$pkg $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
		done; \
	done

# The hot loops, each beside the library's own way where there is one.
bench:
	go test -run '^$$' -bench . -benchtime 1s ./internal/... ./folding/... ./llama/...

# The same by commit: appends the fastest of three runs to BENCHMARKS.tsv, with the ratio to
# the last entry of this machine. Only a quiet machine gives figures that compare.
bench-log:
	go run ./internal/tools/benchlog

lint:
	go run github.com/mgechev/revive@v1.17.0 -config revive.toml ./...
