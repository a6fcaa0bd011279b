package spartan

import (
	"fmt"
	"io"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
)

// hidden is a running instance with everything that is known of it.
type hidden[E curve.Element, C comparable] struct {
	public   Instance[E, C]
	secret   Witness[E]
	products r1cs.Products[E]
}

// randomInstance draws a satisfied instance uniformly: z and the blinds are uniform,
// E follows from z.
func randomInstance[E curve.Element, C comparable](
	f *curve.Field[E], form form, shape *r1cs.Shape[E], key commit.Committer[E, C], random io.Reader,
) (*hidden[E, C], error) {
	private, public := form.private(), form.public
	drawn, err := f.DrawVector(random, private+len(form.parts)+public+2)
	if err != nil {
		return nil, fmt.Errorf("spartan: drawing a mask: %w", err)
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
	f.MulTo(e, h.products.A, h.products.B)
	f.Scale(uc, h.products.C, h.public.U)
	f.SubTo(e, e, uc)
	h.secret.E = e
	for i := range form.parts {
		from, to := form.bounds(i)
		point, err := key.CommitAt(from, h.secret.W[from:to], h.secret.BlindW[i])
		if err != nil {
			return nil, err
		}
		h.public.W = append(h.public.W, point)
	}
	h.public.E, err = key.CommitAt(0, e, h.secret.BlindE)
	return h, err
}

// cross returns what u + r v has at r in its error vector, for two running instances:
//
//	T = Az_1 * Bz_2 + Az_2 * Bz_1 - u_1 Cz_2 - u_2 Cz_1.
func cross[E curve.Element, C comparable](f *curve.Field[E], u, v *hidden[E, C]) ([]E, error) {
	scaled := u.products // r1cs.Cross takes u_2 = 1
	scaled.C = make([]E, len(u.products.C))
	f.Scale(scaled.C, u.products.C, v.public.U)
	return r1cs.Cross(scaled, v.products, u.public.U)
}

// conceal sends a random satisfied instance and the cross term, draws r, and folds the
// instance into u. It returns the side of the sum, with its witness and products.
func conceal[E curve.Element, C comparable](
	c *curve.Curve[E, C], form form, shape *r1cs.Shape[E], key commit.Committer[E, C], tr channel[E, C],
	u Instance[E, C], w Witness[E], random io.Reader,
) (*prover[E, C], error) {
	products, err := shape.Multiply(u.U, u.X, w.W)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWitness, err)
	}
	first := &hidden[E, C]{u, w, products}
	mask, err := randomInstance(c.Field, form, shape, key, random)
	if err != nil {
		return nil, err
	}
	t, err := cross(c.Field, first, mask)
	if err != nil {
		return nil, err
	}
	blind, err := c.Draw(random)
	if err != nil {
		return nil, fmt.Errorf("spartan: drawing a mask: %w", err)
	}
	p := &prover[E, C]{c: c, shape: shape, proof: &sideProof[E, C]{mask: mask.public}}
	if p.proof.cross, err = key.CommitAt(0, t, blind); err != nil {
		return nil, err
	}
	absorbInstance(tr, "mask", p.proof.mask)
	tr.AbsorbPoints("cross", p.proof.cross)
	r := tr.Challenge()
	p.side = fold(c.Arithmetic(), form, u, p.proof, r)
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
		p.witness.BlindW = append(p.witness.BlindW, c.Add(first.secret.BlindW[i], c.Mul(r, mask.secret.BlindW[i])))
	}
	p.witness.BlindE = c.Add(first.secret.BlindE, c.Mul(r, c.Add(blind, c.Mul(r, mask.secret.BlindE))))
	p.products, err = first.products.Combine(r, mask.products)
	return
}
