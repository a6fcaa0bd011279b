package mercury

import (
	"errors"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
)

// errDegenerate: the challenges α, ζ, 1/ζ are not three different numbers. It
// happens with probability 2^-251.
var errDegenerate = errors.New("mercury: degenerate challenges")

// challenges are the verifier's numbers in the order in which they are drawn.
type challenges struct {
	queries        // α, ζ, 1/ζ
	gamma, beta, x fr.Element
}

// The messages, in order. Each is absorbed before the challenge it returns.

func absorbMask(tr *transcript.Native, p *Proof) {
	transcript.AbsorbPoints(tr, "mercury mask", p.mask)
	tr.Absorb("mercury mask value", p.maskValue)
}

func absorbFold(tr *transcript.Native, p *Proof) (alpha fr.Element) {
	tr.Absorb("mercury blind", p.blind)
	transcript.AbsorbPoints(tr, "mercury h", p.h)
	return tr.Challenge()
}

func absorbDivide(tr *transcript.Native, p *Proof) (gamma fr.Element) {
	transcript.AbsorbPoints(tr, "mercury g, q", p.g, p.q)
	return tr.Challenge()
}

func (c *challenges) drawZeta(tr *transcript.Native, p *Proof) error {
	transcript.AbsorbPoints(tr, "mercury S, D", p.s, p.d)
	c.zeta = tr.Challenge()
	c.zetaInv.Inverse(&c.zeta)
	if !c.ok() {
		return errDegenerate
	}
	return nil
}

func absorbValues(tr *transcript.Native, p *Proof) (beta fr.Element) {
	tr.Absorb("mercury values at", p.gZeta, p.gInv, p.hZeta, p.hInv, p.hAlpha, p.sZeta)
	return tr.Challenge()
}

func absorbQuotient(tr *transcript.Native, p *Proof) (x fr.Element) {
	transcript.AbsorbPoints(tr, "mercury W", p.w)
	return tr.Challenge()
}

// absorbEnd also draws the weight that the verifier gives to the batch opening
// next to the division, so that both sides leave the transcript alike.
func absorbEnd(tr *transcript.Native, p *Proof) (weight fr.Element) {
	transcript.AbsorbPoints(tr, "mercury V", p.v)
	return tr.Challenge()
}
