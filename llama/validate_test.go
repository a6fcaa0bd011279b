package llama

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/testfiles"
)

func TestValidateRefuses(t *testing.T) {
	w16 := func(m kernel.Matrix) *kernel.W16 { return m.(*kernel.W16) }
	for _, c := range []struct {
		scheme Scheme
		change func(m *Model)
		says   string
	}{
		{W16, func(m *Model) { m.Config.Dim = 0 }, "dim is 0"},
		{W16, func(m *Model) { m.Config.HeadDim = 5 }, "even"},
		{W16, func(m *Model) { m.Config.KVHeads = 4 }, "multiple"},
		{W16, func(m *Model) { m.Config.RMSEps = math.NaN() }, "rms_eps"},
		{W16, func(m *Model) { m.Config.Rope.Theta = 0 }, "theta"},
		{W16, func(m *Model) { m.Config.Rope.Scaling.Kind = "yarn" }, "yarn"},
		{W16, func(m *Model) { m.Config.Heads = MaxDim }, "heads times head_dim"},
		{W16, func(m *Model) { m.Scales.Softmax = 40 }, "softmax is 40"},
		{W16, func(m *Model) { m.Scales.Eps = 0 }, "eps is 0"},
		{W16, func(m *Model) { m.Scales.Norm = 16 }, "norm is 16"},
		{W16, func(m *Model) { m.Tables.Silu[0] = 1 }, "SILU[0]"},
		{W16, func(m *Model) { m.Tables.Exp[65535] = 1 }, "EXP runs"},
		{W16, func(m *Model) { m.Tables.Exp[9] = -1 }, "EXP[9]"},
		{W16, func(m *Model) { m.Tables.Cos[3] = 1<<14 + 1 }, "cos entry 3"},
		{W16, func(m *Model) { m.Tables.Sin = m.Tables.Sin[1:] }, "sin has"},
		{W16, func(m *Model) { m.Embedding = m.Embedding[1:] }, "embedding"},
		{W16, func(m *Model) { m.Layers = m.Layers[1:] }, "2 layers"},
		{W16, func(m *Model) { m.Layers[1].Q.Exp += 33 }, "layer 1: not a valid integer model: shift of q"},
		{W16, func(m *Model) { m.Layers[1].K.Exp -= 33 }, "shift of k"},
		{W16, func(m *Model) { m.Layers[1].V.Exp += 16 }, "shift of v"},
		{W16, func(m *Model) { m.Layers[1].O.Exp += 16 }, "shift of o"},
		{W16, func(m *Model) { m.Layers[1].Gate.Exp += 16 }, "shift of gate"},
		{W16, func(m *Model) { m.Layers[1].Down.Exp += 48 }, "shift of down"},
		{W16, func(m *Model) { m.Layers[1].AttnGain = make([]int16, m.Config.Dim) }, "gains"},
		{Ternary, func(m *Model) { m.Layers[1].FFNGain = nil }, "gains"},
		{W16, func(m *Model) { m.Layers[2].Up.Matrix = m.Layers[2].Down.Matrix }, "layer 2: up"},
		{W16, func(m *Model) { m.Layers[2].Up.Matrix = nil }, "scheme <nil>"},
		{W8, func(m *Model) { m.Head = smallHead(W16, m.Config) }, "head"},
		{W16, func(m *Model) { w16(m.Layers[0].O.Matrix).Data = nil }, "o: "},
		{W8, func(m *Model) { m.Layers[0].O.Matrix.(*kernel.W8).Mul[3] = 1024 }, "multiplier 1024"},
		{W8, func(m *Model) { m.Layers[0].O.Matrix.(*kernel.W8).Mul[3] = 0 }, "multiplier 0"},
		{W8, func(m *Model) { m.Layers[0].O.Matrix.(*kernel.W8).Data[3] = -128 }, "-128"},
		{Ternary, func(m *Model) { m.Layers[0].O.Matrix.(*kernel.Ternary).Data[3] = 243 }, "byte 243"},
		{Ternary, func(m *Model) { m.Layers[0].Q.Matrix.(*kernel.Ternary).Data[2] = 242 }, "padding of row 0"},
		{Ternary, func(m *Model) { m.Layers[0].O.Matrix.(*kernel.Ternary).Mul = 0 }, "multiplier"},
		{W8, loudValues, "v: values up to"},
	} {
		m := smallModel(t, c.scheme)
		require.NoError(t, m.Validate())
		c.change(m)
		err := m.Validate()
		require.ErrorIs(t, err, ErrInvalid, c.says)
		require.ErrorContains(t, err, c.says)
	}
}

func smallHead(scheme Scheme, c Config) Linear {
	m := newMatrix(scheme, c.Vocab, c.Dim)
	m.(*kernel.W16).Data = make([]int16, c.Vocab*c.Dim)
	return Linear{Matrix: m}
}

// loudValues makes v overflow 16 bits by more than 32: |n| is 2^15, a row
// of the largest weights sqrt(13) 2^17.
func loudValues(m *Model) {
	data := m.Layers[0].V.Matrix.(*kernel.W8)
	for i := range data.Data {
		data.Data[i] = 127
	}
	for i := range data.Mul {
		data.Mul[i] = 1023
	}
	m.Layers[0].V.Exp += 1 - m.Shifts(0).V
}

// MinScoreShift is exact: two scores differ by less than 2^31 hd.
func TestMinScoreShift(t *testing.T) {
	for hd := 2; hd <= MaxHeadDim; hd += 2 {
		want := max(1, int(math.Ceil(math.Log2(float64(hd))))-1)
		require.Equal(t, want, MinScoreShift(hd), hd)
		widest := int64(hd) << 31
		require.LessOrEqual(t, widest>>MinScoreShift(hd), int64(1)<<32)
	}
}

func TestRowNorms(t *testing.T) {
	for _, scheme := range schemes {
		m := smallModel(t, scheme).Layers[0].Down.Matrix
		rows, cols := m.Dims()
		want := 0.0
		for y := range rows {
			sum := 0.0
			for k := range cols {
				sum += float64(m.At(y, k)) * float64(m.At(y, k))
			}
			want = max(want, math.Sqrt(sum))
		}
		got, err := maxRowNorm(m)
		require.NoError(t, err)
		require.InEpsilon(t, want, got, 1e-12)
	}
}

func TestRopeScaling(t *testing.T) {
	rope := Rope{Theta: 500000}
	plain := rope.Frequencies(128)
	rope.Scaling = RopeScaling{Kind: "llama3", Factor: 8, LowFreqFactor: 1, HighFreqFactor: 4, OriginalContext: 8192}
	llama3 := rope.Frequencies(128)
	factors := make([]float64, 64)
	for i := range plain {
		// The rule by wavelengths, as it is published.
		wave := 2 * math.Pi / plain[i]
		want := plain[i]
		if wave > 8192 {
			want = plain[i] / 8
		} else if wave >= 8192.0/4 {
			smooth := (8192/wave - 1) / (4 - 1)
			want = (1-smooth)*plain[i]/8 + smooth*plain[i]
		}
		require.InEpsilon(t, want, llama3[i], 1e-12)
		factors[i] = plain[i] / llama3[i]
	}
	rope.Scaling = RopeScaling{Kind: "factors", Factors: factors}
	require.NoError(t, rope.validate(128))
	require.InEpsilonSlice(t, llama3, rope.Frequencies(128), 1e-12)
	rope.Scaling = RopeScaling{Kind: "linear", Factor: 4}
	require.InEpsilon(t, plain[3]/4, rope.Frequencies(128)[3], 1e-12)
}

// The tables of SmolLM2-135M have the digests of the golden file.
func TestTablesMatchGolden(t *testing.T) {
	var golden struct {
		Params struct{ ER, EN, K, T, EG, ES, Eps int }
		Tables struct {
			EXP  string `json:"EXP_sha256"`
			SILU string `json:"SILU_sha256"`
			Cos  string `json:"cos14_first64_sha256"`
			Sin  string `json:"sin14_first64_sha256"`
		}
	}
	data, err := os.ReadFile(testfiles.Model(t, "smollm2-135m", "golden", "int_w16_passage64.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &golden))
	p := golden.Params
	cfg := Config{Dim: 576, Hidden: 1536, Layers: 30, Heads: 9, KVHeads: 3, HeadDim: 64, Vocab: 49152, Context: 64,
		RMSEps: 1e-5, Rope: Rope{Theta: 100000}}
	tables, err := NewTables(cfg, Scales{Residual: p.ER, Norm: p.EN, Gate: p.EG, Silu: p.ES, Exp: p.T, Softmax: p.K,
		Eps: int64(p.Eps)})
	require.NoError(t, err)
	require.NoError(t, tables.validate(cfg))
	sum := func(v ...int16) string {
		h := sha256.Sum256(part{&v, len(v)}.encode())
		return hex.EncodeToString(h[:])
	}
	require.Equal(t, golden.Tables.EXP, sum(tables.Exp...))
	require.Equal(t, golden.Tables.SILU, sum(append(tables.Silu[1<<15:], tables.Silu[:1<<15]...)...))
	require.Equal(t, golden.Tables.Cos, sum(tables.Cos...))
	require.Equal(t, golden.Tables.Sin, sum(tables.Sin...))
}
