package proof

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/fault"
	"fold.example/fold/step"
)

// Mode says which tokens a proof shows. Hidden tokens are in a salted commitment, which the
// owner of the run can open later ([Expected.PromptOpening], [Expected.OutputOpening]). A
// proof always shows the numbers of tokens, and shows the sizes of the passes unless both
// parts are hidden.
type Mode uint8

// The modes. A proof can show one part and hide the other only if a pass begins at the end of
// the prompt, as it does in runs that were not proven in batch.
const (
	ShowAll    Mode = iota
	HidePrompt Mode = 1
	HideOutput Mode = 2
	HideAll    Mode = 3
)

var modeNames = [...]string{"open", "hidden-prompt", "hidden-output", "hidden"}

// String returns the name of the mode.
func (m Mode) String() string { return modeNames[m&3] }

// Modes lists the names of the modes.
func Modes() []string { return modeNames[:] }

// ParseMode is the inverse of String. The error wraps ErrFormat.
func ParseMode(name string) (Mode, error) {
	for i, n := range modeNames {
		if n == name {
			return Mode(i), nil
		}
	}
	return 0, fmt.Errorf("%w: mode %.20q, expected one of %v", fault.ErrFormat, name, modeNames)
}

// HidesPrompt reports whether the proof has a commitment in place of the prompt.
func (m Mode) HidesPrompt() bool { return m&HidePrompt != 0 }

// HidesOutput reports whether the proof has a commitment in place of the output.
func (m Mode) HidesOutput() bool { return m&HideOutput != 0 }

// positions returns the number of positions that the passes cover: all tokens except the last.
func (h *Statement) positions() int { return h.Prompt.N + h.Output.N - 1 }

// layPasses calls f for every pass of the run, in order, with its first position. It returns
// an error unless the passes cover all positions, each pass begins at a multiple of its size,
// and no pass has more than 2^largest tokens.
func (h *Statement) layPasses(largest int, f func(start, bits int)) error {
	at, end := 0, h.positions()
	for _, run := range h.Passes {
		size := 1 << run.Bits
		if run.Bits > largest || at%size != 0 || run.Count > (end-at)/size {
			return fmt.Errorf("%d passes of %d tokens at position %d of %d", run.Count, size, at, end)
		}
		for range run.Count {
			f(at, run.Bits)
			at += size
		}
	}
	if at != end {
		return fmt.Errorf("passes over %d positions, expected %d", at, end)
	}
	return nil
}

// PassRuns groups consecutive passes of equal size. list has log2 of the number of tokens of
// each pass.
func PassRuns(list []int) (runs []PassRun) {
	for _, bits := range list {
		if n := len(runs); n > 0 && runs[n-1].Bits == bits {
			runs[n-1].Count++
		} else {
			runs = append(runs, PassRun{bits, 1})
		}
	}
	return runs
}

// TokenChains returns the sealed token chains of prompt and output in the last state. It
// computes the chain of a shown part from the tokens, the passes and the salt. The chain of a
// hidden part is in the statement. largest bounds log2 of the tokens of a pass.
func (h *Statement) TokenChains(largest int) (said [2]fr.Element, err error) {
	if h.Mode == HideAll {
		return [2]fr.Element{h.Prompt.Value, h.Output.Value}, nil
	}
	tokens := append(h.Prompt.Tokens[:len(h.Prompt.Tokens):len(h.Prompt.Tokens)], h.Output.Tokens...)
	parts := [2]*Part{&h.Prompt, &h.Output}
	hidden := [2]bool{h.Mode.HidesPrompt(), h.Mode.HidesOutput()}
	for i := range said {
		if said[i] = step.EmptyTokens(); hidden[i] {
			said[i] = parts[i].Value
		}
	}
	shift := 0 // position of the first entry of tokens
	if hidden[0] {
		shift = h.Prompt.N
	}
	straddles := false
	err = h.layPasses(largest, func(start, bits int) {
		end, i := start+1<<bits, 0
		if start >= h.Prompt.N {
			i = 1
		}
		straddles = straddles || i == 0 && end > h.Prompt.N
		if !hidden[i] && (i == 1 || end <= h.Prompt.N || !hidden[1]) {
			said[i] = step.AbsorbPass(said[i], start, bits, tokens[start-shift:end-shift])
		}
	})
	switch {
	case err != nil:
		return said, err
	case straddles && hidden[0] != hidden[1]:
		return said, errStraddles
	}
	if !hidden[0] {
		said[0] = step.SealPrompt(said[0], h.Prompt.Value)
	}
	if !hidden[1] {
		said[1] = step.SealOutput(said[1], h.Output.Tokens[h.Output.N-1], h.Output.Value)
	}
	return said, nil
}

// errStraddles is the error if one part is hidden and a pass has tokens of both.
var errStraddles = fmt.Errorf("%w: a pass has tokens of both prompt and output: "+
	"they are shown together or hidden together", fault.ErrFormat)
