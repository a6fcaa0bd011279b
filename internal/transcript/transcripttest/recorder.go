package transcripttest

import (
	"runtime"
	"slices"
	"strings"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
)

// Item is a header that a sponge has begun a message, a hash or a transcript with.
type Item struct {
	Header
	Where string // the function that asked for it, as package.function
}

// Recorder is a backend that lists the headers of everything that is hashed over it, in order. It sees
// a challenge when the next message begins, so End must follow the last one.
type Recorder[E any] struct {
	transcript.Backend[E]
	Items []Item
}

// Const implements transcript.Backend.
func (r *Recorder[E]) Const(x fr.Element) E {
	if h, ok := ParseHeader(x); ok {
		r.Items = append(r.Items, Item{h, caller()})
	}
	return r.Backend.Const(x)
}

// end is the label of the message that End appends.
const end = "end of recording"

// End ends a recording: the challenges that have been drawn last become known. The transcript is of no use
// afterwards.
func End[E any](t *transcript.Transcript[E]) { t.Absorb(end) }

// Record lists what is played over a native transcript of a domain.
func Record(domain string, play func(tr *transcript.Native) error) ([]Item, error) {
	r := &Recorder[fr.Element]{Backend: transcript.NewField()}
	tr := transcript.Over(r, domain)
	err := play(tr)
	End(tr)
	return r.Items, err
}

// passed are the packages between a protocol and the backend.
var passed = []string{"internal/transcript.", "internal/transcript/", "internal/curve."}

// caller returns the innermost function of the stack outside the packages passed, without its type
// arguments and, of a function literal, the name of the function around it.
func caller() string {
	pc := make([]uintptr, 40)
	frames := runtime.CallersFrames(pc[:runtime.Callers(2, pc)])
	for {
		f, more := frames.Next()
		name := strings.ReplaceAll(f.Function, "[...]", "")
		inner := slices.ContainsFunc(passed, func(p string) bool { return strings.Contains(name, p) })
		if !inner || !more {
			name, _, _ = strings.Cut(name[strings.LastIndex(name, "/")+1:], ".func")
			return name
		}
	}
}
