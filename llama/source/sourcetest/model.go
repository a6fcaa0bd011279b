package sourcetest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/bits"
	"math/rand/v2"
	"os"

	"fold.example/fold/llama"
	"fold.example/fold/llama/source"
)

// Model is a synthetic model.
type Model struct {
	Config llama.Config
	Seed   uint64
}

// Row fills dst with row y of t, in the order of interleaved pairs. Weights are
// bytes times a power of two, about 1/sqrt(len(dst)) in size, and gains lie
// between 0.75 and 1.25.
func (m Model) Row(t source.Tensor, y int, dst []float32) {
	rng := rand.NewPCG(m.Seed^uint64(t.Kind)<<56, uint64(t.Layer)<<32|uint64(y))
	gain := m.Config.Architecture().Weight(t.Kind).IsNorm()
	unit := float32(math.Ldexp(1, -6-min(8, bits.Len(uint(len(dst)))/2))) // a normal half float
	var word uint64
	for i := range dst {
		if i%8 == 0 {
			word = rng.Uint64()
		}
		b := int8(word)
		word >>= 8
		if gain {
			dst[i] = 1 + float32(b>>2)/128
		} else {
			dst[i] = float32(b) * unit
		}
	}
}

// tensor is one tensor as a format writes it.
type tensor struct {
	source.Tensor
	name       string
	rows, cols int
	encode     func(dst []byte, src []float32) []byte // appends
	width      int                                    // bytes a value
	order      func(y int) int                        // index in the model of row y of the file
}

func (t tensor) bytes() int64 { return int64(t.rows) * int64(t.cols) * int64(t.width) }

// tensors lists the tensors of the model in the given encoding.
func (m Model) tensors(encode func([]byte, []float32) []byte, width int,
	name func(source.Tensor) string) (list []tensor) {
	for t := range source.Tensors(m.Config) {
		rows, cols := source.Shape(m.Config, t.Kind)
		list = append(list, tensor{t, name(t), rows, cols, encode, width, func(y int) int { return y }})
	}
	return list
}

// writeRows writes the values of t.
func (m Model) writeRows(w io.Writer, t tensor) error {
	row := make([]float32, t.cols)
	var raw []byte
	for y := range t.rows {
		m.Row(t.Tensor, t.order(y), row)
		raw = t.encode(raw[:0], row)
		if _, err := w.Write(raw); err != nil {
			return err
		}
	}
	return nil
}

// create writes a file through a buffer.
func create(path string, write func(w *bufio.Writer) error) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = write(w)
	if err == nil {
		err = w.Flush()
	}
	return errors.Join(err, f.Close())
}

func appendF32(dst []byte, src []float32) []byte {
	for _, x := range src {
		dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(x))
	}
	return dst
}

// appendBF16 encodes numbers that BF16 holds exactly: their low 16 bits are zero.
func appendBF16(dst []byte, src []float32) []byte {
	for _, x := range src {
		dst = binary.LittleEndian.AppendUint16(dst, uint16(math.Float32bits(x)>>16))
	}
	return dst
}

// appendF16 encodes numbers that a half float holds exactly, normal or zero.
func appendF16(dst []byte, src []float32) []byte {
	for _, x := range src {
		b := math.Float32bits(x)
		h := b >> 16 & 0x8000
		if x != 0 {
			h |= (b>>23&255-112)<<10 | b>>13&1023
		}
		dst = binary.LittleEndian.AppendUint16(dst, uint16(h))
	}
	return dst
}
