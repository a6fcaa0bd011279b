//go:build slow

package main

// slowTier is true in the slow tests.
const slowTier = true
