package spartan

import (
	"fmt"

	"fold/internal/commit"
	"fold/internal/curve"
)

// Encode returns the bytes of the proof, as the package documentation lists them.
func (p *Proof) Encode() []byte {
	c := new(coder)
	p.walk(c)
	return c.out
}

// Size returns the length of an encoded proof of statements with such claims, of which
// the largest number of variables matters alone.
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
	p := new(Proof)
	shapeSide(&p.main.sideProof, k.main, k.vars(claims), matrixDegree)
	shapeSide(&p.cycle, k.cycle, k.cycle.vars(), innerDegree)
	c := &coder{in: data, decoding: true, key: k, vars: k.vars(claims)}
	p.walk(c)
	if c.err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEncoding, c.err)
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

// coder writes elements to out, or reads them from in. It keeps the first error.
type coder struct {
	out      []byte
	in       []byte
	decoding bool
	key      *VerifierKey // of a decoder
	vars     int          // of the opening on BN254
	at       int          // of the element that is next
	err      error
}

// walk visits all elements in the order of the encoding.
func (p *Proof) walk(c *coder) {
	m := &p.main.matrices
	walkMask(c, curve.BN254, &p.main.sideProof)
	points(c, curve.BN254, m.looked[:])
	points(c, curve.BN254, m.inverses[:])
	points(c, curve.BN254, p.main.maskPolys[:])
	scalars(c, curve.Fr, p.main.batch...)
	scalars(c, curve.Fr, m.values[:])
	opening(c, &p.opening, func() evalDecoder { return evalDecoder{c.key.opening, c.vars} })
	walkMask(c, curve.Grumpkin, &p.cycle)
	scalars(c, curve.Fq, p.cycle.batch...)
	opening(c, &p.inner, func() evalDecoder { return evalDecoder{c.key.inner, c.key.cycle.vars()} })
}

// evalDecoder reads the opening at a point of vars coordinates.
type evalDecoder struct {
	scheme interface {
		ProofSize(vars int) int
		DecodeProof(data []byte, vars int) (commit.EvalProof, error)
	}
	vars int
}

// walkMask visits what both halves begin with.
func walkMask[E curve.Element, C comparable](c *coder, on *curve.Curve[E, C], p *sideProof[E, C]) {
	points(c, on, p.mask.W)
	point(c, on, &p.mask.E)
	point(c, on, &p.cross)
	scalar(c, on.Field, &p.mask.U)
	scalars(c, on.Field, p.mask.X)
	scalars(c, on.Field, p.outer...)
	scalars(c, on.Field, p.values[:])
}

func points[E curve.Element, C comparable](c *coder, on *curve.Curve[E, C], list []C) {
	for i := range list {
		point(c, on, &list[i])
	}
}

func point[E curve.Element, C comparable](c *coder, on *curve.Curve[E, C], p *C) {
	visit(c, on.Name+" point", p, on.Compress, on.Decompress)
}

func scalars[E curve.Element](c *coder, f *curve.Field[E], lists ...[]E) {
	for _, list := range lists {
		for i := range list {
			scalar(c, f, &list[i])
		}
	}
}

func scalar[E curve.Element](c *coder, f *curve.Field[E], v *E) {
	visit(c, "scalar", v, f.Encode, f.Decode)
}

// visit writes or reads one element.
func visit[T any](c *coder, what string, v *T, encode func(T) [curve.ElementSize]byte, decode func([]byte) (T, error)) {
	if !c.decoding {
		b := encode(*v)
		c.out = append(c.out, b[:]...)
		return
	}
	if c.err != nil {
		return
	}
	if *v, c.err = decode(c.in[:curve.ElementSize]); c.err != nil {
		c.err = fmt.Errorf("%s at byte %d: %w", what, c.at, c.err)
	}
	c.in, c.at = c.in[curve.ElementSize:], c.at+curve.ElementSize
}

// opening writes or reads an opening, which has an encoding of its own.
func opening(c *coder, p *commit.EvalProof, by func() evalDecoder) {
	if !c.decoding {
		c.out = append(c.out, (*p).Encode()...)
		return
	}
	if c.err != nil {
		return
	}
	d := by()
	size := d.scheme.ProofSize(d.vars)
	if *p, c.err = d.scheme.DecodeProof(c.in[:size], d.vars); c.err != nil {
		c.err = fmt.Errorf("from byte %d on: %w", c.at, c.err)
	}
	c.in, c.at = c.in[size:], c.at+size
}
