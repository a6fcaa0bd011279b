package sourcetest

import (
	"bufio"
	"encoding/binary"

	"fold.example/fold/llama/source"
)

// WriteLlama2C writes the model to path as a legacy llama2.c file in F32. The format
// implies an epsilon of 1e-5, a theta of 10000 and no scaling.
func (m Model) WriteLlama2C(path string) error {
	c := m.Config
	vocab := c.Vocab
	if !c.Tied {
		vocab = -vocab
	}
	var header []byte
	for _, n := range []int{c.Dim, c.Hidden, c.Layers, c.Heads, c.KVHeads, vocab, c.Context} {
		header = binary.LittleEndian.AppendUint32(header, uint32(int32(n)))
	}
	byKind := make(map[source.Kind][]tensor)
	for _, t := range m.tensors(appendF32, 4, source.Tensor.String) {
		byKind[t.Kind] = append(byKind[t.Kind], t)
	}
	return create(path, func(w *bufio.Writer) error {
		w.Write(header)
		for _, k := range []source.Kind{source.Embedding, source.AttnNorm, source.Q, source.K, source.V, source.O,
			source.FFNNorm, source.Gate, source.Down, source.Up, source.FinalNorm, source.Head} {
			for _, t := range byKind[k] {
				if err := m.writeRows(w, t); err != nil {
					return err
				}
			}
			if k == source.FinalNorm {
				w.Write(make([]byte, 4*c.Context*c.HeadDim))
			}
		}
		return nil
	})
}
