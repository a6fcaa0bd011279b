// Package mercury opens commitments to multilinear polynomials over Fr.
package mercury
