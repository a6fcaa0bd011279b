package kernel

import (
	"math/big"
	"math/bits"
)

// Int128 is a signed 128-bit integer in two's complement, Hi 2^64 + Lo. The zero value is
// 0. Results wrap modulo 2^128. The integer model's values stay below 2^98.
type Int128 struct {
	Hi int64
	Lo uint64
}

// Int128From returns a.
func Int128From(a int64) Int128 { return Int128{a >> 63, uint64(a)} }

// MulInt64 returns the product a b, which always fits.
func MulInt64(a, b int64) Int128 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	// bits.Mul64 treats a negative factor as the factor plus 2^64; subtract the excess.
	hi -= uint64(a>>63)&uint64(b) + uint64(b>>63)&uint64(a)
	return Int128{int64(hi), lo}
}

// Add returns a + b.
func (a Int128) Add(b Int128) Int128 {
	lo, c := bits.Add64(a.Lo, b.Lo, 0)
	hi, _ := bits.Add64(uint64(a.Hi), uint64(b.Hi), c)
	return Int128{int64(hi), lo}
}

// Sub returns a - b.
func (a Int128) Sub(b Int128) Int128 {
	lo, c := bits.Sub64(a.Lo, b.Lo, 0)
	hi, _ := bits.Sub64(uint64(a.Hi), uint64(b.Hi), c)
	return Int128{int64(hi), lo}
}

// Neg returns -a.
func (a Int128) Neg() Int128 { return Int128{}.Sub(a) }

// Mul returns a b.
func (a Int128) Mul(b Int128) Int128 {
	hi, lo := bits.Mul64(a.Lo, b.Lo)
	hi += uint64(a.Hi)*b.Lo + a.Lo*uint64(b.Hi)
	return Int128{int64(hi), lo}
}

// Lsh returns a 2^k.
func (a Int128) Lsh(k uint) Int128 {
	if k >= 64 {
		return Int128{int64(a.Lo << (k - 64)), 0}
	}
	return Int128{a.Hi<<k | int64(a.Lo>>(64-k)), a.Lo << k}
}

// Rsh returns floor(a / 2^k).
func (a Int128) Rsh(k uint) Int128 {
	if k >= 64 {
		return Int128{a.Hi >> 63, uint64(a.Hi >> (k - 64))}
	}
	return Int128{a.Hi >> k, a.Lo>>k | uint64(a.Hi)<<(64-k)}
}

// Round returns R(a,k) = floor((a + 2^(k-1)) / 2^k): a / 2^k to the nearest
// integer, halves upward. R(a,0) = a.
func (a Int128) Round(k uint) Int128 {
	if k == 0 {
		return a
	}
	return a.Add(Int128{Lo: 1}.Lsh(k - 1)).Rsh(k)
}

// Sign returns -1, 0 or 1.
func (a Int128) Sign() int { return a.Cmp(Int128{}) }

// Cmp returns -1, 0 or 1 as a is less than, equal to or greater than b.
func (a Int128) Cmp(b Int128) int {
	switch {
	case a == b:
		return 0
	case a.Hi < b.Hi || a.Hi == b.Hi && a.Lo < b.Lo:
		return -1
	}
	return 1
}

// Int64 returns a as an int64, and whether a fits.
func (a Int128) Int64() (int64, bool) { return int64(a.Lo), a.Hi == int64(a.Lo)>>63 }

// Quo returns floor(a / b) for a >= 0 and b > 0.
func (a Int128) Quo(b Int128) Int128 {
	if b.Hi == 0 {
		hi, rem := uint64(a.Hi)/b.Lo, uint64(a.Hi)%b.Lo
		lo, _ := bits.Div64(rem, a.Lo, b.Lo)
		return Int128{int64(hi), lo}
	}
	// The quotient of the leading bits is at most one too large (Knuth,
	// The Art of Computer Programming 4.3.1, theorem B, with 64-bit digits).
	n := uint(bits.LeadingZeros64(uint64(b.Hi)))
	half := a.Rsh(1)
	q, _ := bits.Div64(uint64(half.Hi), half.Lo, uint64(b.Lsh(n).Hi))
	q >>= 63 - n
	if q != 0 {
		q--
	}
	if a.Sub(b.Mul(Int128{Lo: q})).Cmp(b) >= 0 {
		q++
	}
	return Int128{Lo: q}
}

// Sqrt returns the floor of the square root of a >= 0.
func (a Int128) Sqrt() uint64 {
	n := 128 - bits.LeadingZeros64(uint64(a.Hi))
	if a.Hi == 0 {
		n = 64 - bits.LeadingZeros64(a.Lo)
	}
	if n == 0 {
		return 0
	}
	// Newton's iteration from a start above the root decreases monotonically.
	x := Int128{Lo: 1}.Lsh(uint(n+1) / 2)
	for {
		y := x.Add(a.Quo(x)).Rsh(1)
		if y.Cmp(x) >= 0 {
			return x.Lo
		}
		x = y
	}
}

// Big returns a as a big integer.
func (a Int128) Big() *big.Int {
	r := big.NewInt(a.Hi)
	r.Lsh(r, 64)
	return r.Add(r, new(big.Int).SetUint64(a.Lo))
}

// String returns a in decimal.
func (a Int128) String() string { return a.Big().String() }
