package proof

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/folding"
	"fold.example/fold/folding/spartan"
	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/wire"
	"fold.example/fold/internal/wire/elements"
	"fold.example/fold/step"
	"fold.example/fold/step/argument"
)

// The format of a compressed proof; SPEC.md defines every byte.
const (
	proofMagic   = "foldprf\x00"
	proofVersion = 3
	MaxLabel     = 255     // bytes of a label
	maxRuns      = 1 << 12 // runs of passes of equal size
	MaxTokens    = 1 << 20 // tokens of the prompt, and of the output

	// MaxProof bounds the size of a proof in bytes. Tokens take nearly all of it.
	MaxProof = 16 << 20
)

// Statement is what a proof states, with the ids of the keys under which it holds.
type Statement struct {
	Mode        Mode      // which parts are hidden
	Development bool      // the commitment key is a development key
	SRS         commit.ID // id of the commitment key
	Key         [32]byte  // digest of the verification key
	Label       string    // UTF-8, at most MaxLabel bytes
	Prompt      Part
	Output      Part
	Passes      []PassRun         // none if prompt and output are both hidden
	Model       step.ModelDigests // the three hashes that the model id covers
}

// Part is the prompt or the output, N tokens. Value is the salt of its sealed token chain if
// the part is shown. Otherwise Value is the sealed chain, which is a commitment to the tokens.
type Part struct {
	N      int
	Tokens []int // nil for a hidden part
	Value  fr.Element
}

// PassRun is Count consecutive passes of 2^Bits tokens each.
type PassRun struct{ Bits, Count int }

// Body is the recursion's last instances and the running claims: the part of a proof between
// the statement and the last argument.
type Body struct {
	Steps  uint64                                          // i, the number of steps, including the settlement
	Main   folding.Instance[fr.Element, bn254.G1Affine]    // U_i
	Fresh  bn254.G1Affine                                  // u_i.W
	Cross  bn254.G1Affine                                  // T of the last fold
	Cycle  folding.Instance[fq.Element, grumpkin.G1Affine] // cfU_i
	Claims []argument.CommittedClaim                       // running claims: size classes, cache, weights
	Spare  int                                             // zero coordinates before the point of the cache claim
}

// Proof is a compressed proof.
type Proof struct {
	Statement
	Body
	SNARK *spartan.Proof // the last argument
}

// errProof is wrapped for bytes that do not encode a proof.
var errProof = fmt.Errorf("%w: not a proof", fault.ErrCorrupt)

func (h *Statement) code(c *wire.Coder) {
	c.Magic(proofMagic)
	c.Version("a compressed proof", proofVersion, 1)
	mode := int(h.Mode)
	c.Int("mode", &mode, 1, int(ShowAll), int(HideAll))
	h.Mode = Mode(mode)
	c.Bool("development key", &h.Development)
	c.Raw(h.SRS[:])
	c.Raw(h.Key[:])
	elements.Fr(c, "hash of the model", &h.Model.Constants, &h.Model.Body, &h.Model.Head)
	c.Int("tokens of the prompt", &h.Prompt.N, 4, 1, MaxTokens)
	elements.Fr(c, "prompt", &h.Prompt.Value)
	c.Int("tokens of the output", &h.Output.N, 4, 1, MaxTokens)
	elements.Fr(c, "output", &h.Output.Value)
	h.codeShown(c)
}

// codeShown codes the fields of variable length: the label, and the passes and tokens that the
// mode shows.
func (h *Statement) codeShown(c *wire.Coder) {
	h.codeLabel(c)
	if h.Mode != HideAll {
		h.codePasses(c)
	}
	if !h.Mode.HidesPrompt() {
		h.Prompt.code(c, "prompt")
	}
	if !h.Mode.HidesOutput() {
		h.Output.code(c, "output")
	}
}

// ShownBytes returns the number of bytes of the label's text and of the passes and tokens that
// are shown. The key determines the number of all other bytes of a proof.
func (h *Statement) ShownBytes() int {
	return len(wire.Encode(h.codeShown)) - 1 // without the byte for the label's length
}

func (h *Statement) codeLabel(c *wire.Coder) {
	n, text := len(h.Label), []byte(h.Label)
	if c.Count("length of the label", &n, 1, MaxLabel, 1); c.Reading() {
		text = make([]byte, n)
	}
	if c.Raw(text); !utf8.Valid(text) {
		c.Failf("the label is no text")
	}
	h.Label = string(text)
}

// codePasses codes the runs of passes. Neighbouring runs must have passes of different sizes.
func (h *Statement) codePasses(c *wire.Coder) {
	n := len(h.Passes)
	if c.Int("sizes of passes", &n, 2, 1, maxRuns); c.Left() < 5*n && c.Reading() {
		c.Failf("it ends within the sizes of passes")
	}
	if c.Reading() {
		h.Passes = make([]PassRun, n)
	}
	for i := range h.Passes {
		p := &h.Passes[i]
		c.Int("bits of a pass", &p.Bits, 1, 0, 16)
		c.Int("passes of one size", &p.Count, 4, 1, MaxTokens)
		if i > 0 && p.Bits == h.Passes[i-1].Bits {
			c.Failf("two runs of passes of one size")
		}
	}
}

func (p *Part) code(c *wire.Coder, what string) {
	if c.Left() < 4*p.N && c.Reading() {
		c.Failf("it ends within the %s", what)
	}
	if c.Reading() {
		p.Tokens = make([]int, p.N)
	}
	for i := range p.Tokens {
		c.Int("a token of the "+what, &p.Tokens[i], 4, 0, MaxTokens-1)
	}
}

// Code codes the body. The key determines the lengths of its lists (BlankBody).
func (b *Body) Code(c *wire.Coder) {
	c.Uint64(&b.Steps)
	elements.G1(c, "a commitment of the run", &b.Main.W[0], &b.Main.E, &b.Fresh, &b.Cross)
	elements.Fr(c, "an input of the run", &b.Main.U, &b.Main.X[0])
	elements.Grumpkin(c, "a commitment of the point operations", &b.Cycle.W[0], &b.Cycle.W[1], &b.Cycle.E)
	elements.Fq(c, "an input of the point operations", &b.Cycle.U, &b.Cycle.X[0], &b.Cycle.X[1], &b.Cycle.X[2])
	for i := range b.Claims {
		o := &b.Claims[i]
		elements.G1(c, "a running claim", &o.Commitment)
		elements.Fr(c, "a running claim", &o.Value)
		if i == len(b.Claims)-2 {
			zeros(c, "the cache's claim", b.Spare)
		}
		for j := range o.Point {
			elements.Fr(c, "a running claim", &o.Point[j])
		}
	}
}

// zeros codes scalars that are zero.
func zeros(c *wire.Coder, what string, n int) {
	for range n {
		var zero fr.Element
		if elements.Fr(c, what, &zero); !zero.IsZero() {
			c.Failf("%s has more coordinates than the key says", what)
		}
	}
}

// spareRoom is the least number of positions for which a proof has coordinates in the cache's
// claim. Runs with room for fewer positions pad the point with zeros, so that the length of a
// proof does not depend on the room.
const spareRoom = 1 << 12

// BlankBody returns a body whose lists have the lengths of proofs under this key.
func (k *VerificationKey) BlankBody() Body {
	return Body{
		Main: folding.Instance[fr.Element, bn254.G1Affine]{W: make([]bn254.G1Affine, 1), X: make([]fr.Element, 1)},
		Cycle: folding.Instance[fq.Element, grumpkin.G1Affine]{W: make([]grumpkin.G1Affine, 2),
			X: make([]fq.Element, 3)},
		Claims: k.outline.Slots(),
		Spare:  max(0, bitlen.Ceil(min(k.outline.Description.Config.Context, spareRoom))-k.outline.PositionBits),
	}
}

// Bind sets the ids of the commitment key and of the verification key.
func (h *Statement) Bind(k *VerificationKey) {
	h.Development, h.SRS, h.Key = k.Development(), k.opening.ID(), k.digest
}

// Encode returns the first bytes of a proof, which encode the statement.
func (h *Statement) Encode() []byte {
	return wire.Encode(h.code)
}

// EncodeStatement returns all bytes of the proof before the last argument.
func (p *Proof) EncodeStatement() []byte {
	return wire.Encode(func(c *wire.Coder) {
		p.Statement.code(c)
		p.Body.Code(c)
	})
}

// Encode returns the bytes of a proof, as SPEC.md defines them.
func (p *Proof) Encode() []byte { return append(p.EncodeStatement(), p.SNARK.Encode()...) }

// DecodeStatement decodes the statement at the beginning of a proof and returns the remaining
// bytes. The error wraps wire.ErrVersion for a proof of another version, ErrCorrupt otherwise.
func DecodeStatement(data []byte) (*Statement, []byte, error) {
	h, c := &Statement{}, wire.NewReader(data)
	if h.code(c); errors.Is(c.Err(), wire.ErrVersion) {
		return nil, nil, fault.With(c.Err(), fault.NeedOtherVersion, "")
	}
	if c.Err() != nil {
		return nil, nil, fmt.Errorf("%w: %w", errProof, c.Err())
	}
	return h, c.Bytes(), nil
}

// errOtherKey is wrapped if a proof is for another verification key.
var errOtherKey = errors.New("another verification key")

// Decode decodes a proof under a key. It accepts only the exact bytes of Encode. The error
// wraps ErrCorrupt, or ErrRejected if the proof is for another key.
func Decode(k *VerificationKey, data []byte) (*Proof, error) {
	h, rest, err := DecodeStatement(data)
	if err != nil {
		return nil, err
	}
	if h.Key != k.digest {
		return nil, fmt.Errorf("%w: key: the proof is for %w, %x, this is %x", fault.ErrRejected, errOtherKey,
			h.Key, k.digest)
	}
	p := &Proof{Statement: *h, Body: k.BlankBody()}
	c := wire.NewReader(rest)
	if p.Body.Code(c); c.Err() != nil {
		return nil, fmt.Errorf("%w: %w", errProof, c.Err())
	}
	if p.SNARK, err = spartan.Decode(k.snark, p.SpartanClaims(), c.Bytes()); err != nil {
		return nil, fmt.Errorf("%w: %w", errProof, err)
	}
	return p, nil
}

// SpartanClaims returns the running claims in the form of the last argument.
func (b *Body) SpartanClaims() (claims []spartan.Claim) {
	for _, o := range b.Claims {
		claims = append(claims, spartan.Claim{Commitment: o.Commitment, Point: o.Point, Value: o.Value})
	}
	return claims
}
