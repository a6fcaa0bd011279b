package sourcetest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"fold.example/fold/llama/source"
)

// Key is one key of a GGUF header. Its value is a string, a bool, an int (stored
// as 32 bits), a float64 (stored in single precision), a []string or an []int.
type Key struct {
	Name  string
	Value any
}

// WriteGGUF writes the model to path as GGUF version 3: matrices in F16, norms in F32,
// RoPE scaling of kind "llama3" as the tensor rope_freqs.weight. The keys of the
// configuration come first, then the keys of more.
func (m Model) WriteGGUF(path string, more ...Key) error {
	list := m.tensors(appendF16, 2, source.GGUFName)
	for i, t := range list {
		if t.rows == 1 {
			list[i].encode, list[i].width = appendF32, 4
		}
	}
	factors := m.ropeFactors()
	if factors != nil {
		list = append(list, tensor{name: "rope_freqs.weight", rows: 1, cols: len(factors), width: 4})
	}
	keys := append(m.ggufKeys(), more...)
	return create(path, func(w *bufio.Writer) error {
		h := ggufHeader("GGUF")
		h.u32(3)
		h.u64(uint64(len(list)))
		h.u64(uint64(len(keys)))
		for _, k := range keys {
			h.str(k.Name)
			h.value(k.Value)
		}
		h.tensors(list)
		if _, err := w.Write(pad(h, len(h))); err != nil {
			return err
		}
		for _, t := range list {
			if err := m.writeGGUFTensor(w, t, factors); err != nil {
				return err
			}
		}
		return nil
	})
}

func (m Model) writeGGUFTensor(w io.Writer, t tensor, factors []float32) error {
	var err error
	if t.order == nil {
		_, err = w.Write(appendF32(nil, factors))
	} else {
		err = m.writeRows(w, t)
	}
	if err == nil {
		_, err = w.Write(pad(nil, int(t.bytes())))
	}
	return err
}

// ropeFactors returns the number that divides the frequency of each pair, nil for a
// scaling that GGUF keeps in keys.
func (m Model) ropeFactors() []float32 {
	r := m.Config.Rope
	if r.Scaling.Kind != "llama3" && r.Scaling.Kind != "factors" {
		return nil
	}
	scaled := r.Frequencies(m.Config.HeadDim)
	r.Scaling.Kind = ""
	factors := make([]float32, len(scaled))
	for i, f := range r.Frequencies(m.Config.HeadDim) {
		factors[i] = float32(f / scaled[i])
	}
	return factors
}

func (m Model) ggufKeys() []Key {
	c := m.Config
	keys := []Key{
		{"general.architecture", "llama"},
		{"llama.embedding_length", c.Dim}, {"llama.feed_forward_length", c.Hidden}, {"llama.block_count", c.Layers},
		{"llama.context_length", c.Context}, {"llama.vocab_size", c.Vocab},
		{"llama.attention.head_count", c.Heads}, {"llama.attention.head_count_kv", c.KVHeads},
		{"llama.attention.key_length", c.HeadDim}, {"llama.attention.value_length", c.HeadDim},
		{"llama.attention.layer_norm_rms_epsilon", c.RMSEps},
		{"llama.rope.freq_base", c.Rope.Theta}, {"llama.rope.dimension_count", c.HeadDim},
	}
	if s := c.Rope.Scaling; s.Kind == "linear" {
		keys = append(keys, Key{"llama.rope.scaling.type", "linear"}, Key{"llama.rope.scaling.factor", s.Factor})
	}
	return keys
}

// ggufHeader is a header under construction.
type ggufHeader []byte

func (h *ggufHeader) u32(x uint32) { *h = binary.LittleEndian.AppendUint32(*h, x) }
func (h *ggufHeader) u64(x uint64) { *h = binary.LittleEndian.AppendUint64(*h, x) }

func (h *ggufHeader) str(s string) {
	h.u64(uint64(len(s)))
	*h = append(*h, s...)
}

func (h *ggufHeader) value(v any) {
	switch v := v.(type) {
	case int:
		h.u32(4)
		h.u32(uint32(v))
	case float64:
		h.u32(6)
		h.u32(math.Float32bits(float32(v)))
	case bool:
		h.u32(7)
		*h = append(*h, map[bool]byte{true: 1}[v])
	case string:
		h.u32(8)
		h.str(v)
	case []string:
		h.u32(9)
		h.u32(8)
		h.u64(uint64(len(v)))
		for _, s := range v {
			h.str(s)
		}
	case []int:
		h.u32(9)
		h.u32(4)
		h.u64(uint64(len(v)))
		for _, n := range v {
			h.u32(uint32(n))
		}
	default:
		panic(fmt.Sprintf("sourcetest: key of type %T, expected one of those that Key lists", v))
	}
}

// tensors appends the descriptions of the tensors: name, dimensions (fastest first), type,
// and the offset in the data.
func (h *ggufHeader) tensors(list []tensor) {
	offset := int64(0)
	for _, t := range list {
		h.str(t.name)
		if t.rows == 1 {
			h.u32(1)
			h.u64(uint64(t.cols))
		} else {
			h.u32(2)
			h.u64(uint64(t.cols))
			h.u64(uint64(t.rows))
		}
		h.u32(map[int]uint32{2: 1, 4: 0}[t.width])
		h.u64(uint64(offset))
		offset += (t.bytes() + 31) / 32 * 32
	}
}

// pad appends zeros to b up to the alignment after n bytes.
func pad(b []byte, n int) []byte { return append(b, make([]byte, (32-n%32)%32)...) }
