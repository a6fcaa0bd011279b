package source

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
)

// The biases that the architecture of this file adds, with their names in the formats.
const (
	testQBias Kind = Down + 1 + iota
	testVBias
)

func init() {
	names[testQBias] = formatNames{"self_attn.q_proj.bias", "attn_q.bias"}
	names[testVBias] = formatNames{"self_attn.v_proj.bias", "attn_v.bias"}
}

// ordinals returns a tensor of a file whose entries are the numbers of their rows, or of their
// columns for a single row.
func ordinals(name string, rows, cols int) blob {
	var data []byte
	for i := range rows * cols {
		n := i / cols
		if rows == 1 {
			n = i
		}
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(n)))
	}
	return blob{name, encF32, wanted(rows, cols), bytes.NewReader(data), 0}
}

// Hugging Face keeps the rows of q in halves. The entries of its bias are read in the order of
// its rows, those of v's bias as they are.
func TestBiasesOfAHuggingFaceFolder(t *testing.T) {
	a := llama.LLaMA()
	a.Name = "biased"
	a.Block = append(a.Block,
		llama.Weight{Kind: testQBias, Name: "q bias", Symbol: "QBias", Cols: llama.Queries, BiasOf: Q},
		llama.Weight{Kind: testVBias, Name: "v bias", Symbol: "VBias", Cols: llama.Keys, BiasOf: V})
	c := llama.Config{Dim: 5, Hidden: 3, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 6, Vocab: 7, Context: 8,
		Rope: llama.Rope{Theta: 10000}}.WithArchitecture(a)
	require.NoError(t, c.Validate())

	blobs := map[string]blob{}
	for tensor := range Tensors(c) {
		rows, cols := Shape(c, tensor.Kind)
		name := HuggingFaceName(tensor)
		blobs[name] = ordinals(name, rows, cols)
	}
	require.Contains(t, blobs, "model.layers.1.self_attn.q_proj.bias")
	require.Equal(t, "blk.1.attn_v.bias", GGUFName(Tensor{Layer: 1, Kind: testVBias}))
	m := &model{config: c}
	require.NoError(t, m.bindHF(newInventory(blobs), nil))
	for matrix, bias := range map[Kind]Kind{Q: testQBias, V: testVBias} {
		rows, cols := Shape(c, matrix)
		weights, entries := make([]float32, rows*cols), make([]float32, rows)
		require.NoError(t, m.ReadRows(Tensor{Layer: 1, Kind: matrix}, 0, rows, weights))
		require.NoError(t, m.ReadRows(Tensor{Layer: 1, Kind: bias}, 0, 1, entries))
		for y, b := range entries {
			require.Equal(t, weights[y*cols], b, "%v, row %d", matrix, y)
		}
	}
	delete(blobs, "model.layers.0.self_attn.q_proj.bias")
	require.ErrorIs(t, m.bindHF(newInventory(blobs), nil), ErrCorrupt)
}
