package llamatest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"fold.example/fold/llama"
)

// Extended is a LLaMA with all that an architecture may add: every matrix of a block has a
// bias, the gate's table is GELU (in its sigmoid form), and queries, keys and values are looked
// up in tables of their own.
func Extended() *llama.Architecture {
	a := llama.LLaMA()
	a.Name = "extended"
	kind := llama.Down
	for w := range llama.LLaMA().Matrices() {
		kind++
		a.Block = append(a.Block, llama.Weight{
			Kind: kind, Name: w.Name + " bias", Symbol: w.Symbol + "Bias", Cols: w.Rows, BiasOf: w.Kind,
		})
	}
	gate := a.TableOf(llama.Gate)
	gate.Name, gate.Symbol = "GELU", "gelu"
	gate.Function = func(x float64) float64 { return x / (1 + math.Exp(-1.702*x)) }
	gate.Rule = func(_ llama.Config, s llama.Scales) llama.TableRule {
		return func(row, _ int) float64 {
			x := math.Ldexp(float64(int16(row)), -s.Gate)
			return math.Ldexp(x/(1+math.Exp(-1.702*x)), s.Silu)
		}
	}
	a.Tables = append(a.Tables,
		Homogeneous(0, "ABS", llama.Q, math.Abs),
		Homogeneous(1, "LEAKY", llama.K, func(x float64) float64 { return max(x, x/4) }),
		Homogeneous(2, "RELU", llama.V, func(x float64) float64 { return max(x, 0) }))
	return a
}

// Homogeneous is the table of a function f with f(c x) = c f(x) for c > 0, which holds for all
// exponents, cut off at 32767. Its entries are llama.Tables.Further[place].
func Homogeneous(place int, name string, of llama.Kind, f func(x float64) float64) llama.Table {
	return llama.Table{
		Name: name, Symbol: strings.ToLower(name), Rows: llama.Entry, SignedInput: true, Of: of, Function: f,
		Rule: func(llama.Config, llama.Scales) llama.TableRule {
			return func(row, _ int) float64 { return min(f(float64(int16(row))), math.MaxInt16) }
		},
		Entries: func(t *llama.Tables) *[]int16 { return &t.Further[place] },
	}
}

// addBiases draws the biases that the architecture of a model has, of about the size of the
// products.
func addBiases(rng *rand.Rand, m *llama.Model) {
	a := m.Config.Architecture()
	for i := range m.Layers {
		for w := range a.Matrices() {
			if a.Bias(w.Kind) == nil {
				continue
			}
			size := int64(1) << 16
			if r := a.RescaleOf(w.Kind); r != nil {
				k := r.Shift(a, &m.Layers[i], m.Scales)
				if size = 1 << (k + 8); w.Rotary {
					size >>= 16
				}
			}
			l := w.Linear(&m.Layers[i])
			for range w.Rows.Size(m.Config) {
				l.Bias = append(l.Bias, rng.Int64N(2*size)-size)
			}
		}
	}
}

// bias returns the entry of a part of a bias of layer l.
func (e Entries) bias(l *llama.Layer, name string, row func(axis llama.Axis) int) int64 {
	a := e.Config.Architecture()
	for _, w := range a.Block {
		var part int
		if n, _ := fmt.Sscanf(name, w.Symbol+".%d", &part); w.BiasOf == 0 || n != 1 {
			continue
		}
		// With 2^15 (1 + 2^16 + 2^32) added, the parts are the base 2^16 digits less 2^15.
		b := a.Weight(w.BiasOf).Linear(l).Bias[row(w.Cols)] + 1<<15 + 1<<31 + 1<<47
		return b>>(16*part)&0xffff - 1<<15
	}
	panic(name)
}
