package quantize

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
	"fold.example/fold/llama/float"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/source/sourcetest"
)

// synthetic is a source of random weights.
type synthetic struct {
	sourcetest.Model
	digits bool // ternary blocks
}

func (s synthetic) Config() llama.Config { return s.Model.Config }

func (s synthetic) ReadRows(t source.Tensor, lo, hi int, dst []float32) error {
	cols := len(dst) / max(1, hi-lo)
	block := t.Kind.PerLayer() && t.Kind != source.AttnNorm && t.Kind != source.FFNNorm
	for y := lo; y < hi; y++ {
		row := dst[(y-lo)*cols:][:cols]
		s.Row(t, y, row)
		for i, w := range row {
			if s.digits && block {
				row[i] = 0.03125 * float32(int(math.Float32bits(w)>>18)%3-1)
			}
		}
	}
	return nil
}

func drawSource(t *rapid.T) synthetic {
	kv := rapid.IntRange(1, 2).Draw(t, "kv heads")
	return synthetic{Model: sourcetest.Model{Seed: rapid.Uint64().Draw(t, "seed"), Config: llama.Config{
		Dim: rapid.IntRange(2, 70).Draw(t, "dim"), Hidden: rapid.IntRange(2, 140).Draw(t, "hidden"),
		Layers: rapid.IntRange(1, 2).Draw(t, "layers"), KVHeads: kv,
		Heads: kv * rapid.IntRange(1, 3).Draw(t, "group"), HeadDim: 2 * rapid.IntRange(1, 17).Draw(t, "pairs"),
		Vocab: rapid.IntRange(2, 60).Draw(t, "vocab"), Context: 40, RMSEps: 1e-5, Rope: llama.Rope{Theta: 1e4},
	}}}
}

func drawWindows(t *rapid.T, cfg llama.Config) [][]int {
	id := rapid.IntRange(0, cfg.Vocab-1)
	return rapid.SliceOfN(rapid.SliceOfN(id, 1, 40), 1, 4).Draw(t, "windows")
}

// For every scheme and shape, an import obeys all rules of package llama, and its weights
// are the merged weights up to half a unit.
func TestImportOfRandomShapes(t *testing.T) {
	for _, scheme := range []Weights{W16, W8, Ternary} {
		rapid.Check(t, func(t *rapid.T) {
			src := drawSource(t)
			src.digits = scheme == Ternary
			m, report, err := Build(context.Background(), src, Options{
				Weights: scheme, NoGPTQ: true, Windows: drawWindows(t, src.Config())})
			require.NoError(t, err)
			require.NoError(t, m.Validate())
			require.Equal(t, llama.Scheme(scheme), report.Scheme)
			for l := range m.Layers {
				checkLayer(t, src, m, l)
			}
			final, err := readRow(src, source.Tensor{Kind: source.FinalNorm})
			require.NoError(t, err)
			checkRounded(t, newTensor(src, source.Tensor{Kind: source.Head}, final), m.Head)
		})
	}
}

func checkLayer(t *rapid.T, src synthetic, m *llama.Model, l int) {
	im := importer{src: src, cfg: m.Config}
	gains, err := im.gains(l)
	require.NoError(t, err)
	layer, a := &m.Layers[l], m.Config.Architecture()
	if m.Scheme == llama.Ternary {
		for w := range a.Norms() {
			ints, exp := w.Gain(layer)
			for i, g := range *ints {
				require.InDelta(t, gains[w.Kind][i], math.Ldexp(float64(g), -*exp), math.Ldexp(0.5, -*exp), w.Name)
			}
		}
		gains = nil
	}
	for w := range a.Matrices() {
		checkRounded(t, im.matrix(l, w, gains), *w.Linear(layer))
	}
}

// checkRounded compares a matrix with its weights before rounding. Rounding to the nearest
// is off by at most half a unit; the unit of W8 is the multiplier.
func checkRounded(t *rapid.T, exact *tensor, got llama.Linear) {
	rows := make([][]float64, exact.rows)
	require.NoError(t, exact.each(func(y int, row []float64) { rows[y] = append([]float64(nil), row...) }))
	for y, row := range rows {
		for k, w := range row {
			unit := 1.0
			if m, ok := got.Matrix.(*kernel.W8); ok {
				unit = float64(m.Mul[y*m.Groups()+k/kernel.GroupSize])
			}
			require.InDelta(t, math.Ldexp(w, got.Exp), float64(got.At(y, k)), unit/2, "%v row %d column %d", exact.name,
				y, k)
		}
	}
}

// The import does not depend on the number of threads.
func TestImportDoesNotDependOnThreads(t *testing.T) {
	src := synthetic{Model: sourcetest.Model{Seed: 3, Config: llama.Config{Dim: 100, Hidden: 300, Layers: 2, Heads: 4,
		KVHeads: 2, HeadDim: 26, Vocab: 200, Context: 64, RMSEps: 1e-5, Rope: llama.Rope{Theta: 1e4}}}}
	windows := make([][]int, 20)
	for i := range windows {
		for p := range 64 {
			windows[i] = append(windows[i], (i*71+p*p)%200)
		}
	}
	build := func(threads int) *llama.Model {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
		m, _, err := Build(context.Background(), src, Options{Weights: W8, Windows: windows})
		require.NoError(t, err)
		return m
	}
	require.Equal(t, build(1), build(5))
}

// GPTQ makes the error of the outputs on its inputs smaller than rounding does.
func TestGPTQBeatsRounding(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	src := synthetic{Model: sourcetest.Model{Seed: 9, Config: llama.Config{Dim: 150, Hidden: 64, Layers: 1, Heads: 3,
		KVHeads: 3, HeadDim: 32, Vocab: 9, Context: 8, Rope: llama.Rope{Theta: 1e4}}}}
	const tokens = 700
	inputs := make([]float32, tokens*150) // strongly correlated
	for i := range tokens {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		for k := range 150 {
			inputs[i*150+k] = float32(a*math.Sin(float64(k)) + b*float64(k%7)/3 + rng.NormFloat64()/10)
		}
	}
	h := newHessian(150)
	h.add(inputs)
	inv, err := h.invert()
	require.NoError(t, err)
	exact := newTensor(src, source.Tensor{Kind: source.V}, nil)
	const exp = 8 // few bits, so that rounding hurts
	plain, err := exact.w8(exp)
	require.NoError(t, err)
	clever, err := exact.gptq(exp, inv)
	require.NoError(t, err)
	require.Less(t, outputError(t, exact, clever, inputs), outputError(t, exact, plain, inputs)/2)
}

func outputError(t *testing.T, exact *tensor, got llama.Linear, inputs []float32) float64 {
	diff := float.NewMatrix(exact.rows, exact.cols)
	row32 := make([][]float32, exact.rows)
	require.NoError(t, exact.each(func(y int, row []float64) {
		for k, w := range row {
			row32[y] = append(row32[y], float32(w-math.Ldexp(float64(got.At(y, k)), -got.Exp)))
		}
	}))
	for y, row := range row32 {
		diff.SetRows(y, row)
	}
	out := make([]float32, len(inputs)/exact.cols*exact.rows)
	diff.Mul(out, inputs)
	return squareNorm(out)
}

// U^T U is the inverse of the damped Hessian in the order of the columns.
func TestInverseOfHessian(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		inputs := make([]float32, n*rapid.IntRange(1, 60).Draw(t, "inputs"))
		for i := range inputs {
			inputs[i] = float32(rng.NormFloat64() * float64(i%n)) // the first column is dead
		}
		h := newHessian(n)
		h.add(inputs)
		inv, err := h.invert()
		require.NoError(t, err)
		order, at := h.damped()
		require.Equal(t, order, inv.order)
		for i := range n {
			for j := range n {
				sum := 0.0 // an entry of H U^T U
				for k := range n {
					for l := range n {
						sum += at(i, l) * float64(inv.u[k*n+l]) * float64(inv.u[k*n+j])
					}
				}
				want := 0.0
				if i == j {
					want = 1
				}
				require.InDelta(t, want, sum, 2e-3)
			}
		}
	})
}

func TestHessianShortensLongInputs(t *testing.T) {
	h := newHessian(2)
	h.clip = 4
	h.add([]float32{3, 4, 1, 0})
	require.InDeltaSlice(t, []float64{4*9.0/25 + 1, 4 * 12.0 / 25, 4 * 12.0 / 25, 4 * 16.0 / 25}, h.sum, 1e-5)
}

func TestExponentsOfRule4(t *testing.T) {
	cfg := llama.Config{Dim: 576, Layers: 2, HeadDim: 64, Context: 256}
	m := maxima{q: []float64{1.9, 0.001}, k: []float64{20, 0.001}, v: []float64{1, 2},
		gate: 51, residual: 20000, embedding: 1.5}
	e, err := m.exponents(cfg)
	require.NoError(t, err)
	require.Equal(t, Exponents{Residual: 13, Norm: 10, Gate: 9, Silu: 9, Exp: 8, Softmax: 32,
		// Tiny queries and keys: lowered until the shift of scores is 16.
		Q: []int{13, 12}, K: []int{9, 12}, V: []int{13, 12}}, e)
	cfg.Context = 257
	e, err = m.exponents(cfg)
	require.NoError(t, err)
	require.Equal(t, 48, e.Softmax)
	require.Equal(t, int64(386547), e.scales(llama.Config{Dim: 576, RMSEps: 1e-5}).Eps)

	m.q[0] = 1e6
	_, err = m.exponents(cfg)
	require.ErrorIs(t, err, llama.ErrInvalid)
}

func TestFloorLog2(t *testing.T) {
	for x, want := range map[float64]int{1: 0, 1024: 10, math.Nextafter(1024, 0): 9, 0.25: -2,
		math.Inf(1): 2 * maxExp} {
		require.Equal(t, want, floorLog2(x))
	}
}

// TestTernaryBelowHalfAUnit: a ternary matrix whose scale rounds to zero has digits of zero; at half a
// unit and above it keeps its signs.
func TestTernaryBelowHalfAUnit(t *testing.T) {
	src := synthetic{Model: sourcetest.Model{Seed: 7, Config: llama.Config{Dim: 8, Hidden: 8, Layers: 1, Heads: 1,
		KVHeads: 1, HeadDim: 8, Vocab: 4, Context: 8}}, digits: true}
	m := newTensor(src, source.Tensor{Kind: source.O}, nil)
	signs := 0
	for exp, unit := range map[int]float64{3: 0, 4: 1, 5: 1} { // 2^-5 2^3 is below a half
		got, err := m.ternary(0.03125, exp)
		require.NoError(t, err)
		require.NoError(t, m.each(func(y int, row []float64) {
			for k, w := range row {
				want := unit * w / 0.03125
				require.InDelta(t, want, float64(got.At(y, k)), 0, "row %d column %d at exponent %d", y, k, exp)
				if want != 0 {
					signs++
				}
			}
		}))
	}
	require.Positive(t, signs)
}
