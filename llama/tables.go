package llama

import "math"

// Tables are the functions that the model looks up. They are data of the
// model, hashed into its id, never recomputed in floating point later on.
type Tables struct {
	Cos, Sin []int16 // [Context][HeadDim/2], 2^14 times
	Exp      []int16 // [65536], EXP[D] = round(32767 exp(-D/2^t))
	Silu     []int16 // [65536], at index uint16(g): round(2^es silu(g/2^eg))
}

const (
	tableRows = 1 << 16
	ropeExp   = 14 // exponent of Cos and Sin
	maxS16    = math.MaxInt16
	minS16    = math.MinInt16
)

// NewTables computes the tables of a model in float64. Platforms may differ in
// the last bit of math.Exp or math.Cos, and so, rarely, in an entry: that is
// why tables are written into the model and not made anew by its readers.
func NewTables(cfg Config, scales Scales) (Tables, error) {
	if err := cfg.Validate(); err != nil {
		return Tables{}, err
	}
	if err := scales.Validate(); err != nil {
		return Tables{}, err
	}
	t := Tables{Exp: expTable(scales.Exp)}
	t.Cos, t.Sin = ropeTables(cfg)
	var err error
	t.Silu, err = siluTable(scales.Gate, scales.Silu)
	return t, err
}

func expTable(t int) []int16 {
	table := make([]int16, tableRows)
	for d := range table {
		table[d] = int16(roundHalfUp(expValue(d, t)))
	}
	return table
}

// expValue is EXP[d] before rounding.
func expValue(d, t int) float64 { return maxS16 * math.Exp(-math.Ldexp(float64(d), -t)) }

// siluValue is SILU[g] before rounding.
func siluValue(g int16, eg, es int) float64 {
	z := math.Ldexp(float64(g), -eg)
	return math.Ldexp(z/(1+math.Exp(-z)), es)
}

func siluTable(eg, es int) ([]int16, error) {
	table := make([]int16, tableRows)
	for i := range table {
		s := roundHalfUp(siluValue(int16(i), eg, es))
		if s < minS16 || s > maxS16 {
			return nil, invalidf("SILU[%d] with exponents %d and %d is %g, beyond 16 bits", i, eg, es, s)
		}
		table[i] = int16(s)
	}
	return table, nil
}

func ropeTables(cfg Config) (cos, sin []int16) {
	freqs := cfg.Rope.Frequencies(cfg.HeadDim)
	cos = make([]int16, 0, cfg.Context*len(freqs))
	sin = make([]int16, 0, cfg.Context*len(freqs))
	for p := range cfg.Context {
		for _, f := range freqs {
			c, s := ropeValues(p, f)
			cos = append(cos, int16(roundHalfUp(c)))
			sin = append(sin, int16(roundHalfUp(s)))
		}
	}
	return cos, sin
}

// ropeValues are cos and sin of a frequency at position p before rounding.
func ropeValues(p int, freq float64) (cos, sin float64) {
	s, c := math.Sincos(float64(p) * freq)
	return math.Ldexp(c, ropeExp), math.Ldexp(s, ropeExp)
}

// Frequencies returns for each of the headDim/2 pairs the angle in radians by
// which it turns from one position to the next: theta^(-2i/hd), scaled.
func (r Rope) Frequencies(headDim int) []float64 {
	freqs := make([]float64, headDim/2)
	for i := range freqs {
		f := math.Pow(r.Theta, -2*float64(i)/float64(headDim))
		switch r.Scaling.Kind {
		case "linear":
			f /= r.Scaling.Factor
		case "llama3":
			f = r.Scaling.llama3(f)
		case "factors":
			f /= r.Scaling.Factors[i]
		}
		freqs[i] = f
	}
	return freqs
}

// llama3 slows down the frequencies whose wave is longer than the original
// context: fully above OriginalContext/LowFreqFactor, not at all below
// OriginalContext/HighFreqFactor, and by linear interpolation between.
func (s RopeScaling) llama3(f float64) float64 {
	waves := float64(s.OriginalContext) * f / (2 * math.Pi) // in the original context
	switch {
	case waves > s.HighFreqFactor:
		return f
	case waves < s.LowFreqFactor:
		return f / s.Factor
	}
	smooth := (waves - s.LowFreqFactor) / (s.HighFreqFactor - s.LowFreqFactor)
	return (1-smooth)*f/s.Factor + float64(smooth*f)
}

// roundHalfUp is floor(x + 1/2). The conversion keeps compilers from fusing the sum
// with a product that x is.
func roundHalfUp(x float64) float64 { return math.Floor(float64(x) + 0.5) }

// validate checks the properties of the tables that the rules rely on: their
// sizes, that a zero index is a true row with value zero (EXP is looked up at
// 65535 - D), that a row's maximum gives the largest exponential, that
// exponentials are not negative and that no rotation lengthens.
func (t Tables) validate(cfg Config) error {
	rope := cfg.Context * cfg.HeadDim / 2
	if len(t.Cos) != rope || len(t.Sin) != rope {
		return invalidf("cos and sin have %d and %d entries, expected %d", len(t.Cos), len(t.Sin), rope)
	}
	if len(t.Exp) != tableRows || len(t.Silu) != tableRows {
		return invalidf("EXP and SILU have %d and %d entries, expected %d", len(t.Exp), len(t.Silu), tableRows)
	}
	if t.Silu[0] != 0 {
		return invalidf("SILU[0] is %d, expected 0: steps that look it up have no proof, import the model again", t.Silu[0])
	}
	if t.Exp[0] != maxS16 || t.Exp[tableRows-1] != 0 {
		return invalidf("EXP runs from %d to %d, expected %d to 0: import the model again",
			t.Exp[0], t.Exp[tableRows-1], maxS16)
	}
	for d, e := range t.Exp {
		if e < 0 {
			return invalidf("EXP[%d] is %d, expected no negative entry", d, e)
		}
	}
	for i := range t.Cos {
		if abs(int64(t.Cos[i])) > 1<<ropeExp || abs(int64(t.Sin[i])) > 1<<ropeExp {
			return invalidf("cos or sin entry %d is beyond 2^%d", i, ropeExp)
		}
	}
	return nil
}

func abs(x int64) int64 { return max(x, -x) }
