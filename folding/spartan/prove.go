package spartan

import (
	"crypto/rand"
	"fmt"
	"io"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/commit/ipa"
	"fold/internal/commit/mercury"
	"fold/internal/poly"
	"fold/internal/transcript"
)

// Prove proves the statement. All masks and blinds are read from random, from the
// system's generator if it is nil: if it is deterministic, its bytes must depend on
// the whole statement. A secret that is none of the statement's gives an error that
// wraps ErrWitness, mercury.ErrStatement or ipa.ErrStatement, and no proof.
func Prove(k *ProverKey, s *Statement, secret *Secret, random io.Reader) (*Proof, error) {
	if err := k.check(s); err != nil {
		return nil, err
	}
	if err := k.checkSecret(s, secret); err != nil {
		return nil, err
	}
	if random == nil {
		random = rand.Reader
	}
	proof, tr := new(Proof), s.absorb(k.digest)
	if err := k.proveMain(tr, s, secret, proof, random); err != nil {
		return nil, fmt.Errorf("main instance: %w", err)
	}
	if err := k.proveCycle(tr, s, secret, proof, random); err != nil {
		return nil, fmt.Errorf("cycle instance: %w", err)
	}
	return proof, nil
}

func (k *VerifierKey) checkSecret(s *Statement, secret *Secret) error {
	if err := checkWitness(k.main, secret.Main); err != nil {
		return fmt.Errorf("main instance: %w", err)
	}
	if err := checkWitness(k.cycle, secret.Cycle); err != nil {
		return fmt.Errorf("cycle instance: %w", err)
	}
	if len(secret.Claims) != len(s.Claims) {
		return fmt.Errorf("%w: %d polynomials for %d claims", ErrWitness, len(secret.Claims), len(s.Claims))
	}
	for i, c := range secret.Claims {
		if len(c.Values) != 1<<len(s.Claims[i].Point) {
			return fmt.Errorf("%w: claim %d: %d values, want 2^%d", ErrWitness, i, len(c.Values), len(s.Claims[i].Point))
		}
	}
	return nil
}

// proveMain is the half on BN254, with the claims.
func (k *ProverKey) proveMain(tr *transcript.Native, s *Statement, secret *Secret, proof *Proof, random io.Reader) error {
	p, err := conceal(bn254Curve, k.main, tr, s.Main, secret.Main, k.commitMain, random)
	if err != nil {
		return err
	}
	p.outer(tr)
	conceal, err := k.newConcealers(k.vars(s.Claims), proof, random)
	if err != nil {
		return err
	}
	t := absorbConcealers(tr, proof, k.vars(s.Claims))
	summands, err := mainSummands(p, t, s, secret, conceal)
	if err != nil {
		return err
	}
	on, at, each, value := p.reduce(tr, t, mainClaims(p.half, t, s, proof), summands)
	proof.main = *p.proof
	w := mainWitness(p, len(t), each, secret, conceal)
	claim := mercury.Claim{Commitment: bn254Curve.sum(on.points, on.scalars), NumVars: len(t), Value: value}
	proof.opening, err = mercury.Open(k.mercury, tr, at, []mercury.Claim{claim}, []mercury.Witness{w}, random)
	return err
}

// mainSummands are the sums of mainClaims.
func mainSummands(p *mainProver, t []fr.Element, s *Statement, secret *Secret, conceal []*concealer) ([]summand[fr.Element], error) {
	out := p.summands(t)
	for i, c := range s.Claims {
		rowBits := poly.RowBitsFor(len(c.Point))
		sum, err := poly.NewSum(poly.Spec{
			Vars: len(c.Point), RowBits: rowBits,
			Columns: []poly.Column{poly.Field(secret.Claims[i].Values, rowBits)},
			Eq:      c.Point, Weighted: []poly.Term{{Coef: fr.One(), Factors: []int{0}}},
		})
		if err != nil {
			return nil, err
		}
		out = append(out, sum)
	}
	for i, m := range conceal {
		out = append(out, newAffineSum(m, corners[i]))
	}
	return out, nil
}

// mainWitness is what the main half opens: the polynomials of mainClaims with their
// factors.
func mainWitness(p *mainProver, vars int, each []fr.Element, secret *Secret, conceal []*concealer) mercury.Witness {
	values, blind, rest := p.combined(each)
	out := &blend{vars: vars}
	out.add(mercury.Dense(values), len(values), frField.one)
	for i, c := range secret.Claims {
		out.add(mercury.Dense(c.Values), len(c.Values), rest[i])
		blind = frField.add(blind, frField.mul(rest[i], c.Blind))
	}
	rest = rest[len(secret.Claims):]
	for i, m := range conceal {
		out.add(m, 1<<vars, rest[i])
		blind = frField.add(blind, frField.mul(rest[i], m.blind))
	}
	return mercury.Witness{Polynomial: out, Blind: blind}
}

// proveCycle is the half on Grumpkin.
func (k *ProverKey) proveCycle(tr *transcript.Native, s *Statement, secret *Secret, proof *Proof, random io.Reader) error {
	p, err := conceal(grumpkinCurve, k.VerifierKey.cycle, tr, s.Cycle, secret.Cycle, k.commitCycle, random)
	if err != nil {
		return err
	}
	p.outer(tr)
	t := grumpkinCurve.challenges(tr, p.rel.vars())
	on, at, each, value := p.reduce(tr, t, p.claims(t), p.summands(t))
	proof.cycle = *p.proof
	values, blind, _ := p.combined(each)
	claim := ipa.Claim{Commitment: grumpkinCurve.sum(on.points, on.scalars), NumVars: len(t), Value: value}
	proof.inner, err = ipa.Open(k.inner, tr, at, []ipa.Claim{claim}, []ipa.Witness{{Values: values, Blind: blind}}, random)
	return err
}

// blend is a linear combination of polynomials of at most 2^vars values.
type blend struct {
	vars  int
	parts []share
}

type share struct {
	of interface {
		AddScaled(dst fr.Vector, at int, c *fr.Element)
	}
	size  int
	scale fr.Element
}

func (b *blend) add(of mercury.Polynomial, size int, scale fr.Element) {
	b.parts = append(b.parts, share{of, size, scale})
}

// NumVars implements mercury.Polynomial.
func (b *blend) NumVars() int { return b.vars }

// AddScaled implements mercury.Polynomial.
func (b *blend) AddScaled(dst fr.Vector, at int, c *fr.Element) {
	for _, p := range b.parts {
		if live := min(p.size-at, len(dst)); live > 0 {
			scale := frField.mul(p.scale, *c)
			p.of.AddScaled(dst[:live], at, &scale)
		}
	}
}
