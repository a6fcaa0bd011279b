//go:build slow

package main

// slowTier reports whether the slow tests are compiled in.
const slowTier = true
