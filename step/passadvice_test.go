package step

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"
)

// TestPassAdviceForgeries: advice with values that are no bits, and with flags in another
// order, whose sums are the expected numbers.
func TestPassAdviceForgeries(t *testing.T) {
	_, moments := runMoments(t)
	c := transitionCircuit(t)
	one, two := fr.One(), fr.NewElement(2)
	for name, forgery := range map[string]struct {
		at     int
		alter  func(in *transitionAdvice[fr.Element])
		reason string
	}{
		"a start of two bits in one": {secondEmbed, func(in *transitionAdvice[fr.Element]) {
			in.Start[0], in.Start[1] = two,
				fr.Element{}
		}, "bits of the pass's start"},
		"choices in another order": {firstEmbed, func(in *transitionAdvice[fr.Element]) {
			in.Past[0], in.Past[1] = one,
				fr.Element{}
		}, "every position behind"},
		"a distance below zero": {secondEmbed, func(in *transitionAdvice[fr.Element]) {
			clear(in.Past)
			clear(in.Excess)
			in.Excess[0] = fr.NewElement(3) // two positions, and the pass is one behind the prompt's last
			in.Excess[0].Neg(&in.Excess[0])
		}, "distance to the prompt"},
		"room of two bits in one": {firstEmbed, func(in *transitionAdvice[fr.Element]) {
			in.Room[0], in.Room[1] = two,
				fr.Element{}
		}, "room behind the pass"},
		// The pass would then not have to begin with the token that the model chose.
		"behind the prompt, but not": {secondEmbed,
			func(in *transitionAdvice[fr.Element]) { in.DistanceInverse.SetZero() },
			"starts at the prompt's last token"},
		"a size of two": {firstEmbed, func(in *transitionAdvice[fr.Element]) { in.Below[0] = two },
			"flags of the pass's size"},
		"a choice of two": {firstEmbed, func(in *transitionAdvice[fr.Element]) { in.Past[1] = two },
			"flags of the positions past"},
	} {
		t.Run(name, func(t *testing.T) {
			a := moments[forgery.at].attempt(t)
			forgery.alter(a.in)
			require.ErrorContains(t, a.try(t, c), forgery.reason)
		})
	}
}

// TestSizesAreOfOnesBelow: with flags that are the bits of a number, instead of ones below j,
// a pass would have three tokens, and the claims on weights would be read at other positions
// than they were made.
func TestSizesAreOfOnesBelow(t *testing.T) {
	r, _ := runMoments(t)
	p, err := NewParams(r.protocol.Model, r.protocol.PositionBits, r.protocol.Blocks, []int{2})
	require.NoError(t, err)
	for name, alter := range map[string]func(in *transitionAdvice[fr.Element]){
		"":                                    func(*transitionAdvice[fr.Element]) {},
		"flags of the pass's size are":        func(in *transitionAdvice[fr.Element]) { in.Below[0].SetZero() },
		"flags of the size are those below j": func(in *transitionAdvice[fr.Element]) { in.ReadBelow[1].SetOne() },
	} {
		f := p.Track(5)
		st, _, err := f.start(&Step{Bits: 2, Tokens: []int{1, 2, 3, 4}})
		require.NoError(t, err)
		in := f.passAdvice(st)
		alter(in)
		tr, m := f.transition(in)
		tr.begin()
		tr.layRead()
		if name == "" {
			require.NoError(t, m.Err())
			continue
		}
		require.ErrorContains(t, m.Err(), name)
	}
}
