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

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
)

// Prove proves the statement. All masks and blinds come from 32 bytes of random, or of
// the system's generator if it is nil, and from the statement: the same bytes make the
// same proof of the same statement, and independent ones of others. A secret that is
// none of the statement's gives an error that wraps ErrWitness or is the evaluation
// argument's, and no proof, or one that is refused: commitments are not computed again. It
// looks at the context between its stages.
func Prove(ctx context.Context, k *ProverKey, s *Statement, secret *Secret, random io.Reader) (*Proof, error) {
	if err := k.check(s); err != nil {
		return nil, err
	}
	if err := k.checkSecret(s, secret); err != nil {
		return nil, err
	}
	proof, tr := new(Proof), transcript.New(domain)
	s.absorb(tr, k.digest)
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
// of random, and a challenge of the statement's transcript. tr is a copy, so that the
// challenge leaves the transcript of the proof as it is.
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
			return fmt.Errorf("%w: claim %d: %d values, want 2^%d", ErrWitness, i, len(c.Values),
				len(s.Claims[i].Point))
		}
	}
	return nil
}

// proveMain is the argument about the main instance and the claims: the prover's side of
// verifyMain, message by message.
func (k *ProverKey) proveMain(
	ctx context.Context, tr *transcript.Native, s *Statement, secret *Secret, proof *Proof, random io.Reader,
) error {
	ch, vars, m := curve.BN254.Channel(tr), k.vars(s.Claims), &proof.main.matrices
	// mask -> r, tau; the first sumcheck; values -> rho
	p, err := conceal(curve.BN254, k.main, k.relation, k.key, ch, s.Main, secret.Main, random)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	p.outer(ch)
	// looked -> alpha, beta; inverses -> sigma, omega
	l, err := k.list.proveLookups(p, tr, m, func(v fr.Vector) (c bn254.G1Affine, err error) {
		if err := ctx.Err(); err != nil {
			return c, err
		}
		return k.key.Commit(v)
	})
	if err != nil {
		return err
	}
	// masks of the last sumcheck -> t
	masks, err := k.newMaskPolys(vars, proof, random)
	if err != nil {
		return err
	}
	ch.AbsorbPoints("concealers", proof.main.maskPolys[:]...)
	t := challenges(ch, vars)
	summands, err := mainSummands(p, t, s, secret, masks, l)
	if err != nil {
		return err
	}
	claims := mainClaims(p.side, t, s.Claims, &proof.main, l.lookups)
	if err := ctx.Err(); err != nil {
		return err
	}
	// -> lambda; the last sumcheck -> s
	at, weights, value := p.reduce(ch, t, matrixDegree, claims, summands)
	if err := ctx.Err(); err != nil {
		return err
	}
	proof.main.sideProof, m.values = *p.proof, l.values()
	// values -> kappa; opening
	tr.Absorb("lookup values", m.values[:]...)
	left := openMain(p.side, l.lookups, m, tr.Challenge(), t, at, claims, weights, value)
	w := mainWitness(p, vars, left.factors, secret, masks, l)
	proof.opening, err = k.opener.Open(tr, at, left.claims(curve.BN254),
		[]commit.EvalWitness[fr.Element, poly.Polynomial]{w}, random)
	return err
}

// mainSummands are the sums of mainClaims.
func mainSummands(
	p *mainProver, t []fr.Element, s *Statement, secret *Secret, masks []*maskPoly, l *lookupProver,
) ([]summand[fr.Element], error) {
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
	for i, m := range masks {
		out = append(out, newAffineSum(m, corners[i]))
	}
	return append(out, l.summands(len(t))...), nil
}

// mainWitness is what the main side opens: all polynomials with their factors.
func mainWitness(
	p *mainProver, vars int, factors []fr.Element, secret *Secret, masks []*maskPoly, l *lookupProver,
) commit.EvalWitness[fr.Element, poly.Polynomial] {
	values, blind := p.opened(factors)
	out := &blend{vars: vars}
	out.add(poly.Dense(values), len(values), curve.Fr.One)
	l.open(out, factors)
	factors = factors[l.end():]
	for i, c := range secret.Claims {
		out.add(poly.Dense(c.Values), len(c.Values), factors[i])
		blind = curve.Fr.Add(blind, curve.Fr.Mul(factors[i], c.Blind))
	}
	factors = factors[len(secret.Claims):]
	for i, m := range masks {
		out.add(m, 1<<vars, factors[i])
		blind = curve.Fr.Add(blind, curve.Fr.Mul(factors[i], m.blind))
	}
	return commit.EvalWitness[fr.Element, poly.Polynomial]{Polynomial: out, Blind: blind}
}

// proveCycle is the argument about the cycle instance: the prover's side of verifyCycle.
func (k *ProverKey) proveCycle(
	ctx context.Context, tr *transcript.Native, s *Statement, secret *Secret, proof *Proof, random io.Reader,
) error {
	ch := curve.Grumpkin.Channel(tr)
	// mask -> r, tau; the first sumcheck; values -> rho
	p, err := conceal(curve.Grumpkin, k.cycle, k.shape, k.cycleKey, ch, s.Cycle, secret.Cycle, random)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	p.outer(ch)
	// -> t, lambda; the last sumcheck -> s
	t := challenges(ch, p.vars())
	claims := append(p.claims(t), p.direct(p.evaluateMatrices))
	summands := append(p.summands(t), &product[fq.Element]{p.c.Field, p.columns(), p.z()})
	at, weights, value := p.reduce(ch, t, innerDegree, claims, summands)
	if err := ctx.Err(); err != nil {
		return err
	}
	proof.cycle = *p.proof
	// opening
	left := p.leave(t, at, claims, weights, value)
	values, blind := p.opened(left.factors)
	w := commit.EvalWitness[fq.Element, fq.Vector]{Polynomial: values, Blind: blind}
	proof.inner, err = k.inner.Open(tr, at, left.claims(curve.Grumpkin), []commit.EvalWitness[fq.Element, fq.Vector]{w},
		random)
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

// NumVars implements poly.Polynomial.
func (b *blend) NumVars() int { return b.vars }

// AddScaled implements poly.Polynomial.
func (b *blend) AddScaled(dst fr.Vector, at int, c *fr.Element) {
	for _, p := range b.parts {
		if live := min(p.size-at, len(dst)); live > 0 {
			scale := curve.Fr.Mul(p.scale, *c)
			p.of.AddScaled(dst[:live], at, &scale)
		}
	}
}
