package synthetic

import (
	"encoding/binary"
	"math"
	"math/rand/v2"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
)

// The numbers of a model's pieces, from which their streams of random numbers are seeded.
const (
	pieceHead      = 0
	pieceLayers    = 1 << 20
	pieceEmbedding = 1 << 32
)

// stream generates the random numbers of one piece of a model.
type stream struct {
	scheme llama.Scheme
	random *rand.ChaCha8
}

func (g *generator) stream(piece uint64) *stream {
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], g.seed)
	binary.LittleEndian.PutUint64(seed[8:], piece)
	return &stream{g.scheme, rand.NewChaCha8(seed)}
}

// scale says how large the weights of a matrix are.
type scale int

const (
	small scale = iota
	large
)

// weightSize is a distribution of effective weights. Weights of 16 bits are uniform in
// [-magnitude, magnitude). Bytes are uniform in [-127, 127], times multipliers uniform in [lo,
// hi].
type weightSize struct {
	magnitude int16 // a power of two
	lo, hi    uint16
	deviation int // log2 of the standard deviation, rounded
}

// size returns the distribution of a scale in the stream's scheme.
func (r *stream) size(s scale) weightSize {
	switch {
	case r.scheme == llama.W8 && s == large:
		return weightSize{lo: 2, hi: 6, deviation: 8}
	case r.scheme == llama.W8:
		return weightSize{lo: 1, hi: 1, deviation: 6}
	case s == large:
		return weightSize{magnitude: largeMagnitude, deviation: deviation(largeMagnitude)}
	}
	return weightSize{magnitude: 8, deviation: deviation(8)}
}

// deviation returns log2 of the standard deviation of numbers uniform in [-magnitude, magnitude), rounded.
func deviation(magnitude int) int {
	return int(math.Round(math.Log2(float64(magnitude) / math.Sqrt(3))))
}

// matrix draws a matrix of the stream's scheme.
func (r *stream) matrix(rows, cols int, size weightSize) kernel.Matrix {
	if r.scheme == llama.W16 {
		m := &kernel.W16{Rows: rows, Cols: cols, Data: make([]int16, rows*cols)}
		r.fill16(m.Data, size.magnitude)
		return m
	}
	m := &kernel.W8{Rows: rows, Cols: cols, Data: make([]int8, rows*cols)}
	m.Mul = make([]uint16, rows*m.Groups())
	for i := range m.Mul {
		m.Mul[i] = size.lo + uint16(r.random.Uint64()%uint64(size.hi-size.lo+1))
	}
	r.fill8(m.Data)
	return m
}

// fill16 draws numbers uniform in [-magnitude, magnitude).
func (r *stream) fill16(dst []int16, magnitude int16) {
	mask := uint64(2*magnitude - 1)
	for i := 0; i < len(dst); i += 4 {
		x := r.random.Uint64()
		for j := i; j < min(i+4, len(dst)); j++ {
			dst[j] = int16(x&mask) - magnitude
			x >>= 16
		}
	}
}

// fill8 draws numbers in [-127, 127], 0 with twice the probability of the others.
func (r *stream) fill8(dst []int8) {
	for i := 0; i < len(dst); i += 8 {
		x := r.random.Uint64()
		for j := i; j < min(i+8, len(dst)); j++ {
			if dst[j] = int8(x); dst[j] == -128 {
				dst[j] = 0
			}
			x >>= 8
		}
	}
}
