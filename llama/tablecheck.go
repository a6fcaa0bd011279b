package llama

import "math"

// tableSlack is how near to the middle of two integers a value may be for a table
// to have either. Math libraries differ by a few units in the last place of a
// float64: an angle of up to 2^17 positions and 2^14 times its sine are then off by
// less than 2^-19.
const tableSlack = 1.0 / (1 << 16)

// Compare calls differs with each entry of the tables that is not the value of its
// rule, rounded: the value lies more than half a unit, and tableSlack, away. A
// table of cos or sin has Context rows of HeadDim/2 columns, the others one column.
// The tables must have the sizes that Validate demands.
func (t Tables) Compare(cfg Config, s Scales, differs func(table string, row, col int, found int16, value float64)) {
	check := func(table string, row, col int, found int16, value float64) {
		if !(math.Abs(float64(found)-value) <= 0.5+tableSlack) {
			differs(table, row, col, found, value)
		}
	}
	for d, e := range t.Exp {
		check("EXP", d, 0, e, expValue(d, s.Exp))
	}
	for i, v := range t.Silu {
		check("SILU", i, 0, v, siluValue(int16(i), s.Gate, s.Silu))
	}
	freqs := cfg.Rope.Frequencies(cfg.HeadDim)
	for p := range cfg.Context {
		for i, f := range freqs {
			cos, sin := ropeValues(p, f)
			check("cos", p, i, t.Cos[p*len(freqs)+i], cos)
			check("sin", p, i, t.Sin[p*len(freqs)+i], sin)
		}
	}
}
