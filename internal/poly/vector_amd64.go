package poly

import (
	"unsafe"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"golang.org/x/sys/cpu"
)

//go:generate go run ./asm -out vector_amd64.s -stubs vector_stubs_amd64.go -pkg poly

// ifma reports whether the CPU has the instructions of the kernels in vector_amd64.s.
var ifma = cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512IFMA

func words(v fr.Vector) *uint64 { return (*uint64)(unsafe.Pointer(unsafe.SliceData(v))) }

// innerProduct returns sum_k a[k] b[k]. The lengths are equal.
func innerProduct(a, b fr.Vector) fr.Element {
	const most = 3200 // the kernel's column sums overflow beyond this
	n := len(a) &^ 7
	if !ifma || n == 0 {
		return a.InnerProduct(b)
	}
	b = b[:len(a)]
	x, y := a[n:], b[n:]
	sum := x.InnerProduct(y)
	var columns [10][8]uint64
	for at := 0; at < n; at += most {
		m := min(most, n-at)
		innerProductIFMA(&columns, words(a[at:]), words(b[at:]), m)
		s := fromColumns(&columns)
		sum.Add(&sum, &s)
	}
	return sum
}

// multiply sets dst[k] = a[k] b[k]. dst may alias a or b.
func multiply(dst, a, b fr.Vector) {
	n := len(dst) &^ 7
	if !ifma || n == 0 {
		dst.Mul(a, b)
		return
	}
	a, b = a[:len(dst)], b[:len(dst)]
	mulIFMA(words(dst), words(a), words(b), n)
	rest := dst[n:]
	rest.Mul(a[n:], b[n:])
}

// newLine returns the line for the challenge r.
func newLine(r *fr.Element) *line {
	l := &line{r: *r}
	if ifma {
		l.factors = lineFactors(r)
	}
	return l
}

// lerp sets dst to (1-r) x + r y. dst may alias x, and y may alias tmp.
func (l *line) lerp(dst, x, y, tmp fr.Vector) {
	n := len(dst) &^ 7
	if l.factors == nil || n == 0 {
		l.portable(dst, x, y, tmp)
		return
	}
	x, y = x[:len(dst)], y[:len(dst)]
	lerpIFMA(words(dst), words(x), words(y), l.factors, n)
	l.portable(dst[n:], x[n:], y[n:], tmp[n:len(dst)])
}
