package transcripttest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/transcript"
)

var write = flag.Bool("transcripts", false, "write the inventories of transcripts anew")

// event is what a line of an inventory says.
type event struct {
	what, where string
	drawn       int // challenges after it, or unseen
}

// unseen is the number of challenges after the last message of a transcript without End.
const unseen = -1

// mostPeriod is the length of the longest sequence of events whose repetitions an inventory counts.
const mostPeriod = 4

// Inventory writes the items of a recording as text: a line for each transcript, hash and message, with
// its length in elements and the function that absorbs it, and after it the challenges that are drawn. The
// hash of a long message is part of the message. Repeated sequences are written once, with their number.
// names has the challenges of each line that draws any, in order; Inventory fails the test for another
// number of names than lines.
func Inventory(t testing.TB, items []Item, names ...string) string {
	t.Helper()
	out, groups := new(strings.Builder), 0
	name := func() string {
		if groups++; groups > len(names) {
			return "?"
		}
		return names[groups-1]
	}
	list := events(items)
	for len(list) > 0 {
		period, times := repeated(list)
		indent := ""
		if times > 1 {
			fmt.Fprintf(out, "  %d times\n", times)
			indent = "  "
		}
		for _, e := range list[:period] {
			line := fmt.Sprintf("  %s%-*s  %s", indent, 40-len(indent), e.what, e.where)
			fmt.Fprintln(out, strings.TrimRight(line, " "))
			switch {
			case e.drawn == unseen:
				fmt.Fprintf(out, "  %s  -> not recorded\n", indent)
			case e.drawn > 0:
				fmt.Fprintf(out, "  %s  -> %d: %s\n", indent, e.drawn, name())
			}
		}
		list = list[period*times:]
	}
	require.Len(t, names, groups, "names of the challenges in\n%s", out)
	return out.String()
}

// repeated returns the shortest period with which a list begins more than once, and how often it does, or
// one event and 1.
func repeated(list []event) (period, times int) {
	for p := 1; p <= mostPeriod && 2*p <= len(list); p++ {
		n := 1
		for (n+1)*p <= len(list) && slices.Equal(list[:p], list[n*p:(n+1)*p]) {
			n++
		}
		if n > 1 {
			return p, n
		}
	}
	return 1, 1
}

// events takes the challenges to the messages that they follow and leaves out the hashes of long messages.
func events(items []Item) (list []event) {
	last := -1 // the last message of the transcript that has not ended
	for i, item := range items {
		e := event{fmt.Sprintf("%q %d", item.Text, item.Length), item.Where, unseen}
		switch {
		case item.Mode == Start:
			e.what, e.where, last = fmt.Sprintf("transcript %q", item.Text), "", len(list)
		case item.Mode == Absorbed && item.Text == end:
			list[last].drawn, last = item.Drawn, -1
			continue
		case item.Mode == Absorbed:
			list[last].drawn, last = item.Drawn, len(list)
		case item.Mode == Hashed && !ofMessage(items[i:]):
			e.what, e.drawn = "hash "+e.what, 0
		default:
			continue
		}
		list = append(list, e)
	}
	return list
}

// ofMessage says whether the first item is the hash of a long message, which is the second.
func ofMessage(items []Item) bool {
	h := items[0]
	return len(items) > 1 && items[1].Mode == Absorbed && items[1].Text == h.Text && items[1].Length == h.Length &&
		h.Length > transcript.MaxShort
}

// Golden compares a text with a golden file in testdata, which the flag -transcripts writes anew.
func Golden(t testing.TB, file, text string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *write {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), text, "another transcript: review it, then write the file with -transcripts")
}

// SameItems says whether two recordings have the same transcripts, messages and hashes with the same
// challenges between them, whatever functions ask for them.
func SameItems(a, b []Item) bool {
	return slices.EqualFunc(a, b, func(x, y Item) bool { return x.Header == y.Header })
}
