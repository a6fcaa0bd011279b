// Package commit makes and keeps commitment keys, and commits to vectors with them.
//
// # What it guarantees
//
// A commitment to w in F_r^n with blind b is C = Σ_i w_i [τ^i]G + b H, a point of
// BN254's G1. It is binding under the q-type discrete logarithm assumption of KZG
// as long as nobody knows τ, and perfectly hiding for uniform b as long as nobody
// knows the logarithm of H, which is hashed to the curve. A Grumpkin commitment
// is a Pedersen commitment: all of its generators are hashed to the curve.
//
// Lengths never disagree silently: a column that does not fit the key is an error,
// not a truncation. The sum is exact for every input, also for keys with repeated,
// opposite or infinite points: additions treat all cases.
//
// # Keys
//
// A Key is a view of n points [τ^i]G with the G2 elements [1] and [τ^(2^k)], the
// blinding base H and a header: its kind (ceremony or development), the ceremony's
// name and the ID that everything proven with it is bound to. The ID covers the
// kind, the points 0 and 1, and H. These determine all other elements of the key, and so
// the ID of a truncated key is the ID of the whole.
//
// # Trust
//
// Import and setup check every point: canonical coordinates, on the curve, in the
// subgroup, and all powers consistent by pairings (import.go). What they write
// carries a SHA-256 digest a chunk of points. Open maps the file and recomputes the
// digests and the pairings of the G2 elements, but not the curve equation of points
// whose digest is right: whoever wrote the file is trusted to have checked it. The
// digests guard against damage, not against an adversary, who can recompute them.
// Against adversaries, compare the ID with one that you know, or import the
// ceremony's file yourself.
//
// # Small values
//
// The prover's columns are small integers, and the cost of committing to them is
// the cost of adding up key points that share a value. See packages msm for the
// method, and Accumulator and Buckets for the two ways in.
package commit
