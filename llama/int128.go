package llama

import (
	"math/big"
	"math/bits"
)

// Int128 is a signed integer of 128 bits, Hi*2^64 + Lo.
type Int128 struct {
	Hi int64
	Lo uint64
}

// NewInt128 returns x.
func NewInt128(x int64) Int128 { return Int128{x >> 63, uint64(x)} }

// Add returns a + b modulo 2^128.
func (a Int128) Add(b Int128) Int128 {
	lo, carry := bits.Add64(a.Lo, b.Lo, 0)
	return Int128{a.Hi + b.Hi + int64(carry), lo}
}

// Shl returns a * 2^k modulo 2^128, for 0 <= k < 64.
func (a Int128) Shl(k uint) Int128 {
	return Int128{a.Hi<<k | int64(a.Lo>>(64-k)), a.Lo << k}
}

// Shr returns floor(a / 2^k), for 0 <= k < 64.
func (a Int128) Shr(k uint) Int128 {
	return Int128{a.Hi >> k, a.Lo>>k | uint64(a.Hi)<<(64-k)}
}

// Round returns R(a,k) = floor((a + 2^(k-1)) / 2^k), for 1 <= k < 64.
func (a Int128) Round(k int) Int128 {
	return a.Add(Int128{0, 1 << (k - 1)}).Shr(uint(k))
}

// Int64 returns a if it has 64 bits.
func (a Int128) Int64() (x int64, ok bool) {
	x = int64(a.Lo)
	return x, a.Hi == x>>63
}

// Big returns a as a big integer.
func (a Int128) Big() *big.Int {
	b := big.NewInt(a.Hi)
	return b.Lsh(b, 64).Add(b, new(big.Int).SetUint64(a.Lo))
}
