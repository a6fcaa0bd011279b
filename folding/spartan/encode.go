package spartan

import (
	"fmt"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/wire"
)

// Encode returns the bytes of the proof, as the package documentation lists them.
func (p *Proof) Encode() []byte {
	return wire.Encode(func(c *wire.Coder) { p.code(c, evalDecoder{}, evalDecoder{}) })
}

// Size returns the length in bytes of an encoded proof of a statement with these claims. It
// depends on the largest number of variables of a claim alone.
func (k *VerifierKey) Size(claims []Claim) int {
	main, points := k.main, len(k.main.parts)+2
	size := points + 1 + main.public + outerDegree*main.rowVars() + 3
	size += axes + 2*axes + maskPolys
	size += matrixDegree*k.vars(claims) + 3*axes
	cycle, points := k.cycle, len(k.cycle.parts)+2
	size += points + 1 + cycle.public + outerDegree*cycle.rowVars() + 3 + innerDegree*cycle.vars()
	return size*curve.ElementSize + k.opening.ProofSize(k.vars(claims)) + k.inner.ProofSize(cycle.vars())
}

// Decode reads a proof of a statement with such claims. There is exactly one encoding
// of each proof: the length is Size, points are on their curves, and every number is
// below its modulus. Errors wrap ErrEncoding.
func Decode(k *VerifierKey, claims []Claim, data []byte) (*Proof, error) {
	if want := k.Size(claims); len(data) != want {
		return nil, fmt.Errorf("%w: %d bytes, want %d", ErrEncoding, len(data), want)
	}
	p, vars := new(Proof), k.vars(claims)
	shapeSide(&p.main.sideProof, k.main, vars, matrixDegree)
	shapeSide(&p.cycle, k.cycle, k.cycle.vars(), innerDegree)
	err := wire.Decode(data, func(c *wire.Coder) {
		p.code(c, evalDecoder{k.opening, vars}, evalDecoder{k.inner, k.cycle.vars()})
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEncoding, err)
	}
	return p, nil
}

func rounds[E any](n, degree int) [][]E {
	out := make([][]E, n)
	for i := range out {
		out[i] = make([]E, degree)
	}
	return out
}

func shapeSide[E, C any](p *sideProof[E, C], f form, vars, degree int) {
	p.mask = Instance[E, C]{W: make([]C, len(f.parts)), X: make([]E, f.public)}
	p.outer, p.batch = rounds[E](f.rowVars(), outerDegree), rounds[E](vars, degree)
}

// evalDecoder reads an opening at a point of vars coordinates. A writer needs none.
type evalDecoder struct {
	scheme interface {
		ProofSize(vars int) int
		DecodeProof(data []byte, vars int) (commit.EvalProof, error)
	}
	vars int
}

// code visits all elements in the order of the encoding.
func (p *Proof) code(c *wire.Coder, opening, inner evalDecoder) {
	m := &p.main.matrices
	codeMask(c, curve.BN254, &p.main.sideProof)
	codePoints(c, curve.BN254, m.looked[:], m.inverses[:], p.main.maskPolys[:])
	curve.Fr.CodeAll(c, "a round", p.main.batch...)
	curve.Fr.CodeAll(c, "a value", m.values[:])
	codeOpening(c, &p.opening, opening)
	codeMask(c, curve.Grumpkin, &p.cycle)
	curve.Fq.CodeAll(c, "a round of the cycle", p.cycle.batch...)
	codeOpening(c, &p.inner, inner)
}

// codeMask visits what both sides begin with.
func codeMask[E curve.Element, C comparable](c *wire.Coder, on *curve.Curve[E, C], p *sideProof[E, C]) {
	codePoints(c, on, p.mask.W)
	on.CodePoints(c, on.Name+" point", &p.mask.E, &p.cross)
	on.Code(c, on.Name+" u", &p.mask.U)
	on.CodeAll(c, on.Name+" x", p.mask.X)
	on.CodeAll(c, on.Name+" outer round", p.outer...)
	on.CodeAll(c, on.Name+" value", p.values[:])
}

func codePoints[E curve.Element, C comparable](c *wire.Coder, on *curve.Curve[E, C], lists ...[]C) {
	for _, list := range lists {
		for i := range list {
			on.CodePoints(c, on.Name+" point", &list[i])
		}
	}
}

// codeOpening visits an opening, which has an encoding of its own.
func codeOpening(c *wire.Coder, p *commit.EvalProof, by evalDecoder) {
	if c.Writing() {
		c.Raw((*p).Encode())
		return
	}
	data := make([]byte, by.scheme.ProofSize(by.vars))
	if c.Raw(data); !c.Reading() {
		return
	}
	var err error
	if *p, err = by.scheme.DecodeProof(data, by.vars); err != nil {
		c.Failf("the opening at byte %d: %w", c.At()-len(data), err)
	}
}
