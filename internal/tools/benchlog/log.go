package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// result is the result of one benchmark on one machine.
type result struct {
	machine, benchmark string
	nanoseconds        float64 // per operation
}

// entry is a line of the file: a result and its commit.
type entry struct {
	commit string
	result
}

// header is the first line of the file.
const header = "commit\tdate\tmachine\tbenchmark\tns/op\n"

// measurement matches a result line of go test: the name, GOMAXPROCS (absent if 1), the
// number of iterations and the time.
var measurement = regexp.MustCompile(`^(Benchmark\S*?)(?:-(\d+))?\s+\d+\s+([0-9.]+) ns/op`)

// parse returns the fastest result of each benchmark in the output of go test, in order of
// first appearance.
func parse(text []byte) (results []result) {
	setting := map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if key, value, ok := strings.Cut(line, ": "); ok && !strings.Contains(key, " ") {
			setting[key] = strings.TrimSpace(value)
			continue
		}
		m := measurement.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		procs := m[2]
		if procs == "" {
			procs = "1"
		}
		ns, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			continue
		}
		results = keepFastest(results, result{
			machine:     fmt.Sprintf("%s %s/%s %s", setting["cpu"], setting["goos"], setting["goarch"], procs),
			benchmark:   setting["pkg"] + "." + strings.TrimPrefix(m[1], "Benchmark"),
			nanoseconds: ns,
		})
	}
	return results
}

// keepFastest adds a result, or replaces a slower result of the same benchmark.
func keepFastest(results []result, r result) []result {
	i := slices.IndexFunc(results, func(o result) bool { return o.machine == r.machine && o.benchmark == r.benchmark })
	if i < 0 {
		return append(results, r)
	}
	results[i].nanoseconds = min(results[i].nanoseconds, r.nanoseconds)
	return results
}

// readLog reads the file. A missing file has no entries.
func readLog(path string) (log []entry, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		fields := strings.Split(lines.Text(), "\t")
		if n == 1 && lines.Text()+"\n" == header {
			continue
		}
		if len(fields) != 5 {
			return nil, fmt.Errorf("%s, line %d: %d fields, expected 5", path, n, len(fields))
		}
		ns, err := strconv.ParseFloat(fields[4], 64)
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, n, err)
		}
		log = append(log, entry{fields[0], result{fields[2], fields[3], ns}})
	}
	return log, lines.Err()
}

// compare prints each result next to the last entry of the same benchmark and machine.
func compare(out io.Writer, log []entry, results []result) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "benchmark\tns/op\tbefore\tcommit\tratio\t")
	for _, r := range results {
		before, commit, ratio := "-", "-", "-"
		for _, e := range log {
			if e.machine == r.machine && e.benchmark == r.benchmark {
				before, commit = fmt.Sprintf("%.1f", e.nanoseconds), e.commit
				ratio = fmt.Sprintf("%.3f", r.nanoseconds/e.nanoseconds)
			}
		}
		fmt.Fprintf(w, "%s\t%.1f\t%s\t%s\t%s\t\n", r.benchmark, r.nanoseconds, before, commit, ratio)
	}
	w.Flush()
}

// appendLog appends the results to the file, and creates it if it does not exist.
func appendLog(path, commit string, now time.Time, results []result) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	var text strings.Builder
	if info, err := f.Stat(); err == nil && info.Size() == 0 {
		text.WriteString(header)
	}
	for _, r := range results {
		fmt.Fprintf(&text, "%s\t%s\t%s\t%s\t%.1f\n", commit, now.Format(time.DateOnly), r.machine, r.benchmark,
			r.nanoseconds)
	}
	_, err = f.WriteString(text.String())
	return errors.Join(err, f.Close())
}
