package spartan

import (
	"fmt"
	"io"

	"fold/internal/transcript"
	"fold/r1cs"
)

// committer commits to values from generator number at on, with a blind.
type committer[E r1cs.Element, C comparable] func(at int, values []E, blind E) (C, error)

// hidden is a running instance with everything that is known of it.
type hidden[E r1cs.Element, C comparable] struct {
	public   Instance[E, C]
	secret   Witness[E]
	products r1cs.Products[E]
}

// randomInstance draws a satisfied instance uniformly: z and the blinds are uniform,
// E follows from z.
func randomInstance[E r1cs.Element, C comparable](f *field[E], form form, shape *r1cs.Shape[E], commit committer[E, C], random io.Reader) (*hidden[E, C], error) {
	private, public := form.private(), form.public
	drawn, err := f.drawVector(random, private+len(form.parts)+public+2)
	if err != nil {
		return nil, err
	}
	take := func(n int) []E {
		v := drawn[:n:n]
		drawn = drawn[n:]
		return v
	}
	h := &hidden[E, C]{
		secret: Witness[E]{W: take(private), BlindW: take(len(form.parts)), BlindE: take(1)[0]},
		public: Instance[E, C]{U: take(1)[0], X: take(public)},
	}
	if h.products, err = shape.Multiply(h.public.U, h.public.X, h.secret.W); err != nil {
		return nil, err
	}
	e, uc := make([]E, form.rows), make([]E, form.rows)
	f.mulTo(e, h.products.A, h.products.B)
	f.scale(uc, h.products.C, h.public.U)
	f.subTo(e, e, uc)
	h.secret.E = e
	for i := range form.parts {
		from, to := form.bounds(i)
		point, err := commit(from, h.secret.W[from:to], h.secret.BlindW[i])
		if err != nil {
			return nil, err
		}
		h.public.W = append(h.public.W, point)
	}
	h.public.E, err = commit(0, e, h.secret.BlindE)
	return h, err
}

// cross returns what u + r v has at r in its error vector, for two running instances:
//
//	T = Az_1 * Bz_2 + Az_2 * Bz_1 - u_1 Cz_2 - u_2 Cz_1.
func cross[E r1cs.Element, C comparable](f *field[E], u, v *hidden[E, C]) ([]E, error) {
	scaled := u.products // r1cs.Cross takes u_2 = 1
	scaled.C = make([]E, len(u.products.C))
	f.scale(scaled.C, u.products.C, v.public.U)
	return r1cs.Cross(scaled, v.products, u.public.U)
}

// conceal folds a random satisfied instance into u. It returns the half that the
// verifier gets from the messages, and the witness and products of the sum.
func conceal[E r1cs.Element, C comparable](c *curve[E, C], form form, shape *r1cs.Shape[E], tr *transcript.Native, u Instance[E, C], w Witness[E], commit committer[E, C], random io.Reader) (*prover[E, C], error) {
	products, err := shape.Multiply(u.U, u.X, w.W)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWitness, err)
	}
	first := &hidden[E, C]{u, w, products}
	mask, err := randomInstance(c.field, form, shape, commit, random)
	if err != nil {
		return nil, err
	}
	t, err := cross(c.field, first, mask)
	if err != nil {
		return nil, err
	}
	blind, err := c.draw(random)
	if err != nil {
		return nil, err
	}
	p := &prover[E, C]{proof: &halfProof[E, C]{mask: mask.public}}
	if p.proof.cross, err = commit(0, t, blind); err != nil {
		return nil, err
	}
	var r E
	p.half, r = fold(c, form, shape, tr, u, p.proof)
	return p, p.add(first, mask, t, blind, r)
}

// add sets the prover's witness to first + r mask.
func (p *prover[E, C]) add(first, mask *hidden[E, C], t []E, blind, r E) (err error) {
	c := p.c
	if p.witness.W, err = r1cs.Combine(first.secret.W, r, mask.secret.W); err != nil {
		return
	}
	// E + r (T + r E_2)
	inner, err := r1cs.Combine(t, r, mask.secret.E)
	if err != nil {
		return err
	}
	if p.witness.E, err = r1cs.Combine(first.secret.E, r, inner); err != nil {
		return
	}
	for i := range mask.secret.BlindW {
		p.witness.BlindW = append(p.witness.BlindW, c.add(first.secret.BlindW[i], c.mul(r, mask.secret.BlindW[i])))
	}
	p.witness.BlindE = c.add(first.secret.BlindE, c.mul(r, c.add(blind, c.mul(r, mask.secret.BlindE))))
	p.products, err = first.products.Combine(r, mask.products)
	return
}
