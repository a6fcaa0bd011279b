// Package ipa opens commitments on Grumpkin to multilinear polynomials over Fq.
package ipa
