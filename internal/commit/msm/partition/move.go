package partition

import "unsafe"

// Element is the memory of a field element: four limbs, least significant first, in
// Montgomery form.
type Element = [4]uint64

// Point is the memory of an affine point: x and y, both zero for infinity.
type Point = [2]Element

// Ahead is the number of entries that must be readable after the last pair of a batch,
// because kernels prefetch.
const Ahead = 32

// Gather splits the points src[pairs[2i]] and src[pairs[2i+1]] into coordinates, for all i
// < len(x1).
func Gather(x1, y1, x2, y2 []Element, src []Point, pairs []int32) {
	n := len(x1)
	y1, x2, y2, pairs = y1[:n], x2[:n], y2[:n], pairs[:2*n]
	for i := range x1 {
		p, q := &src[pairs[2*i]], &src[pairs[2*i+1]]
		x1[i], y1[i], x2[i], y2[i] = p[0], p[1], q[0], q[1]
	}
}

// Scatter is the inverse for sums: dst[to[i]] = (x[i], y[i]) for i < len(to).
func Scatter(dst []Point, to []int32, x, y []Element) {
	x, y = x[:len(to)], y[:len(to)]
	for i, t := range to {
		p := &dst[t]
		p[0], p[1] = x[i], y[i]
	}
}

// Elements reinterprets elements of a 4-limb field as limbs, without a copy.
func Elements[E ~[4]uint64](v []E) []Element {
	return unsafe.Slice((*Element)(unsafe.Pointer(unsafe.SliceData(v))), len(v))
}
