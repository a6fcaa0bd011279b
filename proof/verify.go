package proof

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/tokens"
	"fold.example/fold/internal/wire"
)

// Expected is the expectation of a verifier. The zero value of a field other than KeyDigest
// expects nothing.
type Expected struct {
	// KeyDigest is the digest of the verification key, from somebody whom the verifier trusts.
	// Whoever makes up a key can prove any statement under it.
	KeyDigest string
	// AllowDevelopmentKey accepts proofs under a development key, whose maker can forge
	// proofs.
	AllowDevelopmentKey bool
	// ModelID is the expected model id, 64 hexadecimal digits.
	ModelID string
	// Label and Mode are the expected label and mode.
	Label *string
	Mode  *Mode
	// PromptIDs and OutputIDs are the expected tokens.
	PromptIDs, OutputIDs []int
	// PromptOpening and OutputOpening open the hidden parts (Opening.String). An opened part
	// is compared like a shown one.
	PromptOpening, OutputOpening string
}

// Verified is the statement of an accepted proof.
type Verified struct {
	Statement Statement // as decoded; hidden parts stay hidden
	ModelID   string    // 64 hexadecimal digits
	// PromptIDs and OutputIDs are the tokens, nil for a part that is hidden and was not opened.
	PromptIDs, OutputIDs []int
	Steps                uint64 // steps of the recursion, including the settlement
}

// Verify verifies a proof under the bytes of a verification key and compares its statement
// with the expected one. It reads no file. The error wraps fault.ErrRejected if the proof does
// not hold, states something else, or is under a key whose digest is not want.KeyDigest; it
// wraps fault.ErrFormat or fault.ErrCorrupt if key does not encode a key.
func Verify(proof, key []byte, want Expected) (*Verified, error) {
	if err := Admit(proof, want.AllowDevelopmentKey); err != nil {
		return nil, err
	}
	k, err := DecodeKey(key)
	if err != nil {
		return nil, err
	}
	if err := k.Vouched(want.KeyDigest); err != nil {
		return nil, err
	}
	return k.Check(proof, want)
}

// Admit refuses bytes that do not begin with a statement, and a proof under a development key
// unless development is true. The error wraps fault.ErrRejected. For a proof of another
// version it wraps fault.ErrFormat, since such a proof may be valid.
func Admit(proof []byte, development bool) error {
	h, _, err := DecodeStatement(proof)
	if err != nil {
		return refused(err)
	}
	if h.Development && !development {
		return DevelopmentKeyRefused()
	}
	return nil
}

// refused makes an error of decoding wrap fault.ErrRejected, except the error for another
// version, since a proof of another version may be valid.
func refused(err error) error {
	if errors.Is(err, wire.ErrVersion) {
		return err
	}
	return fault.Rejected(err)
}

// DevelopmentKeyRefused returns the error for a proof under a development key that is not
// allowed. It wraps fault.ErrRejected.
func DevelopmentKeyRefused() error {
	err := fmt.Errorf("%w: it is proven under a development key: whoever made the key can forge proofs",
		fault.ErrRejected)
	return fault.With(err, fault.NeedDevelopmentKey, "")
}

// Vouched compares the key's digest with the digest that the verifier trusts. An empty digest
// is refused, because the key could then come from anybody. The error wraps fault.ErrRejected.
func (k *VerificationKey) Vouched(digest string) error {
	if digest == "" {
		err := fmt.Errorf("%w: key: nothing says that verification key %s is one of this program's, "+
			"and a made-up key proves anything",
			fault.ErrRejected, k.Digest())
		return fault.With(err, fault.NeedVoucher, "")
	}
	if !strings.EqualFold(digest, k.Digest()) {
		return fmt.Errorf("%w: key: the verification key is %s, expected %.64s", fault.ErrRejected, k.Digest(), digest)
	}
	return nil
}

// Check is Verify for a key that the caller trusts; it ignores want.KeyDigest.
func (k *VerificationKey) Check(proof []byte, want Expected) (*Verified, error) {
	p, err := Decode(k, proof)
	if err != nil {
		return nil, refused(err)
	}
	id, err := k.Verify(p)
	if err != nil {
		return nil, err
	}
	v := &Verified{
		Statement: p.Statement, ModelID: HexOf(id), PromptIDs: p.Prompt.Tokens, OutputIDs: p.Output.Tokens,
		Steps: p.Steps,
	}
	return v, v.expected(k, &want)
}

// expected compares the statement with the expected one.
func (v *Verified) expected(k *VerificationKey, want *Expected) error {
	s := &v.Statement
	if want.ModelID != "" && !strings.EqualFold(want.ModelID, v.ModelID) {
		return fmt.Errorf("%w: model id: it is about %s, expected %.64s", fault.ErrRejected, v.ModelID, want.ModelID)
	}
	if want.Label != nil && *want.Label != s.Label {
		return fmt.Errorf("%w: label: it is %q, expected %q", fault.ErrRejected, s.Label, *want.Label)
	}
	if want.Mode != nil && *want.Mode != s.Mode {
		return fmt.Errorf("%w: mode: it is %s, expected %s", fault.ErrRejected, s.Mode, *want.Mode)
	}
	if err := v.open(k, want); err != nil {
		return err
	}
	for _, part := range []struct {
		name       string
		have, want []int
	}{{"prompt", v.PromptIDs, want.PromptIDs}, {"output", v.OutputIDs, want.OutputIDs}} {
		if part.want != nil && part.have == nil {
			return HiddenPart(part.name)
		}
		if err := tokens.Same(part.name, part.have, part.want); err != nil {
			return err
		}
	}
	return nil
}

// HiddenPart returns the error for an expectation about a hidden part without an opening. It
// wraps fault.ErrFormat.
func HiddenPart(name string) error {
	return fmt.Errorf("%w: %s: it is hidden, and what opens it is missing", fault.ErrFormat, name)
}

// open opens the hidden parts for which there is an opening. Their tokens are then known as if
// the proof had shown them.
func (v *Verified) open(k *VerificationKey, want *Expected) error {
	shown, mode := v.Statement, v.Statement.Mode
	for _, part := range []struct {
		hides   Mode
		opening string
		of      *Part
		ids     *[]int
		name    string
	}{
		{HidePrompt, want.PromptOpening, &shown.Prompt, &v.PromptIDs, "prompt"},
		{HideOutput, want.OutputOpening, &shown.Output, &v.OutputIDs, "output"},
	} {
		switch {
		case part.opening == "":
			continue
		case mode&part.hides == 0:
			return fmt.Errorf("%w: %s: it is shown, there is nothing to open", fault.ErrFormat, part.name)
		}
		o, err := ParseOpening(part.opening, mode == HideAll)
		if err != nil {
			return fmt.Errorf("%w: %s: what opens it is %w", fault.ErrFormat, part.name, err)
		}
		if len(o.Tokens) != part.of.N || slices.Max(o.Tokens) >= k.outline.Vocab() {
			return fmt.Errorf("%w: %s: it has %d tokens below %d, the opening has %d",
				fault.ErrRejected, part.name, part.of.N, k.outline.Vocab(), len(o.Tokens))
		}
		if mode == HideAll {
			shown.Passes = o.Passes
		}
		*part.of, *part.ids = Part{part.of.N, o.Tokens, o.Salt}, o.Tokens
		shown.Mode &^= part.hides
	}
	return v.Statement.OpensTo(&shown, slices.Max(k.outline.Classes))
}
