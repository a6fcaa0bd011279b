package folding

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
)

// Folded is the result of a fold: the new running instance with its witness, the
// commitment to T, which is the proof, and the challenge.
type Folded[E curve.Element, C comparable] struct {
	Instance  Instance[E, C]
	Witness   *Witness[E]
	Cross     C
	Challenge fr.Element // below 2^126
}

// Prove folds a fresh instance into a running one. pp is the parameters' digest; blind
// blinds the commitment to T and must be uniform and used for nothing else. The inputs
// are not changed. A witness that does not satisfy its instance gives a result
// that Check refuses; a vector of a wrong length is r1cs.ErrLength.
//
// Nothing is drawn between the phases of a scheme that has two: public inputs that are
// to be challenges, as in a run, are Params.Prove's to draw.
func (s *Scheme[E, C]) Prove(
	pp fr.Element, u Instance[E, C], w *Witness[E], fresh Fresh[E, C], second *FreshWitness[E], blind E,
) (*Folded[E, C], error) {
	return s.prove(pp, u, w, fresh, second, known[E, C](blind))
}

func (s *Scheme[E, C]) prove(
	pp fr.Element, u Instance[E, C], w *Witness[E], fresh Fresh[E, C], second *FreshWitness[E], draws drawer[E, C],
) (*Folded[E, C], error) {
	running, err := s.form(u, fresh)
	if err != nil {
		return nil, err
	}
	return s.fold(pp, running, s.group.encodeScalars(fresh.X), u, w, &sender[E, C]{
		Messages: protocol.Messages[fr.Element]{Phases: s.committed(fresh.W)}, fresh: fresh, second: second,
		draws: draws,
	})
}

// form checks both instances for their form and returns the digest of the running one.
func (s *Scheme[E, C]) form(u Instance[E, C], fresh Fresh[E, C]) (running fr.Element, err error) {
	if err := s.validateFresh(fresh); err != nil {
		return running, fmt.Errorf("fresh instance: %w", err)
	}
	if running, err = s.digest(u); err != nil {
		return running, fmt.Errorf("running instance: %w", err)
	}
	return running, nil
}

// sender is the prover's side of a fold: its messages, the fresh instance and its witness,
// which the last phase may set, and how the blind of the commitment to T is drawn.
type sender[E curve.Element, C comparable] struct {
	protocol.Messages[fr.Element]
	fresh  Fresh[E, C]
	second *FreshWitness[E]
	draws  drawer[E, C]
}

// fold plays protocol.Fold as the prover and folds instances and witnesses.
func (s *Scheme[E, C]) fold(
	pp, running fr.Element, statement []fr.Element, u Instance[E, C], w *Witness[E], p *sender[E, C],
) (*Folded[E, C], error) {
	out := &Folded[E, C]{}
	var c *crossTerm[E]
	p.Cross = func() (encoded []fr.Element, err error) {
		if c, err = s.crossTerm(u, w, p.fresh, p.second); err != nil {
			return nil, err
		}
		if out.Cross, c.blind, err = s.blinded(0, c.t, p.draws, "cross term"); err != nil {
			return nil, fmt.Errorf("committing to the cross term: %w", err)
		}
		return s.group.encodePoint(out.Cross), nil
	}
	var err error
	if out.Challenge, err = s.challenge(pp, running, statement, p.Messages); err != nil {
		return nil, err
	}
	out.Instance = s.combine(out.Challenge, u, p.fresh, out.Cross)
	out.Witness, err = w.combine(s.group.scalar(out.Challenge), p.second, c)
	return out, err
}

// crossTerm is T with its blind, and the products that it is made of.
type crossTerm[E curve.Element] struct {
	t              []E
	blind          E
	running, fresh *r1cs.Products[E]
}

// crossTerm computes T.
func (s *Scheme[E, C]) crossTerm(
	u Instance[E, C], w *Witness[E], fresh Fresh[E, C], second *FreshWitness[E],
) (*crossTerm[E], error) {
	p, err := s.products(w.products, u.U, u.X, w.W)
	if err != nil {
		return nil, fmt.Errorf("running instance: %w", err)
	}
	q, err := s.products(second.products, curve.One[E](), fresh.X, second.W)
	if err != nil {
		return nil, fmt.Errorf("fresh instance: %w", err)
	}
	t, err := r1cs.Cross(*p, *q, u.U)
	return &crossTerm[E]{t: t, running: p, fresh: q}, err
}

// Verify returns the instance that Prove returned for the same inputs and
// commitment to T. It computes in the groups alone and accepts nothing by itself:
// the result is for Check, or for the next fold.
func (s *Scheme[E, C]) Verify(pp fr.Element, u Instance[E, C], fresh Fresh[E, C], cross C) (Instance[E, C], error) {
	running, err := s.form(u, fresh)
	if err != nil {
		return Instance[E, C]{}, err
	}
	if err := s.onCurve("T", cross); err != nil {
		return Instance[E, C]{}, err
	}
	r, err := s.challenge(pp, running, s.group.encodeScalars(fresh.X), protocol.Messages[fr.Element]{
		Phases: s.committed(fresh.W), Cross: s.sent(cross),
	})
	return s.combine(r, u, fresh, cross), err
}

// combine folds well-formed instances.
func (s *Scheme[E, C]) combine(challenge fr.Element, u Instance[E, C], fresh Fresh[E, C], cross C) Instance[E, C] {
	r := s.group.scalar(challenge)
	n := curve.Integer(r)
	out := Instance[E, C]{
		W: make([]C, len(u.W)),
		E: s.group.AddMultiple(u.E, n, cross),
		U: addMultiple(u.U, r, curve.One[E]()),
		X: mustCombine(u.X, r, fresh.X),
	}
	for i := range u.W {
		out.W[i] = s.group.AddMultiple(u.W[i], n, fresh.W[i])
	}
	return out
}

// products returns the known ones, or multiplies, after a look at the lengths.
func (s *Scheme[E, C]) products(known *r1cs.Products[E], u E, x, w []E) (*r1cs.Products[E], error) {
	if err := s.lengths(x, w); err != nil {
		return nil, err
	}
	if known != nil {
		return known, nil
	}
	p, err := s.shape.Multiply(u, x, w)
	return &p, err
}

// combine returns w + r second, with the error vector and its blind taken from T.
func (w *Witness[E]) combine(r E, second *FreshWitness[E], c *crossTerm[E]) (*Witness[E], error) {
	vector, err := r1cs.Combine(w.W, r, second.W)
	if err != nil {
		return nil, fmt.Errorf("witness: %w", err)
	}
	slack, err := r1cs.Combine(w.E, r, c.t)
	if err != nil {
		return nil, fmt.Errorf("error vector: %w", err)
	}
	products, err := c.running.Combine(r, *c.fresh)
	if err != nil {
		return nil, err
	}
	blinds, err := r1cs.Combine(w.BlindW, r, second.Blind)
	if err != nil {
		return nil, fmt.Errorf("blinds: %w", err)
	}
	return &Witness[E]{
		W: vector, E: slack, BlindW: blinds, BlindE: addMultiple(w.BlindE, r, c.blind), products: &products,
	}, nil
}

// addMultiple returns a + r b.
func addMultiple[E curve.Element](a, r, b E) E { return mustCombine([]E{a}, r, []E{b})[0] }

// mustCombine is r1cs.Combine for lengths that have been compared.
func mustCombine[E curve.Element](a []E, r E, b []E) []E {
	v, err := r1cs.Combine(a, r, b)
	if err != nil {
		panic("folding: " + err.Error())
	}
	return v
}

// Check returns nil if and only if w is a witness of the instance: the points are on the
// curve, every length is the shape's, all commitments are those of the vectors with
// their blinds, and the relaxed relation holds in every row. Errors wrap
// ErrInstance, ErrOpening, r1cs.ErrLength or r1cs.ErrUnsatisfied.
func (s *Scheme[E, C]) Check(u Instance[E, C], w *Witness[E]) error {
	if err := s.validate(u); err != nil {
		return err
	}
	if err := s.shape.SatisfiedRelaxed(u.U, u.X, w.W, w.E); err != nil {
		return err
	}
	if err := s.opensPhases(u.W, w.W, w.BlindW); err != nil {
		return err
	}
	return s.opens("E", u.E, 0, w.E, w.BlindE)
}

// CheckFresh is Check for a fresh instance.
func (s *Scheme[E, C]) CheckFresh(u Fresh[E, C], w *FreshWitness[E]) error {
	if err := s.validateFresh(u); err != nil {
		return err
	}
	if err := s.shape.Satisfied(u.X, w.W); err != nil {
		return err
	}
	return s.opensPhases(u.W, w.W, w.Blind)
}

// opensPhases compares the commitment to each phase, over that phase's generators
// alone.
func (s *Scheme[E, C]) opensPhases(c []C, w, blinds []E) error {
	if err := s.phaseCount("blinds", len(blinds)); err != nil {
		return err
	}
	for i := range c {
		if err := s.opens(fmt.Sprintf("phase %d of W", i+1), c[i], s.start(i), s.only(i, w), blinds[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Scheme[E, C]) opens(what string, c C, at int, v []E, blind E) error {
	got, err := s.group.key.CommitAt(at, v, blind)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if got != c {
		return fmt.Errorf("%w: %s", ErrOpening, what)
	}
	return nil
}
