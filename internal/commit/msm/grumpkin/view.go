// Code generated from ../view.go by gen.go. DO NOT EDIT.

package grumpkin

import (
	"unsafe"

	curve "github.com/consensys/gnark-crypto/ecc/grumpkin"
	"github.com/consensys/gnark-crypto/ecc/grumpkin/fp"

	"fold.example/fold/internal/commit/msm/partition"
)

// limbs and points reinterpret curve types as the memory layout that package partition
// moves.

func limbs(v fp.Vector) []partition.Element { return partition.Elements(v) }

func points(p []curve.G1Affine) []partition.Point {
	return unsafe.Slice((*partition.Point)(unsafe.Pointer(unsafe.SliceData(p))), len(p))
}
