package relation

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// Model gives a prover the weights of a step's layers. Vectors are padded: the
// index of an axis, or of several, as in the program.
type Model interface {
	// Rows returns sum_y e[y] M[y, .] for a matrix: e over its rows.
	Rows(name string, e fr.Vector) (fr.Vector, error)
	// Columns returns sum_k M[., k] f[k] for a matrix: f over its columns.
	Columns(name string, f fr.Vector) (fr.Vector, error)
	// Table returns a table or a vector whole. Tables of positions start at
	// position 0.
	Table(name string) ([]int16, error)
}
