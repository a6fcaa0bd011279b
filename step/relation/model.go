package relation

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// Model gives a prover the weights of a step's layers. Vectors are padded, in the index order
// of the program's spaces. An unknown name is an error.
type Model interface {
	// Rows returns sum_y e[y] M[y, .] for a matrix: e over its rows.
	Rows(name string, e fr.Vector) (fr.Vector, error)
	// Columns returns sum_k M[., k] f[k] for a matrix: f over its columns.
	Columns(name string, f fr.Vector) (fr.Vector, error)
	// Table returns all entries of a table or a vector. Tables of positions start at
	// position 0.
	Table(name string) ([]int16, error)
}
