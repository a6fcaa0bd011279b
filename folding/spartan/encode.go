package spartan

import (
	"fmt"

	"fold/internal/commit/ipa"
	"fold/internal/commit/mercury"
	"fold/r1cs"
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
	size += axes + 2*axes + concealers
	size += matrixDegree*k.vars(claims) + 3*axes
	cycle, points := k.cycle, len(k.cycle.parts)+2
	size += points + 1 + cycle.public + outerDegree*cycle.rowVars() + 3 + innerDegree*cycle.vars()
	return size*elementSize + mercury.ProofSize + ipa.Size(cycle.vars())
}

// Decode reads a proof of a statement with such claims. There is exactly one encoding
// of each proof: the length is Size, points are on their curves, and every number is
// below its modulus. Errors wrap ErrEncoding.
func Decode(k *VerifierKey, claims []Claim, data []byte) (*Proof, error) {
	if want := k.Size(claims); len(data) != want {
		return nil, fmt.Errorf("%w: %d bytes, want %d", ErrEncoding, len(data), want)
	}
	p := new(Proof)
	shapeHalf(&p.main, k.main, k.vars(claims), matrixDegree)
	shapeHalf(&p.cycle, k.cycle, k.cycle.vars(), innerDegree)
	c := &coder{in: data, decoding: true, innerVars: k.cycle.vars()}
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

func shapeHalf[E r1cs.Element, C comparable](p *halfProof[E, C], f form, vars, degree int) {
	p.mask = Instance[E, C]{W: make([]C, len(f.parts)), X: make([]E, f.public)}
	p.outer, p.batch = rounds[E](f.rowVars(), outerDegree), rounds[E](vars, degree)
}

// coder writes elements to out, or reads them from in. It keeps the first error.
type coder struct {
	out       []byte
	in        []byte
	decoding  bool
	innerVars int
	at        int // of the element that is next
	err       error
}

// walk visits all elements in the order of the encoding.
func (p *Proof) walk(c *coder) {
	m := &p.matrices
	walkMask(c, bn254Curve, &p.main)
	points(c, bn254Curve, m.looked[:])
	points(c, bn254Curve, m.inverses[:])
	points(c, bn254Curve, p.concealers[:])
	scalars(c, frField, p.main.batch...)
	scalars(c, frField, m.values[:])
	opaque(c, &p.opening, mercury.ProofSize, (*mercury.Proof).Encode, mercury.Decode)
	walkMask(c, grumpkinCurve, &p.cycle)
	scalars(c, fqField, p.cycle.batch...)
	opaque(c, &p.inner, ipa.Size(c.innerVars), (*ipa.Proof).Encode, func(b []byte) (*ipa.Proof, error) {
		return ipa.Decode(b, c.innerVars)
	})
}

// walkMask visits what both halves begin with.
func walkMask[E r1cs.Element, C comparable](c *coder, on *curve[E, C], p *halfProof[E, C]) {
	points(c, on, p.mask.W)
	point(c, on, &p.mask.E)
	point(c, on, &p.cross)
	scalar(c, on.field, &p.mask.U)
	scalars(c, on.field, p.mask.X)
	scalars(c, on.field, p.outer...)
	scalars(c, on.field, p.values[:])
}

func points[E r1cs.Element, C comparable](c *coder, on *curve[E, C], list []C) {
	for i := range list {
		point(c, on, &list[i])
	}
}

func point[E r1cs.Element, C comparable](c *coder, on *curve[E, C], p *C) {
	visit(c, on.name+" point", p, on.encodePoint, on.decodePoint)
}

func scalars[E r1cs.Element](c *coder, f *field[E], lists ...[]E) {
	for _, list := range lists {
		for i := range list {
			scalar(c, f, &list[i])
		}
	}
}

func scalar[E r1cs.Element](c *coder, f *field[E], v *E) {
	visit(c, "scalar", v, f.encode, f.decode)
}

// visit writes or reads one element.
func visit[T any](c *coder, what string, v *T, encode func(T) [elementSize]byte, decode func([]byte) (T, error)) {
	if !c.decoding {
		b := encode(*v)
		c.out = append(c.out, b[:]...)
		return
	}
	if c.err != nil {
		return
	}
	if *v, c.err = decode(c.in[:elementSize]); c.err != nil {
		c.err = fmt.Errorf("%s at byte %d: %w", what, c.at, c.err)
	}
	c.in, c.at = c.in[elementSize:], c.at+elementSize
}

// opaque writes or reads a part that has an encoding of its own.
func opaque[T any](c *coder, v **T, size int, encode func(*T) []byte, decode func([]byte) (*T, error)) {
	if !c.decoding {
		c.out = append(c.out, encode(*v)...)
		return
	}
	if c.err != nil {
		return
	}
	if *v, c.err = decode(c.in[:size]); c.err != nil {
		c.err = fmt.Errorf("from byte %d on: %w", c.at, c.err)
	}
	c.in, c.at = c.in[size:], c.at+size
}
