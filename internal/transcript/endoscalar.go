package transcript

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// EndoDigits is the number of digits of an endoscalar. A digit takes two bits of a short
// challenge.
const EndoDigits = ChallengeBits / 2

// lambda is a cube root of unity in Fr. On BN254's G1, lambda (x, y) = (beta x, y) for the
// cube root of unity beta in Fq that package gadget uses.
var lambda = func() (l fr.Element) {
	if _, err := l.SetString("4407920970296243842393367215006156084916469457145843978461"); err != nil {
		panic(err) // the constant is a number
	}
	return l
}()

// Endoscalar returns the scalar of a short challenge with the given bits, lowest first
// (Halo, eprint 2019/1021, section 6.2):
//
//	sum_i 2^i (1 - 2 bits[2i]) (1 + (lambda - 1) bits[2i+1])     i < EndoDigits
//
// Digit i is 1, -1, lambda or -lambda. A circuit multiplies a point by an endoscalar with half
// the doublings of a multiplication by an integer of 126 bits.
//
// The map is injective, and no endoscalar is zero. An endoscalar is a + lambda b with
// |a|, |b| < 2^63. Two pairs (a, b) with one scalar differ by a pair (c, d) with c + lambda d = 0,
// so r divides c^2 - cd + d^2, the product of c + lambda d and c + lambda^2 d. That number is below
// 3 2^128, hence zero, hence c = d = 0. The pair determines the digits from the lowest on: one of
// a and b is odd and says which of 1 and lambda the digit has; of both signs one alone leaves a
// pair of which, after halving, exactly one is odd. So the pair (0, 0) belongs to no challenge.
func Endoscalar[E any](b Backend[E], bits []E) E {
	one, less := fr.One(), lambda
	less.Sub(&less, &one)
	sum := b.Const(fr.Element{})
	for i := EndoDigits - 1; i >= 0; i-- {
		sign := b.Sub(b.Const(one), b.Add(bits[2*i], bits[2*i]))
		root := b.Add(b.Const(one), b.Mul(b.Const(less), bits[2*i+1]))
		sum = b.Add(b.Add(sum, sum), b.Mul(sign, root))
	}
	return b.Wire(sum)
}

// NativeEndoscalar returns the Endoscalar of a short challenge, an integer below 2^126.
func NativeEndoscalar(challenge fr.Element) fr.Element {
	b := NewField()
	return Endoscalar[fr.Element](b, b.Bits(challenge)[:ChallengeBits])
}
