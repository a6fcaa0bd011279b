// Package bitlen computes base-2 logarithms of sizes.
package bitlen

import "math/bits"

// Ceil returns the least k with 2^k >= n, for n >= 1.
func Ceil(n int) int { return bits.Len(uint(n - 1)) }

// Floor returns the largest k with 2^k <= n, for n >= 1.
func Floor(n int) int { return bits.Len(uint(n)) - 1 }
