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
// A Key holds n points [τ^i]G with the G2 elements [1] and [τ^(2^k)], the
// blinding base H and a header: its kind (ceremony or development), a label and
// the ID that everything proven with it is bound to. The ID covers the
// kind, the points 0 and 1, and H. These determine all other elements of the key, and so
// the ID of a truncated key is the ID of the whole.
//
// # Trust
//
// Nothing that a file says of itself is believed. Whatever takes points from a file, to import,
// write or open a key, checks those that it uses before anything else does (check.go):
// canonical coordinates, on the curve, which is all of G1, point 0 the generator, no later
// point equal to it, elements of G2 in the subgroup, and all of them powers of one τ: point
// i+1 is compared with τ times point i by a pairing with [τ] of G2, all i at once with random weights of
// 128 bits, and [τ^(2^k)] of G2 with the point of that index. So whoever knows the ID knows the key. Points
// behind those that are used are not read: a file with wrong points there serves whatever uses fewer, and is
// refused by whatever uses them. Points are
// read into memory of the process: a file that changes or is cut short afterwards changes
// nothing.
//
// The check takes two to four core-seconds for 2^20 points. That a prefix of certain bytes
// has passed is remembered in the user's cache folder (records.go), under the digest of what was
// read, the number of points, the elements of G2 and the version of the check. The folder is
// not used where another user could write to it. Whoever can write there, or choose the
// environment that names it, runs as the user: a file's author can neither. The SHA-256
// digests in a key file find damage early, and prove nothing.
//
// An OpeningKey, which verification keys and stores have, is checked likewise when it is decoded.
// Generators on Grumpkin are computed, never read.
//
// Checked points are those of some τ. Whose, the table of ceremonies says (ceremony.go), by [τ] of G2:
// Origin names the ceremony, or says that it is unknown. The label in a header is anybody's.
//
// # Small values
//
// The prover's columns are small integers, and the cost of committing to them is
// the cost of adding up key points that share a value. See packages msm for the
// method, and Accumulator and Buckets for the two ways in.
package commit
