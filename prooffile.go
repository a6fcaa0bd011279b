package fold

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/folding"
	"fold/folding/spartan"
	"fold/internal/bitlen"
	"fold/internal/commit"
	"fold/internal/fault"
	"fold/internal/wire"
	"fold/internal/wire/elements"
	"fold/step"
)

// The format of a compressed proof; PROOF.md has it byte by byte.
const (
	proofMagic   = "foldprf\x00"
	proofVersion = 2
	maxLabel     = 255
	maxRuns      = 1 << 12 // of passes of one size
	maxTokens    = 1 << 20 // of prompt or output

	// maxProof bounds the size of a proof in bytes: nearly all of it is for its tokens.
	maxProof = 16 << 20
)

// proofHead is what a proof states, and what names the parts that it rests on.
type proofHead struct {
	mode        Mode
	development bool
	srs         commit.ID
	key         [32]byte // digest of the verification key
	label       string
	prompt      tokenPart
	output      tokenPart
	passes      []passRun // none if prompt and output are both hidden
	chains      step.ModelChains
}

// tokenPart is the prompt or the output. If it is shown, value is the salt that its chain
// is sealed with, otherwise the sealed chain, a commitment.
type tokenPart struct {
	n      int
	tokens []int // if it is shown
	value  fr.Element
}

// passRun is some passes of 2^bits tokens, one after another.
type passRun struct{ bits, count int }

// proofBody is what a proof proves it with.
type proofBody struct {
	steps  uint64
	main   folding.Instance[fr.Element, bn254.G1Affine]
	fresh  bn254.G1Affine
	cross  bn254.G1Affine
	cycle  folding.Instance[fq.Element, grumpkin.G1Affine]
	claims []step.Opening
	spare  int // zeros before the point of the cache's claim
}

// compressed is a whole proof.
type compressed struct {
	proofHead
	proofBody
	snark *spartan.Proof
}

// errProof marks bytes that are no proof.
var errProof = fmt.Errorf("%w: not a proof", fault.ErrCorrupt)

func (h *proofHead) code(c *wire.Coder) {
	c.Magic(proofMagic)
	c.Version("a compressed proof", proofVersion, 1)
	mode := int(h.mode)
	c.Int("mode", &mode, 1, int(ShowAll), int(HideAll))
	h.mode = Mode(mode)
	c.Bool("development key", &h.development)
	c.Raw(h.srs[:])
	c.Raw(h.key[:])
	elements.Fr(c, "chain of the model", &h.chains.Body, &h.chains.Head)
	c.Int("tokens of the prompt", &h.prompt.n, 4, 1, maxTokens)
	elements.Fr(c, "prompt", &h.prompt.value)
	c.Int("tokens of the output", &h.output.n, 4, 1, maxTokens)
	elements.Fr(c, "output", &h.output.value)
	h.codeShown(c)
}

// codeShown codes what has a length that the statement chooses: the label, and what the
// mode shows.
func (h *proofHead) codeShown(c *wire.Coder) {
	h.codeLabel(c)
	if h.mode != HideAll {
		h.codePasses(c)
	}
	if !h.mode.hidesPrompt() {
		h.prompt.code(c, "prompt")
	}
	if !h.mode.hidesOutput() {
		h.output.code(c, "output")
	}
}

// shownBytes is the length of the label's text and of what the mode shows. That of the
// rest of a proof is the key's.
func (h *proofHead) shownBytes() int {
	return len(wire.Encode(h.codeShown)) - 1 // the length of the label is always there
}

func (h *proofHead) codeLabel(c *wire.Coder) {
	n, text := len(h.label), []byte(h.label)
	if c.Count("length of the label", &n, 1, maxLabel, 1); c.Reading() {
		text = make([]byte, n)
	}
	if c.Raw(text); !utf8.Valid(text) {
		c.Failf("the label is no text")
	}
	h.label = string(text)
}

// codePasses codes runs of passes of one size, which follow each other only if they are
// of different sizes.
func (h *proofHead) codePasses(c *wire.Coder) {
	n := len(h.passes)
	if c.Int("sizes of passes", &n, 2, 1, maxRuns); c.Left() < 5*n && c.Reading() {
		c.Failf("it ends within the sizes of passes")
	}
	if c.Reading() {
		h.passes = make([]passRun, n)
	}
	for i := range h.passes {
		p := &h.passes[i]
		c.Int("bits of a pass", &p.bits, 1, 0, 16)
		c.Int("passes of one size", &p.count, 4, 1, maxTokens)
		if i > 0 && p.bits == h.passes[i-1].bits {
			c.Failf("two runs of passes of one size")
		}
	}
}

func (p *tokenPart) code(c *wire.Coder, what string) {
	if c.Left() < 4*p.n && c.Reading() {
		c.Failf("it ends within the %s", what)
	}
	if c.Reading() {
		p.tokens = make([]int, p.n)
	}
	for i := range p.tokens {
		c.Int("a token of the "+what, &p.tokens[i], 4, 0, maxTokens-1)
	}
}

func (b *proofBody) code(c *wire.Coder) {
	c.Uint64(&b.steps)
	elements.G1(c, "a commitment of the run", &b.main.W[0], &b.main.E, &b.fresh, &b.cross)
	elements.Fr(c, "an input of the run", &b.main.U, &b.main.X[0])
	elements.Grumpkin(c, "a commitment of the point operations", &b.cycle.W[0], &b.cycle.W[1], &b.cycle.E)
	elements.Fq(c, "an input of the point operations", &b.cycle.U, &b.cycle.X[0], &b.cycle.X[1], &b.cycle.X[2])
	for i := range b.claims {
		o := &b.claims[i]
		elements.G1(c, "a running claim", &o.Commitment)
		elements.Fr(c, "a running claim", &o.Value)
		if i == len(b.claims)-2 {
			zeros(c, "the cache's claim", b.spare)
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

// spareRoom is the number of positions that the cache's claim has coordinates for in a
// proof, in runs with less room as well: the length then does not depend on the room.
const spareRoom = 1 << 12

// blankBody has the lengths of a proof under a key.
func (k *VerifierKey) blankBody() proofBody {
	return proofBody{
		main:   folding.Instance[fr.Element, bn254.G1Affine]{W: make([]bn254.G1Affine, 1), X: make([]fr.Element, 1)},
		cycle:  folding.Instance[fq.Element, grumpkin.G1Affine]{W: make([]grumpkin.G1Affine, 2), X: make([]fq.Element, 3)},
		claims: k.outline.Slots(),
		spare:  max(0, bitlen.Ceil(min(k.outline.Description.Config.Context, spareRoom))-k.outline.PositionBits),
	}
}

// bind names the keys of a proof.
func (h *proofHead) bind(k *VerifierKey) {
	h.development, h.srs, h.key = k.Development(), k.opening.ID(), k.digest
}

func (h *proofHead) encode() []byte {
	return wire.Encode(h.code)
}

// encodeStatement writes everything but the last part, which is about all of it.
func (p *compressed) encodeStatement() []byte {
	return wire.Encode(func(c *wire.Coder) {
		p.proofHead.code(c)
		p.proofBody.code(c)
	})
}

func (p *compressed) encode() []byte { return append(p.encodeStatement(), p.snark.Encode()...) }

// decodeHead reads the head of a proof and returns what follows it. Errors wrap
// wire.ErrVersion if the proof is of another version, ErrCorrupt otherwise.
func decodeHead(data []byte) (*proofHead, []byte, error) {
	h, c := &proofHead{}, wire.NewReader(data)
	if h.code(c); errors.Is(c.Err(), wire.ErrVersion) {
		return nil, nil, fault.With(c.Err(), fault.NeedOtherVersion, "")
	}
	if c.Err() != nil {
		return nil, nil, fmt.Errorf("%w: %w", errProof, c.Err())
	}
	return h, c.Bytes(), nil
}

// errOtherVerifierKey says that a proof is for another verification key.
var errOtherVerifierKey = errors.New("another verification key")

// decodeProof reads a proof for a key. It takes what encode wrote and nothing else. Errors
// wrap ErrCorrupt, or ErrRejected if the proof is for another key.
func decodeProof(k *VerifierKey, data []byte) (*compressed, error) {
	h, rest, err := decodeHead(data)
	if err != nil {
		return nil, err
	}
	if h.key != k.digest {
		return nil, fmt.Errorf("%w: key: the proof is for %w, %x, this is %x", fault.ErrRejected, errOtherVerifierKey, h.key, k.digest)
	}
	p := &compressed{proofHead: *h, proofBody: k.blankBody()}
	c := wire.NewReader(rest)
	if p.proofBody.code(c); c.Err() != nil {
		return nil, fmt.Errorf("%w: %w", errProof, c.Err())
	}
	if p.snark, err = spartan.Decode(k.snark, p.spartanClaims(), c.Bytes()); err != nil {
		return nil, fmt.Errorf("%w: %w", errProof, err)
	}
	return p, nil
}

// spartanClaims are the running claims as the last argument takes them.
func (b *proofBody) spartanClaims() (claims []spartan.Claim) {
	for _, o := range b.claims {
		claims = append(claims, spartan.Claim{Commitment: o.Commitment, Point: o.Point, Value: o.Value})
	}
	return claims
}
