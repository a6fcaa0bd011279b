//go:build !amd64

package kernel

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// There are vector kernels for amd64 only; nothing below is ever called.
var vectorised = false

func mulVector([]int64, Matrix, []int16, int, int, int)       {}
func packInputs([]int16, int, int) []int16                    { return nil }
func vecMatVector([][]laneSum, [][]int16, Matrix, int, int)   {}
func matVecVector([]fr.Element, []int16, Matrix, int, int)    {}
func packDigits([]fr.Element) []int16                         { return nil }
func dotRows(dst *int64, q, keys *int16, stride, n, rows int) {}
func sumRows(*int64, *int16, *int16, int, uint32, int)        {}
