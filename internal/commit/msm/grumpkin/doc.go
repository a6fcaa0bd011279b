// Package grumpkin adds up Grumpkin points: Σ_i w_i P_i for small integers w and for
// elements of Grumpkin's scalar field, which is BN254's base field. See package
// msm, from which all but this comment is generated.
package grumpkin
