//go:build !amd64

package kernel

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// Only amd64 has vector kernels. With vectorised false, the functions below are never
// called.
var vectorised, tiled = false, false

func mulVector([]int64, Matrix, []int16, int, int, int)    {}
func packInputs([]int16, int, int) []int16                 { return nil }
func vecMatsVector([][]fr.Element, [][]fr.Element, Matrix) {}
func dropBytes([]uint32)                                   {}

var byDigit, byQuad struct{}

func packBytes([]fr.Element, struct{}) []uint32 { return nil }
func offsetOf(Matrix) int64                     { return 0 }

func matVecVector([]fr.Element, []uint32, Matrix, int, int, *fr.Element) {}
func dotRows(dst *int64, q, keys *int16, stride, n, rows int)            {}
func sumRows(*int64, *int16, *int16, int, uint32, int)                   {}
