package fold

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/llama/tokenizer"
)

// opening opens a hidden part together with its tokens: the salt of its chain and, of a
// run whose passes are hidden as well, these.
type opening struct {
	salt   fr.Element
	passes []passRun
}

// String writes the salt in 64 hexadecimal digits and, behind a slash, the tokens of a
// pass and how many such passes there are in a row: "4x1,2x1,1x65".
func (o opening) String() string {
	var runs []string
	for _, r := range o.passes {
		runs = append(runs, fmt.Sprintf("%dx%d", 1<<r.bits, r.count))
	}
	if len(runs) == 0 {
		return hexOf(o.salt)
	}
	return hexOf(o.salt) + "/" + strings.Join(runs, ",")
}

var (
	errNoSalt   = errors.New("missing: 64 hexadecimal digits")
	errNoPasses = errors.New("without the passes of the run: 64 hexadecimal digits, a slash, and passes such as 4x1,1x65")
)

// parseOpening is the inverse of String.
func parseOpening(text string, withPasses bool) (o opening, err error) {
	salt, list, has := strings.Cut(text, "/")
	b, err := hex.DecodeString(salt)
	if err != nil || len(b) != 32 || o.salt.SetBytesCanonical(b) != nil {
		return o, errNoSalt
	}
	if !has && !withPasses {
		return o, nil
	}
	for _, run := range strings.Split(list, ",") {
		size, count, _ := strings.Cut(run, "x")
		n, err := strconv.ParseUint(size, 10, 17)
		k, err2 := strconv.ParseUint(count, 10, 20)
		if err != nil || err2 != nil || n == 0 || n&(n-1) != 0 || !withPasses {
			return o, errNoPasses
		}
		o.passes = append(o.passes, passRun{bits.TrailingZeros64(n), int(k)})
	}
	return o, nil
}

// open opens the hidden parts that texts are expected for: then they are known as if they
// had been shown.
func (v *proofVerification) open(t *tokenizer.Tokenizer, s *VerifySummary, p *compressed) error {
	shown := p.proofHead
	for _, part := range []struct {
		hides   Mode
		text    *string
		opening string
		of      *tokenPart
		ids     *[]int
		name    string
	}{
		{HidePrompt, v.opts.Prompt, v.opts.PromptOpening, &shown.prompt, &s.PromptIDs, "prompt"},
		{HideOutput, v.opts.Output, v.opts.OutputOpening, &shown.output, &s.OutputIDs, "output"},
	} {
		if p.mode&part.hides == 0 || part.text == nil {
			continue
		}
		o, err := parseOpening(part.opening, p.mode == HideAll)
		if err != nil {
			return fmt.Errorf("%w: %s: it is hidden, and what opens it is %w", ErrFormat, part.name, err)
		}
		ids := t.Encode(*part.text)
		if bos, ok := t.BOS(); ok && part.hides == HidePrompt && len(ids) == part.of.n-1 {
			ids = append([]int{bos}, ids...)
		}
		if len(ids) != part.of.n {
			return fmt.Errorf("%w: %s: it has %d tokens, expected are the %d of the text", ErrRejected, part.name, part.of.n, len(ids))
		}
		if p.mode == HideAll {
			shown.passes = o.passes
		}
		*part.of = tokenPart{part.of.n, ids, o.salt}
		*part.ids = ids
		shown.mode &^= part.hides
	}
	return p.opensTo(&shown, slices.Max(v.key.outline.Classes))
}
