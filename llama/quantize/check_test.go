package quantize

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/kernel"
	"fold.example/fold/llama"
	"fold.example/fold/llama/source/sourcetest"
)

// checked returns a small source with two layers, and calibration windows.
func checked(scheme Weights) (synthetic, [][]int) {
	src := synthetic{digits: scheme == Ternary, Model: sourcetest.Model{Seed: 11,
		Config: llama.Config{Dim: 40, Hidden: 70, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 10, Vocab: 30,
			Context: 24, RMSEps: 1e-5, Rope: llama.Rope{Theta: 1e4}}}}
	rng := rand.New(rand.NewPCG(3, 4))
	windows := make([][]int, 6)
	for i := range windows {
		for range 20 {
			windows[i] = append(windows[i], rng.IntN(30))
		}
	}
	return src, windows
}

// imported returns the honest import of a source.
func imported(t *testing.T, scheme Weights, gptq bool) (synthetic, [][]int, *llama.Model) {
	src, windows := checked(scheme)
	m, _, err := Build(context.Background(), src, Options{Weights: scheme, NoGPTQ: !gptq, Windows: windows})
	require.NoError(t, err)
	return src, windows, m
}

func check(t *testing.T, src synthetic, m *llama.Model, opts Options) *Comparison {
	c, err := Check(context.Background(), src, m, opts)
	require.NoError(t, err)
	return c
}

func TestCheckOfAnHonestImport(t *testing.T) {
	for _, x := range []struct {
		scheme Weights
		gptq   bool
	}{{W16, false}, {W8, false}, {W8, true}, {Ternary, false}} {
		src, windows, m := imported(t, x.scheme, x.gptq)
		c := check(t, src, m, Options{})
		require.Empty(t, c.Differences, "%v", x)
		require.Equal(t, x.gptq, c.Rounding == ByGPTQ)
		require.Equal(t, x.gptq, c.Steps > 0)
		require.Greater(t, c.Values, int64(1<<17))
		c = check(t, src, m, Options{Windows: windows, NoGPTQ: !x.gptq})
		require.Empty(t, c.Differences, "%v exactly", x)
		require.Equal(t, x.gptq, c.Rounding == ByGPTQ)
	}
	src, windows, m := imported(t, W8, true)
	require.NotEmpty(t, check(t, src, m, Options{Windows: windows, NoGPTQ: true}).Differences)
}

// change adds one to a value of a slice, or subtracts one if the sum is out of the range
// of its type or of a rule. It returns a function that restores the value.
func change[T int8 | int16 | uint16](s []T, i int) (undo func()) {
	old := s[i]
	if old >= 100 {
		s[i]--
	} else {
		s[i]++
	}
	return func() { s[i] = old }
}

// alter changes entry [y, k] of a matrix by one unit, step or digit.
func alter(m kernel.Matrix, y, k int) (undo func()) {
	switch m := m.(type) {
	case *kernel.W16:
		return change(m.Data, y*m.Cols+k)
	case *kernel.W8:
		return change(m.Data, y*m.Cols+k)
	case *kernel.Ternary:
		i, old := y*m.Stride()+k/5, m.Data[y*m.Stride()+k/5]
		power := byte([]int{1, 3, 9, 27, 81}[k%5])
		if m.At(y, k) > 0 {
			m.Data[i] -= 2 * power
		} else {
			m.Data[i] += power
		}
		return func() { m.Data[i] = old }
	}
	panic("no such matrix")
}

// requireFound requires that a check finds one difference, at the given place.
func requireFound(t *testing.T, src synthetic, m *llama.Model, opts Options, tensor string, row, col int) {
	t.Helper()
	c := check(t, src, m, opts)
	require.Len(t, c.Differences, 1, "%s: %v", tensor, c.Differences)
	d := c.Differences[0]
	require.Equal(t, []any{tensor, row, col, 1}, []any{d.Tensor, d.Row, d.Column, d.Count})
	require.NotEqual(t, d.Found, d.Expected)
}

// A check finds and names a single value that is off by one, in any tensor of any scheme.
func TestCheckNamesEachAlteredWeight(t *testing.T) {
	for _, scheme := range []Weights{W16, W8, Ternary} {
		src, windows, m := imported(t, scheme, false)
		for _, opts := range []Options{{}, {Windows: windows, NoGPTQ: true}} {
			for l := range m.Layers {
				for i, n := range m.Layers[l].Linears() {
					rows, cols := n.Matrix.Dims()
					for _, at := range [][2]int{{0, 0}, {rows - 1, cols - 1}, {rows / 2, (7*i + 3) % cols}} {
						undo := alter(n.Matrix, at[0], at[1])
						requireFound(t, src, m, opts, fmt.Sprintf("layer %d %s", l, n.Name), at[0], at[1])
						undo()
					}
				}
			}
			undo := alter(m.Head.Matrix, 29, 39)
			requireFound(t, src, m, opts, "head", 29, 39)
			undo()
			undo = change(m.Embedding, 17*40+5)
			requireFound(t, src, m, opts, "embedding", 17, 5)
			undo()
			require.Empty(t, check(t, src, m, opts).Differences)
		}
	}
}

func TestCheckNamesAlteredMultipliersAndGains(t *testing.T) {
	src, _, m := imported(t, W8, false)
	undo := change(m.Layers[1].Up.Matrix.(*kernel.W8).Mul, 3*2+1)
	requireFound(t, src, m, Options{}, "multipliers of layer 1 up", 3, 1)
	undo()
	undo = change(m.Head.Matrix.(*kernel.W8).Mul, 0)
	requireFound(t, src, m, Options{}, "multipliers of head", 0, 0)
	undo()

	src, _, m = imported(t, Ternary, false)
	undo = change(m.Layers[0].AttnGain, 39)
	requireFound(t, src, m, Options{}, "layer 0 attention norm", 0, 39)
	undo()
	undo = change(m.Layers[1].FFNGain, 2)
	requireFound(t, src, m, Options{}, "layer 1 feed-forward norm", 0, 2)
	undo()
	m.Layers[1].Down.Matrix.(*kernel.Ternary).Mul++
	requireFound(t, src, m, Options{}, "multiplier of layer 1 down", -1, -1)
}

// Every entry of a table, the first and the last rows included, must be the rounded value
// of its rule.
func TestCheckNamesAlteredTables(t *testing.T) {
	src, windows, m := imported(t, W16, false)
	for _, opts := range []Options{{}, {Windows: windows}} {
		for _, x := range []struct {
			name     string
			table    []int16
			i, width int
		}{
			{"EXP", m.Tables.Exp, 1, 1}, {"EXP", m.Tables.Exp, 700, 1}, {"EXP", m.Tables.Exp, 65534, 1},
			{"SILU", m.Tables.Silu, 1, 1}, {"SILU", m.Tables.Silu, 32768, 1}, {"SILU", m.Tables.Silu, 65535, 1},
			{"cos", m.Tables.Cos, 7, 5}, {"cos", m.Tables.Cos, 24*5 - 1, 5},
			{"sin", m.Tables.Sin, 0, 5}, {"sin", m.Tables.Sin, 24*5 - 1, 5},
		} {
			undo := change(x.table, x.i)
			requireFound(t, src, m, opts, x.name, x.i/x.width, x.i%x.width)
			undo()
		}
	}
	for _, row0 := range []*int16{&m.Tables.Silu[0], &m.Tables.Exp[0], &m.Tables.Exp[65535]} {
		old := *row0
		*row0 = 3
		_, err := Check(context.Background(), src, m, Options{})
		require.ErrorIs(t, err, llama.ErrInvalid)
		*row0 = old
	}
}

func TestCheckNamesAlteredConfigurationAndScales(t *testing.T) {
	for name, alter := range map[string]func(m *llama.Model){
		"config rms_eps":    func(m *llama.Model) { m.Config.RMSEps = 1e-6 },
		"config rope theta": func(m *llama.Model) { m.Config.Rope.Theta = 10001 },
		"config rope scaling": func(m *llama.Model) {
			m.Config.Rope.Scaling = llama.RopeScaling{Kind: "linear",
				Factor: 2}
		},
		"config tied":              func(m *llama.Model) { m.Config.Tied = true },
		"scale eps":                func(m *llama.Model) { m.Scales.Eps++ },
		"scale exp":                func(m *llama.Model) { m.Scales.Exp++ },
		"scale softmax":            func(m *llama.Model) { m.Scales.Softmax = 48 },
		"scale norm":               func(m *llama.Model) { m.Scales.Norm-- },
		"scale silu":               func(m *llama.Model) { m.Scales.Silu-- },
		"exponent of layer 1 gate": func(m *llama.Model) { m.Layers[1].Gate.Exp-- },
		"exponent of layer 0 down": func(m *llama.Model) { m.Layers[0].Down.Exp-- },
		"exponent of head":         func(m *llama.Model) { m.Head.Exp++ },
	} {
		src, _, m := imported(t, W16, false)
		alter(m)
		c := check(t, src, m, Options{})
		require.True(t, slices.ContainsFunc(c.Differences, func(d Difference) bool { return d.Tensor == name }),
			"%s: %v", name, c.Differences)
	}
}

// A check compares the numbers of heads, too: tensors of models with other widths of a head
// can have the same shapes.
func TestCheckOfAnotherShape(t *testing.T) {
	src, windows, m := imported(t, W16, false)
	other := src
	other.Model.Config.Heads, other.Model.Config.KVHeads, other.Model.Config.HeadDim = 20, 10, 2
	c := check(t, other, m, Options{})
	require.Equal(t, []string{"config heads", "config kv_heads", "config head_dim"},
		[]string{c.Differences[0].Tensor, c.Differences[1].Tensor, c.Differences[2].Tensor})
	require.Equal(t, []string{"4", "20"}, []string{c.Differences[0].Found, c.Differences[0].Expected})

	short, _, err := Build(context.Background(), src, Options{Weights: W16, Windows: windows, Context: 20})
	require.NoError(t, err)
	c = check(t, src, short, Options{})
	require.Equal(t, []Difference{{"config context", -1, -1, "20", "24", 1}}, c.Differences)
	require.Empty(t, check(t, src, short, Options{Context: 20}).Differences)
}

// A check without windows accepts the model's calibrated scales; an exact check compares
// them.
func TestCheckOfScalesOfAnotherCalibration(t *testing.T) {
	src, windows, m := imported(t, W16, false)
	exps := exponentsOf(m)
	exps.V[1] -= 2
	other, _, err := Build(context.Background(), src, Options{Weights: W16, Exponents: exps})
	require.NoError(t, err)
	require.Empty(t, check(t, src, other, Options{}).Differences)
	c := check(t, src, other, Options{Windows: windows})
	require.Equal(t, "layer 1 exponent of values", c.Differences[0].Tensor)

	m.Scales.Residual++ // the embedding would not fit
	c = check(t, src, m, Options{})
	require.Equal(t, "scale residual", c.Differences[0].Tensor)
}

// ruled corrects scales outside the ranges of calibration and keeps calibrated scales.
func TestExponentsThatNoCalibrationGives(t *testing.T) {
	cfg := llama.Config{Dim: 576, Layers: 2, HeadDim: 64, Context: 256}
	right := Exponents{Residual: 13, Norm: 10, Gate: 9, Silu: 9, Exp: 8, Softmax: 32,
		Q: []int{13, 12}, K: []int{9, 12}, V: []int{13, 12}}
	got, err := right.ruled(cfg, 1.5)
	require.NoError(t, err)
	require.Equal(t, right, got)
	wrong := Exponents{Residual: 29, Norm: 12, Gate: 9, Silu: 4, Exp: 2, Softmax: 48,
		Q: []int{19, 12}, K: []int{9, 99}, V: []int{13, -99}}
	got, err = wrong.ruled(cfg, 1.5)
	require.NoError(t, err)
	require.Equal(t, Exponents{Residual: 14, Norm: 10, Gate: 9, Silu: 9, Exp: 8, Softmax: 32,
		Q: []int{15, 12}, K: []int{9, 12}, V: []int{13, -60}}, got)
	wrong.K[0] = -40
	_, err = wrong.ruled(cfg, 1.5)
	require.ErrorIs(t, err, llama.ErrInvalid)
}

func TestCheckOfAnotherScheme(t *testing.T) {
	_, _, m := imported(t, Ternary, false)
	src, _ := checked(W16)
	c := check(t, src, m, Options{})
	require.Contains(t, c.Differences[0].Expected, ErrNotTernary.Error())
}

// Rounding by GPTQ is bounded for each weight and for each matrix.
func TestCheckBoundsGPTQ(t *testing.T) {
	src, windows, m := imported(t, W8, true)
	data := m.Layers[0].O.Matrix.(*kernel.W8).Data
	old := slices.Clone(data)
	i := slices.IndexFunc(data, func(w int8) bool { return w < 50 && w > 0 })
	data[i] += MaxSteps + 2
	requireFound(t, src, m, Options{}, "layer 0 o", i/40, i%40)
	data[i] = old[i] + 1
	require.Empty(t, check(t, src, m, Options{}).Differences, "one step is within what GPTQ does")
	requireFound(t, src, m, Options{Windows: windows}, "layer 0 o", i/40, i%40)
	for i, w := range old {
		data[i] = w + 2
		if w > 100 {
			data[i] = w - 2
		}
	}
	c := check(t, src, m, Options{})
	require.Len(t, c.Differences, 1)
	require.Equal(t, "layer 0 o", c.Differences[0].Tensor)
	require.Contains(t, c.Differences[0].Found, "mean square distance")
}

func TestCheckIsCancelled(t *testing.T) {
	src, _, m := imported(t, W16, false)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Check(ctx, src, m, Options{})
	require.ErrorIs(t, err, context.Canceled)
}

// A repeated import gives an equal model, with one thread and with many.
func TestImportIsReproducible(t *testing.T) {
	for _, scheme := range []Weights{W16, W8, Ternary} {
		_, _, want := imported(t, scheme, true)
		for _, threads := range []int{1, 2, 7} {
			old := runtime.GOMAXPROCS(threads)
			_, _, got := imported(t, scheme, true)
			runtime.GOMAXPROCS(old)
			require.Equal(t, want.Fingerprint(), got.Fingerprint(), "%s with %d threads", scheme, threads)
		}
	}
}
