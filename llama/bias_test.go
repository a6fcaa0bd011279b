package llama

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tensors that the architecture of this file adds.
const (
	qBias = Down + 1 + iota
	downBias
)

// biased is a LLaMA whose queries and feed-forward outputs have biases, whose activation is
// GELU (in its sigmoid form) instead of SiLU, and whose values are max(x, 0).
func biased() *Architecture {
	a := LLaMA()
	a.Name = "biased"
	a.Block = append(a.Block,
		Weight{Kind: qBias, Name: "q bias", Symbol: "QBias", Cols: Queries, BiasOf: Q},
		Weight{Kind: downBias, Name: "down bias", Symbol: "DownBias", Cols: Width, BiasOf: Down})
	for i := range a.Tables {
		if t := &a.Tables[i]; t.Name == "SILU" {
			t.Name, t.Symbol = "GELU", "gelu"
			t.Function = func(x float64) float64 { return x / (1 + math.Exp(-1.702*x)) }
			gelu := t.Function
			t.Rule = func(_ Config, s Scales) TableRule {
				return func(row, _ int) float64 {
					return math.Ldexp(gelu(math.Ldexp(float64(int16(row)), -s.Gate)), s.Silu)
				}
			}
		}
	}
	a.Tables = append(a.Tables, Table{
		Name: "RELU", Symbol: "relu", Rows: Entry, SignedInput: true, Of: V,
		Function: func(x float64) float64 { return max(x, 0) },
		Rule: func(Config, Scales) TableRule {
			return func(row, _ int) float64 { return float64(max(0, int16(row))) }
		},
		Entries: func(t *Tables) *[]int16 { return &t.Further[0] },
	})
	return a
}

// biasedModel is smallModel with the tensors and the table of another architecture.
func biasedModel(t testing.TB, scheme Scheme) *Model {
	m, rng := smallModel(t, scheme), rand.New(rand.NewPCG(1, 2))
	m.Config = m.Config.WithArchitecture(biased())
	for i := range m.Layers {
		l := &m.Layers[i]
		for _, of := range []struct {
			to   *Linear
			size int64
		}{{&l.Q, 1 << 20}, {&l.Down, 1 << 28}} {
			rows, _ := of.to.Dims()
			for range rows {
				of.to.Bias = append(of.to.Bias, rng.Int64N(2*of.size)-of.size)
			}
		}
	}
	var err error
	m.Tables, err = NewTables(m.Config, m.Scales)
	require.NoError(t, err)
	require.NoError(t, m.Validate())
	return m
}

// A bias is added to the product, and the values are looked up. The rest of the block is a
// LLaMA's.
func TestBiasesAreAdded(t *testing.T) {
	for _, scheme := range schemes {
		m := biasedModel(t, scheme)
		c, l := m.Config, &m.Layers[0]
		x := make([]int32, 2*c.Dim)
		s := m.NewSession()
		require.NoError(t, s.Embed([]int{3, 4}, x))
		var tr BlockTrace
		require.NoError(t, s.Block(0, 0, x, &tr))
		for token := range 2 {
			for y := range c.QDim() {
				want := l.Q.Bias[y]
				for k, n := range tr.Attn.Out()[token*c.Dim : (token+1)*c.Dim] {
					want += int64(l.Q.At(y, k)) * int64(n)
				}
				require.Equal(t, want, tr.QAcc[token*c.QDim()+y])
			}
			for y, in := range tr.VIn[token*c.KVDim() : (token+1)*c.KVDim()] {
				require.Equal(t, max(0, in), tr.V[token*c.KVDim()+y])
				require.Equal(t, sat(round(tr.VAcc[token*c.KVDim()+y], m.Shifts(0).V)), in)
			}
			for y := range c.Dim {
				want := l.Down.Bias[y]
				for k, h := range tr.H[token*c.Hidden : (token+1)*c.Hidden] {
					want += int64(l.Down.At(y, k)) * h
				}
				got, ok := tr.DownAcc[token*c.Dim+y].Int64()
				require.True(t, ok)
				require.Equal(t, want, got)
			}
		}
	}
}

// A folder keeps the biases and the table and names the architecture; a reader that does not
// know the architecture refuses it.
func TestFolderOfAnotherArchitecture(t *testing.T) {
	for _, scheme := range schemes {
		m, dir := biasedModel(t, scheme), t.TempDir()
		require.NoError(t, m.Save(dir))
		_, err := Open(dir)
		require.ErrorIs(t, err, ErrFormat)
		require.ErrorContains(t, err, `architecture "biased", expected a LLaMA`)

		got, err := Open(dir, biased())
		require.NoError(t, err)
		defer got.Close()
		require.NoError(t, got.Validate())
		require.Equal(t, m.Layers, got.Layers)
		require.Equal(t, m.Tables, got.Tables)
		require.Equal(t, m.Fingerprint(), got.Fingerprint())
		tokens := []int{5, 6, 7, 8, 1}
		require.Equal(t, logits(t, m.NewSession(), tokens), logits(t, got.NewSession(), tokens))
	}
}

// The biases are part of the fingerprint, and of the checks.
func TestBiasesAreChecked(t *testing.T) {
	m := biasedModel(t, W16)
	before := m.Fingerprint()
	m.Layers[2].Q.Bias[1]++
	require.NotEqual(t, before, m.Fingerprint())

	const invalid = ": not a valid integer model: "
	for says, change := range map[string]func(m *Model){
		"layer 1: q" + invalid + "bias of 0 entries, expected 36": func(m *Model) { m.Layers[1].Q.Bias = nil },
		"layer 1: k" + invalid + "bias of 1 entries, expected 0": func(m *Model) {
			m.Layers[1].K.Bias = []int64{1}
		},
		"expected at most 2^44 in size": func(m *Model) { m.Layers[0].Q.Bias[3] = MaxBias + 1 },
		"q: values up to": func(m *Model) {
			m.Layers[0].Q.Exp += 1 - m.Shifts(0).Q
			m.Layers[0].Q.Bias[3] = MaxBias
		},
		"head" + invalid + "bias of 1 entries": func(m *Model) { m.Head.Bias = []int64{1} },
		"GELU[0] is 1":                         func(m *Model) { m.Tables.Silu[0] = 1 },
		"RELU[0] is 1":                         func(m *Model) { m.Tables.Further[0][0] = 1 },
		"RELU has 0 entries, expected 65536":   func(m *Model) { m.Tables.Further[0] = nil },
		"layer 0: q" + invalid + "bias of 36 entries, expected 0": func(m *Model) {
			m.Config = m.Config.WithArchitecture(nil)
		},
		"shift of down is 49, expected": func(m *Model) { m.Layers[1].Down.Exp += 49 - m.Shifts(1).Down },
	} {
		m := biasedModel(t, W16)
		change(m)
		err := m.Validate()
		require.ErrorIs(t, err, ErrInvalid, says)
		require.ErrorContains(t, err, says)
	}
}

// The added tensors are biases, and nothing else of the lists changes.
func TestAddedKindsAreNew(t *testing.T) {
	a := Config{}.WithArchitecture(biased()).Architecture()
	require.Equal(t, "q bias", a.Bias(Q).Name)
	require.Nil(t, a.Bias(K))
	require.Nil(t, Config{}.Architecture().Bias(Q))
	require.False(t, a.Weight(qBias).IsNorm())
	for w := range a.Matrices() {
		require.NotNil(t, w.Linear, w.Name)
	}
}

// An architecture whose flow of data differs from a session's, or whose lists contradict each
// other, is refused before anything is computed.
func TestArchitecturesAreChecked(t *testing.T) {
	for says, change := range map[string]func(a *Architecture){
		"expected a name": func(a *Architecture) { a.Name = "llama" },
		"is there twice":  func(a *Architecture) { a.Block[len(a.Block)-1].Name = "q" },
		"tensors of a block": func(a *Architecture) {
			a.Block = a.Block[1:]
		},
		"other rescales": func(a *Architecture) { a.Rescales[0].MaxShift = 48 },
		"for a matrix of the block": func(a *Architecture) {
			a.Block[len(a.Block)-1].BiasOf = AttnNorm
		},
		"as many entries": func(a *Architecture) { a.Block[len(a.Block)-1].Cols = Hidden },
		"no table": func(a *Architecture) {
			a.Tables = a.Tables[1:]
		},
		"whose product saturates": func(a *Architecture) { a.Tables[len(a.Tables)-1].Of = O },
		"with signed inputs":      func(a *Architecture) { a.Tables[len(a.Tables)-1].Reversed = true },
		"lacks its function":      func(a *Architecture) { a.Tables[len(a.Tables)-1].Function = nil },
	} {
		a := biased()
		require.NoError(t, a.Validate())
		change(a)
		require.ErrorIs(t, a.Validate(), ErrInvalid, says)
		require.ErrorContains(t, a.Validate(), says)
	}
	require.NoError(t, Config{}.Architecture().Validate())
}
