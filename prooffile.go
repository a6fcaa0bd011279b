package fold

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/folding"
	"fold/folding/spartan"
	"fold/internal/commit"
	"fold/step"
)

// The format of a compressed proof; PROOF.md has it byte by byte.
const (
	proofMagic   = "foldprf\x00"
	proofVersion = 1
	maxLabel     = 255
	maxRuns      = 1 << 12 // of passes of one size
	maxTokens    = 1 << 20 // of prompt or output
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
	passes      []passRun
	chains      step.ModelChains
}

// tokenPart is the prompt or the output. If it is shown, value is the salt of its chain,
// otherwise the chain itself, a commitment.
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
}

// compressed is a whole proof.
type compressed struct {
	proofHead
	proofBody
	snark *spartan.Proof
}

// errProof marks bytes that are no proof.
var errProof = fmt.Errorf("%w: not a proof", ErrCorrupt)

// proofCoder writes a proof's values, or reads them: one text for both. It keeps the
// first error.
type proofCoder struct {
	reading bool
	data    []byte // what has been written, or is to be read
	err     error
}

func (c *proofCoder) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// raw codes len(b) bytes.
func (c *proofCoder) raw(b []byte) {
	switch {
	case !c.reading:
		c.data = append(c.data, b...)
	case c.err != nil:
	case len(c.data) < len(b):
		c.fail("it ends %d bytes early", len(b)-len(c.data))
	default:
		c.data = c.data[copy(b, c.data):]
	}
}

// number codes an integer in size bytes; what is read is from low to high.
func (c *proofCoder) number(what string, x *int, size, low, high int) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(*x))
	c.raw(b[8-size:])
	if !c.reading || c.err != nil {
		return
	}
	v := binary.BigEndian.Uint64(b[:])
	if v < uint64(low) || v > uint64(high) {
		c.fail("%s: found %d, expected %d to %d", what, v, low, high)
		return
	}
	*x = int(v)
}

func (c *proofCoder) flag(what string, x *bool) {
	n := 0
	if *x {
		n = 1
	}
	c.number(what, &n, 1, 0, 1)
	*x = n == 1
}

// item codes a value of 32 bytes that has an encoding of its own, which is the only one.
func item[T any](c *proofCoder, what string, v *T, write func(T) [32]byte, read func(*T, []byte) error) {
	b := write(*v)
	c.raw(b[:])
	if !c.reading || c.err != nil {
		return
	}
	if err := read(v, b[:]); err != nil {
		c.fail("%s: %w", what, err)
	} else if write(*v) != b {
		c.fail("%s: written in another way than the one", what)
	}
}

func (c *proofCoder) scalars(what string, list ...*fr.Element) {
	for _, v := range list {
		item(c, what, v, func(v fr.Element) [32]byte { return v.Bytes() }, (*fr.Element).SetBytesCanonical)
	}
}

func (c *proofCoder) cycleScalars(what string, list ...*fq.Element) {
	for _, v := range list {
		item(c, what, v, func(v fq.Element) [32]byte { return v.Bytes() }, (*fq.Element).SetBytesCanonical)
	}
}

func (c *proofCoder) points(what string, list ...*bn254.G1Affine) {
	for _, p := range list {
		item(c, what, p, func(p bn254.G1Affine) [32]byte { return p.Bytes() },
			func(p *bn254.G1Affine, b []byte) error { _, err := p.SetBytes(b); return err })
	}
}

func (c *proofCoder) cyclePoints(what string, list ...*grumpkin.G1Affine) {
	for _, p := range list {
		item(c, what, p, func(p grumpkin.G1Affine) [32]byte { return p.Bytes() },
			func(p *grumpkin.G1Affine, b []byte) error { _, err := p.SetBytes(b); return err })
	}
}

func (h *proofHead) code(c *proofCoder) {
	magic, version, mode := []byte(proofMagic), proofVersion, int(h.mode)
	if c.raw(magic); c.err == nil && !bytes.Equal(magic, []byte(proofMagic)) {
		c.fail("it begins with %q, expected %q", magic, proofMagic)
	}
	c.number("version", &version, 1, proofVersion, proofVersion)
	c.number("mode", &mode, 1, int(ShowAll), int(HideAll))
	h.mode = Mode(mode)
	c.flag("development key", &h.development)
	c.raw(h.srs[:])
	c.raw(h.key[:])
	h.codeLabel(c)
	c.number("tokens of the prompt", &h.prompt.n, 4, 1, maxTokens)
	c.number("tokens of the output", &h.output.n, 4, 1, maxTokens)
	h.codePasses(c)
	h.prompt.code(c, "prompt", h.mode.hidesPrompt())
	h.output.code(c, "output", h.mode.hidesOutput())
	c.scalars("chain of the model", &h.chains.Body, &h.chains.Head)
}

func (h *proofHead) codeLabel(c *proofCoder) {
	n, text := len(h.label), []byte(h.label)
	if c.number("length of the label", &n, 1, 0, maxLabel); c.reading && c.err == nil {
		text = make([]byte, n)
	}
	if c.raw(text); !utf8.Valid(text) {
		c.fail("the label is no text")
	}
	h.label = string(text)
}

// codePasses codes runs of passes of one size, which follow each other only if they are
// of different sizes.
func (h *proofHead) codePasses(c *proofCoder) {
	n := len(h.passes)
	if c.number("sizes of passes", &n, 2, 1, maxRuns); c.reading {
		if c.err != nil || len(c.data) < 5*n {
			c.fail("it ends within the sizes of passes")
			return
		}
		h.passes = make([]passRun, n)
	}
	for i := range h.passes {
		p := &h.passes[i]
		c.number("bits of a pass", &p.bits, 1, 0, 16)
		c.number("passes of one size", &p.count, 4, 1, maxTokens)
		if i > 0 && p.bits == h.passes[i-1].bits {
			c.fail("two runs of passes of one size")
		}
	}
}

func (p *tokenPart) code(c *proofCoder, what string, hidden bool) {
	if c.reading && !hidden {
		if c.err != nil || len(c.data) < 4*p.n {
			c.fail("it ends within the %s", what)
			return
		}
		p.tokens = make([]int, p.n)
	}
	for i := range p.tokens {
		c.number("a token of the "+what, &p.tokens[i], 4, 0, maxTokens-1)
	}
	c.scalars(what, &p.value)
}

func (b *proofBody) code(c *proofCoder) {
	var steps [8]byte
	binary.BigEndian.PutUint64(steps[:], b.steps)
	c.raw(steps[:])
	b.steps = binary.BigEndian.Uint64(steps[:])
	c.points("a commitment of the run", &b.main.W[0], &b.main.E, &b.fresh, &b.cross)
	c.scalars("an input of the run", &b.main.U, &b.main.X[0])
	c.cyclePoints("a commitment of the point operations", &b.cycle.W[0], &b.cycle.W[1], &b.cycle.E)
	c.cycleScalars("an input of the point operations", &b.cycle.U, &b.cycle.X[0], &b.cycle.X[1], &b.cycle.X[2])
	for i := range b.claims {
		o := &b.claims[i]
		c.points("a running claim", &o.Commitment)
		c.scalars("a running claim", &o.Value)
		for j := range o.Point {
			c.scalars("a running claim", &o.Point[j])
		}
	}
}

// blankBody has the lengths of a proof under a key.
func (k *VerifierKey) blankBody() proofBody {
	return proofBody{
		main:   folding.Instance[fr.Element, bn254.G1Affine]{W: make([]bn254.G1Affine, 1), X: make([]fr.Element, 1)},
		cycle:  folding.Instance[fq.Element, grumpkin.G1Affine]{W: make([]grumpkin.G1Affine, 2), X: make([]fq.Element, 3)},
		claims: k.outline.Slots(),
	}
}

func (h *proofHead) encode() []byte {
	c := &proofCoder{}
	h.code(c)
	return c.data
}

// encodeStatement writes everything but the last part, which is about all of it.
func (p *compressed) encodeStatement() []byte {
	c := &proofCoder{}
	p.proofHead.code(c)
	p.proofBody.code(c)
	return c.data
}

func (p *compressed) encode() []byte { return append(p.encodeStatement(), p.snark.Encode()...) }

// decodeHead reads the head of a proof and returns what follows it. Errors wrap
// ErrCorrupt.
func decodeHead(data []byte) (*proofHead, []byte, error) {
	h, c := &proofHead{}, &proofCoder{reading: true, data: data}
	if h.code(c); c.err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errProof, c.err)
	}
	return h, c.data, nil
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
		return nil, fmt.Errorf("%w: key: the proof is for %w, %x, this is %x", ErrRejected, errOtherVerifierKey, h.key, k.digest)
	}
	p := &compressed{proofHead: *h, proofBody: k.blankBody()}
	c := &proofCoder{reading: true, data: rest}
	if p.proofBody.code(c); c.err != nil {
		return nil, fmt.Errorf("%w: %w", errProof, c.err)
	}
	if p.snark, err = spartan.Decode(k.snark, p.spartanClaims(), c.data); err != nil {
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
