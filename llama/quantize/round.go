package quantize

import (
	"math"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
)

// Largest multiplier and weight of a group of a W8 matrix.
const (
	maxMul  = 1023
	maxByte = 127
)

// unboundedExp is the limit of a matrix whose exponent no shift bounds.
const unboundedExp = maxExp

// exponent returns the exponent ew of a matrix of a scheme: the largest exponent at which
// its largest weight is in range, and at most limit (rule 6).
func exponent(scheme llama.Scheme, largest float64, limit int) int {
	room := 32767.0
	if scheme == llama.W8 {
		room = maxByte * maxMul
	}
	return min(floorLog2(room/largest), limit)
}

// w16 rounds a matrix: M = floor(w 2^exp + 1/2).
func (t *tensor) w16(exp int) (llama.Linear, error) {
	m := &kernel.W16{Rows: t.rows, Cols: t.cols, Data: make([]int16, t.rows*t.cols)}
	scale := math.Ldexp(1, exp) // products with it are exact
	err := t.each(func(y int, row []float64) {
		out := m.Data[y*t.cols:][:t.cols]
		for k, w := range row {
			out[k] = int16(llama.RoundHalfUp(w * scale))
		}
	})
	return llama.Linear{Matrix: m, Exp: exp}, err
}

// newW8 returns a matrix of zeros.
func newW8(rows, cols int) *kernel.W8 {
	m := &kernel.W8{Rows: rows, Cols: cols, Data: make([]int8, rows*cols)}
	m.Mul = make([]uint16, rows*m.Groups())
	return m
}

// multipliers sets the multipliers of row y: max(1, ceil(max_group |w| 2^exp / 127)).
func multipliers(m *kernel.W8, y int, row []float64, exp int) {
	out := m.Mul[y*m.Groups():][:m.Groups()]
	for g := range out {
		group := row[g*kernel.GroupSize : min((g+1)*kernel.GroupSize, m.Cols)]
		mul := math.Ceil(math.Ldexp(largest(group), exp) / maxByte)
		out[g] = uint16(max(1, min(mul, maxMul)))
	}
}

// nearestByte returns the weight, in [-127, 127], that is nearest to x.
func nearestByte(x float64) int8 {
	return int8(max(-maxByte, min(llama.RoundHalfUp(x), maxByte)))
}

// w8 rounds a matrix to bytes in groups, each weight to the nearest.
func (t *tensor) w8(exp int) (llama.Linear, error) {
	m, scale := newW8(t.rows, t.cols), math.Ldexp(1, exp)
	err := t.each(func(y int, row []float64) {
		multipliers(m, y, row, exp)
		muls := m.Mul[y*m.Groups():][:m.Groups()]
		out := m.Data[y*t.cols:][:t.cols]
		for k, w := range row {
			out[k] = nearestByte(w * scale / float64(muls[k/kernel.GroupSize]))
		}
	})
	return llama.Linear{Matrix: m, Exp: exp}, err
}

// ternary packs the signs of a matrix of -s, 0 and s as digits; the multiplier is s 2^exp,
// rounded. If that is zero, which no multiplier may be, all digits are zero.
func (t *tensor) ternary(largest float64, exp int) (llama.Linear, error) {
	m := &kernel.Ternary{Rows: t.rows, Cols: t.cols}
	mul := llama.RoundHalfUp(math.Ldexp(largest, exp))
	m.Mul = int32(max(1, mul))
	m.Data = make([]byte, t.rows*m.Stride())
	err := t.each(func(y int, row []float64) {
		if mul < 1 {
			clear(row)
		}
		packDigits(m.Data[y*m.Stride():][:m.Stride()], row)
	})
	return llama.Linear{Matrix: m, Exp: exp}, err
}

// packDigits packs the signs of a row, five a byte, as package kernel reads them.
func packDigits(dst []byte, row []float64) {
	powers := [5]byte{1, 3, 9, 27, 81}
	for i := range dst {
		b := byte(0)
		for j, p := range powers {
			digit := byte(1) // zero, also past the end
			if k := 5*i + j; k < len(row) && row[k] != 0 {
				digit = 2
				if row[k] < 0 {
					digit = 0
				}
			}
			b += digit * p
		}
		dst[i] = b
	}
}

// roundGain returns a norm's gain as S16 integers with their exponent.
func roundGain(gain []float32) (ints []int16, exp int) {
	m := 0.0
	for _, g := range gain {
		m = max(m, math.Abs(float64(g)))
	}
	exp = min(floorLog2(32767/m), maxExp)
	ints = make([]int16, len(gain))
	for i, g := range gain {
		ints[i] = int16(llama.RoundHalfUp(math.Ldexp(float64(g), exp)))
	}
	return ints, exp
}
