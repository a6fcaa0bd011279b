//go:build amd64 && !purego

package partition

import "golang.org/x/sys/cpu"

//go:generate go run asm/gather.go -out gather_avx512_amd64.s -stubs gather_avx512_amd64.go -pkg partition

var hasAVX512 = cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL

func gather(x1, y1, x2, y2 []Element, src []Point, pairs []int32, n int) {
	if !hasAVX512 {
		gatherPortable(x1, y1, x2, y2, src, pairs, n)
		return
	}
	gatherAVX512(&x1[0], &y1[0], &x2[0], &y2[0], &src[0], &pairs[0], n)
}
