//go:build !amd64 || purego

package partition

func gather(x1, y1, x2, y2 []Element, src []Point, pairs []int32, n int) {
	gatherPortable(x1, y1, x2, y2, src, pairs, n)
}
