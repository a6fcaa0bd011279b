package quality

import (
	"math"

	"fold.example/fold/llama"
)

// position is the result of comparing two logit vectors.
type position struct {
	same  bool    // both models choose the same token
	clear bool    // the margin of the float model is above ClearMargin
	kl    float64 // nats
	// lossFloat and lossInt are -ln of the probability of the next token, zero if there is
	// none.
	lossFloat, lossInt float64
}

// compare compares float logits with integer ones of exponent exp. next is the
// token that follows, or -1.
func compare(ref []float32, ints []int64, exp, next int) position {
	bestRef, margin := bestFloat(ref)
	bestInt := llama.Argmax(ints)
	scale := math.Ldexp(1, -exp)
	top, topInt := float64(ref[bestRef]), float64(ints[bestInt])*scale

	// Let a be the float logits minus their largest and b the integer logits minus theirs.
	// KL = sum p (a - b) - ln sum e^a + ln sum e^b.
	var sumRef, sumInt, cross float64
	for v := range ref {
		a, b := float64(ref[v])-top, float64(ints[v])*scale-topInt
		e := math.Exp(a)
		sumRef += e
		sumInt += math.Exp(b)
		cross += float64(e * (a - b))
	}
	logRef, logInt := math.Log(sumRef), math.Log(sumInt)
	p := position{same: bestRef == bestInt, clear: margin > ClearMargin, kl: cross/sumRef - logRef + logInt}
	if next >= 0 {
		p.lossFloat = logRef - (float64(ref[next]) - top)
		p.lossInt = logInt - (float64(ints[next])*scale - topInt)
	}
	return p
}

// bestFloat returns the index of the largest entry, the lowest on ties, and its
// distance to the second.
func bestFloat(xs []float32) (best int, margin float64) {
	second := float32(math.Inf(-1))
	for i, x := range xs[1:] {
		if x > xs[best] {
			best, second = i+1, xs[best]
		} else {
			second = max(second, x)
		}
	}
	return best, float64(xs[best]) - float64(second)
}
