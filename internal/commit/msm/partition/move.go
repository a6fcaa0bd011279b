package partition

import "unsafe"

// Element is a field element's memory: four limbs, the lowest first, in Montgomery form.
type Element = [4]uint64

// Point is an affine point's memory: x and y, both zero at infinity.
type Point = [2]Element

// Ahead is the number of entries that must be readable behind the last pair of a
// batch, for those who fetch ahead.
const Ahead = 32

// Gather splits the points src[pairs[2i]] and src[pairs[2i+1]] into coordinates, for
// all i < len(x1).
func Gather(x1, y1, x2, y2 []Element, src []Point, pairs []int32) {
	n := len(x1)
	y1, x2, y2, pairs = y1[:n], x2[:n], y2[:n], pairs[:2*n]
	for i := range x1 {
		p, q := &src[pairs[2*i]], &src[pairs[2*i+1]]
		x1[i], y1[i], x2[i], y2[i] = p[0], p[1], q[0], q[1]
	}
}

// Scatter puts the points together again: dst[to[i]] = (x[i], y[i]) for i < len(to).
func Scatter(dst []Point, to []int32, x, y []Element) {
	x, y = x[:len(to)], y[:len(to)]
	for i, t := range to {
		p := &dst[t]
		p[0], p[1] = x[i], y[i]
	}
}

// Elements views field elements of any of our fields as their limbs.
func Elements[E ~[4]uint64](v []E) []Element {
	return unsafe.Slice((*Element)(unsafe.Pointer(unsafe.SliceData(v))), len(v))
}
