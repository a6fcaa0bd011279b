package spartan

import (
	"context"
	"crypto/rand"
	"crypto/sha3"
	"fmt"
	"io"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/internal/commit/ipa"
	"fold/internal/commit/mercury"
	"fold/internal/poly"
	"fold/internal/transcript"
)

// Prove proves the statement. All masks and blinds come from 32 bytes of random, or of
// the system's generator if it is nil, and from the statement: the same bytes make the
// same proof of the same statement, and independent ones of others. A secret that is
// none of the statement's gives an error that wraps ErrWitness, mercury.ErrStatement or
// ipa.ErrStatement, and no proof, or one that is refused: commitments are not computed
// again. It looks at the context between its stages.
func Prove(ctx context.Context, k *ProverKey, s *Statement, secret *Secret, random io.Reader) (*Proof, error) {
	if err := k.check(s); err != nil {
		return nil, err
	}
	if err := k.checkSecret(s, secret); err != nil {
		return nil, err
	}
	proof, tr := new(Proof), s.absorb(k.digest)
	random, err := masks(random, *tr)
	if err != nil {
		return nil, err
	}
	if err := k.proveMain(ctx, tr, s, secret, proof, random); err != nil {
		return nil, fmt.Errorf("main instance: %w", err)
	}
	if err := k.proveCycle(ctx, tr, s, secret, proof, random); err != nil {
		return nil, fmt.Errorf("cycle instance: %w", err)
	}
	return proof, nil
}

// masks returns the bytes that all masks are made of: SHAKE-256 of a domain, 32 bytes
// of random, and a challenge of the statement's transcript, of which it has a copy.
func masks(random io.Reader, tr transcript.Native) (io.Reader, error) {
	if random == nil {
		random = rand.Reader
	}
	var seed [32]byte
	if _, err := io.ReadFull(random, seed[:]); err != nil {
		return nil, fmt.Errorf("spartan: drawing the masks: %w", err)
	}
	statement := tr.Challenge()
	digest := statement.Bytes()
	h := sha3.NewSHAKE256()
	for _, part := range [][]byte{[]byte("fold/spartan/v1/masks\x00"), seed[:], digest[:]} {
		h.Write(part)
	}
	return h, nil
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
func (k *ProverKey) proveMain(ctx context.Context, tr *transcript.Native, s *Statement, secret *Secret, proof *Proof, random io.Reader) error {
	p, err := conceal(bn254Curve, k.main, k.relation, tr, s.Main, secret.Main, k.commitMain, random)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	p.outer(tr)
	m := &proof.matrices
	l, err := k.list.proveLookups(p, tr, m, func(v fr.Vector) (c bn254.G1Affine, err error) {
		if err := ctx.Err(); err != nil {
			return c, err
		}
		return k.key.Commit(v)
	})
	if err != nil {
		return err
	}
	vars := k.vars(s.Claims)
	conceal, err := k.newConcealers(vars, proof, random)
	if err != nil {
		return err
	}
	t := absorbConcealers(tr, proof, vars)
	summands, err := mainSummands(p, t, s, secret, conceal, l)
	if err != nil {
		return err
	}
	claims := mainClaims(p.half, t, s, proof, l.lookups)
	if err := ctx.Err(); err != nil {
		return err
	}
	at, weights, value := p.reduce(tr, t, matrixDegree, claims, summands)
	if err := ctx.Err(); err != nil {
		return err
	}
	proof.main, m.values = *p.proof, l.values()
	factors, value := gather(p.c.field, len(p.polys), t, at, claims, weights, value)
	value = p.c.add(value, l.valuesAt(tr, m, at, factors))
	w := mainWitness(p, vars, factors, secret, conceal, l)
	claim := mercury.Claim{Commitment: p.sum(factors), NumVars: vars, Value: value}
	proof.opening, err = mercury.Open(k.mercury, tr, at, []mercury.Claim{claim}, []mercury.Witness{w}, random)
	return err
}

// mainSummands are the sums of mainClaims.
func mainSummands(p *mainProver, t []fr.Element, s *Statement, secret *Secret, conceal []*concealer, l *lookupProver) ([]summand[fr.Element], error) {
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
	return append(out, l.summands(len(t))...), nil
}

// mainWitness is what the main half opens: all polynomials with their factors.
func mainWitness(p *mainProver, vars int, factors []fr.Element, secret *Secret, conceal []*concealer, l *lookupProver) mercury.Witness {
	values, blind := p.combined(factors)
	out := &blend{vars: vars}
	out.add(mercury.Dense(values), len(values), frField.one)
	l.open(out, factors)
	factors = factors[l.end():]
	for i, c := range secret.Claims {
		out.add(mercury.Dense(c.Values), len(c.Values), factors[i])
		blind = frField.add(blind, frField.mul(factors[i], c.Blind))
	}
	factors = factors[len(secret.Claims):]
	for i, m := range conceal {
		out.add(m, 1<<vars, factors[i])
		blind = frField.add(blind, frField.mul(factors[i], m.blind))
	}
	return mercury.Witness{Polynomial: out, Blind: blind}
}

// proveCycle is the half on Grumpkin.
func (k *ProverKey) proveCycle(ctx context.Context, tr *transcript.Native, s *Statement, secret *Secret, proof *Proof, random io.Reader) error {
	p, err := conceal(grumpkinCurve, k.cycle, k.shape, tr, s.Cycle, secret.Cycle, k.commitCycle, random)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	p.outer(tr)
	t := p.c.challenges(tr, p.vars())
	claims := append(p.claims(t), p.direct())
	summands := append(p.summands(t), &product[fq.Element]{p.c.field, p.columns(), p.z()})
	at, weights, value := p.reduce(tr, t, innerDegree, claims, summands)
	if err := ctx.Err(); err != nil {
		return err
	}
	proof.cycle = *p.proof
	factors, value := gather(p.c.field, len(p.polys), t, at, claims, weights, value)
	values, blind := p.combined(factors)
	claim := ipa.Claim{Commitment: p.sum(factors), NumVars: len(t), Value: value}
	proof.inner, err = ipa.Open(k.inner, tr, at, []ipa.Claim{claim}, []ipa.Witness{{Values: values, Blind: blind}}, random)
	return err
}

// blend is a linear combination of polynomials of at most 2^vars values.
type blend struct {
	vars  int
	parts []share
}

type share struct {
	of    scalable
	size  int
	scale fr.Element
}

// scalable is a vector that can be added c times, from index at on, to another.
type scalable interface {
	AddScaled(dst fr.Vector, at int, c *fr.Element)
}

func (b *blend) add(of scalable, size int, scale fr.Element) {
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
