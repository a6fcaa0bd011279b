package relation

import (
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Mul returns a b as a new integer.
func Mul(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }

func mulInterval(alo, ahi, blo, bhi *big.Int) (lo, hi *big.Int) {
	lo = Mul(alo, blo)
	hi = lo
	for _, p := range []*big.Int{Mul(alo, bhi), Mul(ahi, blo), Mul(ahi, bhi)} {
		if p.Cmp(lo) < 0 {
			lo = p
		}
		if p.Cmp(hi) > 0 {
			hi = p
		}
	}
	return lo, hi
}

// coefInterval bounds a coefficient over all LayerConstants.
func coefInterval(c Coef) (lo, hi *big.Int) {
	if c.Slot < 0 {
		return c.Int, c.Int
	}
	return mulInterval(c.Int, c.Int, zero, LiftMax())
}

// LiftMax returns the upper bound of the LayerConstants, the lifts 2^(16 n - k): n is at most 3 and
// the same in all layers, so that a layer with a small shift k may have a large lift.
func LiftMax() *big.Int { return Pow2(47) }

// interval bounds a linear form.
func (p *Program) interval(f Form) (lo, hi *big.Int) {
	lo, hi = new(big.Int), new(big.Int)
	for _, r := range f {
		t := p.Tensor(r.Tensor)
		tlo, thi := t.Lo, t.Hi
		if r.Rotated {
			tlo, thi = minOf(tlo, new(big.Int).Neg(thi)), maxOf(thi, new(big.Int).Neg(tlo))
		}
		clo, chi := coefInterval(r.Coef)
		a, b := mulInterval(clo, chi, tlo, thi)
		lo.Add(lo, a)
		hi.Add(hi, b)
	}
	return lo, hi
}

func minOf(a, b *big.Int) *big.Int {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

func maxOf(a, b *big.Int) *big.Int {
	if a.Cmp(b) > 0 {
		return a
	}
	return b
}

// Magnitude returns an upper bound of the absolute value of a constraint's sum of terms.
func (p *Program) Magnitude(c *Constraint) *big.Int {
	sum := new(big.Int)
	for _, t := range c.Terms {
		lo, hi := coefInterval(t.Coef)
		for _, f := range t.Factors {
			flo, fhi := p.interval(f)
			lo, hi = mulInterval(lo, hi, flo, fhi)
		}
		sum.Add(sum, maxOf(hi, new(big.Int).Neg(lo)))
	}
	return sum
}

// CheckBounds verifies, by interval arithmetic, that no constraint can wrap
// around the field's modulus: an identity in the field then holds for integers. An error names
// the constraint or tensor that can reach half the modulus.
func (p *Program) CheckBounds() error {
	half := new(big.Int).Rsh(fr.Modulus(), 1)
	for i := range p.Constraints {
		c := &p.Constraints[i]
		if m := p.Magnitude(c); m.Cmp(half) >= 0 {
			return fmt.Errorf("%s constraint %q can reach 2^%d, beyond half the modulus", p.Kind, c.Name, m.BitLen())
		}
	}
	for i := range p.Contractions {
		t := p.Tensor(p.Contractions[i].Out)
		if m := maxOf(t.Hi, new(big.Int).Neg(t.Lo)); m.Cmp(half) >= 0 {
			return fmt.Errorf("%s tensor %q can reach 2^%d, beyond half the modulus", p.Kind, t.Name, m.BitLen())
		}
	}
	return nil
}
