// Package bitlen has the logarithms to base 2 of sizes.
package bitlen

import "math/bits"

// Ceil returns the least k with 2^k at least n, for n from 1 on.
func Ceil(n int) int { return bits.Len(uint(n - 1)) }

// Floor returns the largest k with 2^k at most n, for n from 1 on.
func Floor(n int) int { return bits.Len(uint(n)) - 1 }
