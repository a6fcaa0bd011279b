package quantize_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/testfiles"
	"fold.example/fold/llama"
	"fold.example/fold/llama/quantize"
	"fold.example/fold/llama/quantize/quantizetest"
)

// fingerprint is the entry of the golden file for a tensor.
type fingerprint struct {
	Count       int
	First8      []int64
	Sum         int64
	Fingerprint int64
}

func fingerprintOf[T int16 | int32 | int64](xs []T) fingerprint {
	f := fingerprint{Count: len(xs)}
	for i, x := range xs {
		const p = 1<<31 - 1
		if i < 8 {
			f.First8 = append(f.First8, int64(x))
		}
		f.Sum += int64(x)
		f.Fingerprint = (f.Fingerprint + int64(i+1)*(int64(x)%p)) % p
	}
	f.Fingerprint = (f.Fingerprint + 1<<31 - 1) % (1<<31 - 1)
	return f
}

// golden is int_w16_passage64.json.
type golden struct {
	Params struct {
		Er, En, K, T, Eg, Es int
		Eps                  int64
		Eq, Ek, Ev           []int
	}
	Ew        map[string]int
	Weights   map[string]fingerprint `json:"weight_fingerprint"`
	Tables    map[string]json.RawMessage
	Largest   map[string]int `json:"M_max"`
	DownShift []int          `json:"down_shift"`
	IDs       []int
	Trace     map[string]fingerprint
	Top5      []struct {
		IDs []int
		Acc []int64
	}
}

func readGolden(t testing.TB) golden {
	var g struct{ golden }
	testfiles.ReadJSON(t, testfiles.Model(t, "smollm2-135m", "golden", "int_w16_passage64.json"), &g)
	return g.golden
}

func (g *golden) exponents() *quantize.Exponents {
	p := g.Params
	return &quantize.Exponents{Residual: p.Er, Norm: p.En, Gate: p.Eg, Silu: p.Es, Exp: p.T, Softmax: p.K,
		Q: p.Eq, K: p.Ek, V: p.Ev}
}

// build imports the golden model with its exponents.
func (g *golden) build(t testing.TB) *llama.Model {
	m, report, err := quantize.Build(context.Background(), quantizetest.Smol(t),
		quantize.Options{Weights: quantize.W16, Exponents: g.exponents(), Context: len(g.IDs)})
	require.NoError(t, err)
	require.Equal(t, llama.W16, report.Scheme)
	return m
}

func (g *golden) checkModel(t *testing.T, m *llama.Model) {
	require.Equal(t, g.Params.Eps, m.Scales.Eps)
	goldenNames := []string{"q", "k", "v", "o", "g", "u", "d"}
	for l := range m.Layers {
		for i, n := range m.Layers[l].Linears() {
			g.checkLinear(t, fmt.Sprintf("%d.%s", l, goldenNames[i]), *n.Linear)
		}
		require.Equal(t, g.DownShift[l], m.Shifts(l).Down)
	}
	g.checkLinear(t, "head", m.Head)

	digest := func(name string) (hex string) {
		require.NoError(t, json.Unmarshal(g.Tables[name], &hex))
		return hex
	}
	require.Equal(t, digest("EXP_sha256"), sha(m.Tables.Exp))
	require.Equal(t, digest("cos14_first64_sha256"), sha(m.Tables.Cos))
	require.Equal(t, digest("sin14_first64_sha256"), sha(m.Tables.Sin))
	// The golden table starts at g = -32768, the model's at 0.
	require.Equal(t, digest("SILU_sha256"), sha(append(m.Tables.Silu[32768:], m.Tables.Silu[:32768]...)))
}

// checkLinear compares the exponent, the largest weight and, where known, the
// first four rows of a matrix.
func (g *golden) checkLinear(t *testing.T, name string, l llama.Linear) {
	require.Equal(t, g.Ew[name], l.Exp, name)
	w := l.Matrix.(*kernel.W16)
	var largest int16
	for _, v := range w.Data {
		largest = max(largest, v, -v)
	}
	require.Equal(t, g.Largest[name], int(largest), name)
	if want, ok := g.Weights[name]; ok {
		require.Equal(t, want, fingerprintOf(w.Data[:4*w.Cols]), name)
	}
}

func sha(table []int16) string {
	var b []byte
	for _, v := range table {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return fmt.Sprintf("%x", sha256.Sum256(b))
}

// run computes the passage through the first layers and compares the trace.
func (g *golden) run(t *testing.T, m *llama.Model, layers int) []int32 {
	s := m.NewSession()
	x := make([]int32, len(g.IDs)*m.Config.Dim)
	require.NoError(t, s.Embed(g.IDs, x))
	var tr llama.BlockTrace
	for l := range layers {
		require.NoError(t, s.Block(l, 0, x, &tr))
		if _, ok := g.Trace[fmt.Sprintf("%d.q", l)]; ok {
			g.checkTrace(t, &tr)
		}
	}
	return x
}

func (g *golden) checkTrace(t *testing.T, tr *llama.BlockTrace) {
	down := make([]int64, len(tr.DownAcc))
	for i, acc := range tr.DownAcc {
		var ok bool
		down[i], ok = acc.Int64()
		require.True(t, ok)
	}
	for name, got := range map[string]fingerprint{
		"norm1.x": fingerprintOf(tr.In), "norm1.n": fingerprintOf(tr.Attn.N),
		"q": fingerprintOf(tr.Q), "k": fingerprintOf(tr.K), "v": fingerprintOf(tr.V),
		"o.in": fingerprintOf(tr.O), "o.acc": fingerprintOf(tr.OAcc),
		"norm0.x": fingerprintOf(tr.Mid), "norm0.n": fingerprintOf(tr.FFN.N),
		"g": fingerprintOf(tr.G), "u.acc": fingerprintOf(tr.U),
		"d.in": fingerprintOf(tr.H), "d.acc": fingerprintOf(down),
	} {
		key := fmt.Sprintf("%d.%s", tr.Layer, name)
		require.Equal(t, g.Trace[key], got, key)
	}
}

func (g *golden) checkHead(t *testing.T, m *llama.Model, x []int32) {
	var head llama.HeadTrace
	require.NoError(t, m.NewSession().Head(x, &head))
	require.Equal(t, g.Trace["f.norm.x"], fingerprintOf(head.In))
	require.Equal(t, g.Trace["f.norm.n"], fingerprintOf(head.Norm.N))
	for p, top := range g.Top5 {
		logits := head.Logits[p*m.Config.Vocab:]
		for i, id := range top.IDs {
			require.Equal(t, top.Acc[i], logits[id], "position %d, token %d", p, id)
		}
		require.Equal(t, top.Acc[0], logits[head.Argmax[p]])
	}
}

// With the golden exponents, the weights, tables, traced integers and logits equal the
// measured prototype's, bit for bit.
func TestSmolGoldenPassage(t *testing.T) {
	g := readGolden(t)
	m := g.build(t)
	g.checkModel(t, m)
	g.checkHead(t, m, g.run(t, m, m.Config.Layers))
}
