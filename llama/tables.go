package llama

import "math"

// Tables are the functions that the model looks up. They are data of the model and
// covered by its id. Running or verifying a model does not compute them again.
type Tables struct {
	Cos, Sin []int16 // [Context][HeadDim/2], 2^14 times
	Exp      []int16 // [65536], EXP[D] = round(32767 exp(-D/2^t))
	Silu     []int16 // [65536], at index uint16(g): round(2^es silu(g/2^eg))

	// Further has the entries of the tables that another architecture adds. [Table.Entries]
	// chooses the place of each.
	Further [4][]int16
}

const (
	tableRows = 1 << 16
	ropeExp   = 14 // exponent of Cos and Sin
	maxS16    = math.MaxInt16
	minS16    = math.MinInt16
)

// Table describes one of a model's tables.
type Table struct {
	Name   string // in messages
	Symbol string // in the relation, in records and in claims
	// The entry for (row, column) is at row * Cols + column.
	Rows, Cols Axis
	// Reversed says that the relation stores the table from its end: its row j is the
	// entry 65535 - j.
	Reversed bool
	// SignedInput says that the input of a table of 65,536 rows is a signed number,
	// looked up at its two's complement.
	SignedInput bool
	// Of is the matrix (gate, q, k or v) whose product is the input of the table, rescaled to
	// 16 bits with saturation and, for q and k, after RoPE. Zero for a table that attention
	// reads. All layers share the table. The rule of a table for q, k or v must therefore hold
	// for every exponent, as the rule max(x, 0) does.
	Of Kind

	// Function is the real function of a table with Of, for package float.
	Function func(x float64) float64
	// Entries returns where a model keeps the entries, [Rows][Cols].
	Entries func(t *Tables) *[]int16
	// Rule returns the real function whose rounded values are the entries.
	Rule func(c Config, s Scales) TableRule
	// Check checks the properties of the entries that the rules of the model rely on, beyond
	// the properties that [Model.Validate] checks; nil for none.
	Check func(name string, entries []int16) error
}

// IsLookup reports whether the table maps inputs of 16 bits to outputs. Other tables have a
// row for each position.
func (t *Table) IsLookup() bool { return t.Rows == Entry }

// TableRule returns the real value of an entry, before rounding.
type TableRule func(row, col int) float64

// Len returns the number of entries in a model of a configuration.
func (t *Table) Len(c Config) int { return t.Rows.Size(c) * t.Cols.Size(c) }

// NewTables computes the tables of a model in float64. Platforms may differ in the last
// bit of math.Exp or math.Sincos, and so, rarely, in an entry: a model folder therefore
// holds the tables, and readers do not compute them again. The error wraps ErrInvalid.
func NewTables(cfg Config, scales Scales) (t Tables, err error) {
	if err := cfg.Validate(); err != nil {
		return Tables{}, err
	}
	if err := scales.Validate(); err != nil {
		return Tables{}, err
	}
	for i := range cfg.Architecture().Tables {
		table := &cfg.Architecture().Tables[i]
		if *table.Entries(&t), err = table.compute(cfg, scales); err != nil {
			return Tables{}, err
		}
	}
	return t, nil
}

func (t *Table) compute(cfg Config, scales Scales) ([]int16, error) {
	entries, cols := make([]int16, t.Len(cfg)), t.Cols.Size(cfg)
	rule := t.Rule(cfg, scales)
	for i := range entries {
		v := RoundHalfUp(rule(i/cols, i%cols))
		if v < minS16 || v > maxS16 {
			return nil, invalidf("%s[%d] is %g, expected %d to %d: choose smaller exponents", t.Name, i, v, minS16,
				maxS16)
		}
		entries[i] = int16(v)
	}
	return entries, nil
}

// expRule is 32767 exp(-D/2^t) for D = row.
func expRule(_ Config, s Scales) TableRule {
	return func(d, _ int) float64 { return maxS16 * math.Exp(-math.Ldexp(float64(d), -s.Exp)) }
}

// siluRule is 2^es silu(g/2^eg) for the signed 16-bit number g that row is in two's
// complement.
func siluRule(_ Config, s Scales) TableRule {
	return func(row, _ int) float64 {
		return math.Ldexp(silu(math.Ldexp(float64(int16(row)), -s.Gate)), s.Silu)
	}
}

func silu(x float64) float64 { return x / (1 + math.Exp(-x)) }

// cosRule is 2^14 cos of the angle of a pair at a position, and sinRule 2^14 sin. Both call
// math.Sincos, with which the tables of existing models were computed.
func cosRule(c Config, _ Scales) TableRule {
	freqs := c.Rope.Frequencies(c.HeadDim)
	return func(p, pair int) float64 {
		_, cos := math.Sincos(float64(p) * freqs[pair])
		return math.Ldexp(cos, ropeExp)
	}
}

func sinRule(c Config, _ Scales) TableRule {
	freqs := c.Rope.Frequencies(c.HeadDim)
	return func(p, pair int) float64 {
		sin, _ := math.Sincos(float64(p) * freqs[pair])
		return math.Ldexp(sin, ropeExp)
	}
}

// Frequencies returns for each of the headDim/2 pairs the angle in radians between one
// position and the next: theta^(-2i/hd), scaled.
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

// llama3 returns a frequency after the scaling of Llama 3. Wavelengths above
// OriginalContext/LowFreqFactor are stretched by Factor, wavelengths below
// OriginalContext/HighFreqFactor stay, and the ones between are interpolated linearly.
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

// validate checks the properties of the tables that the rules rely on: their sizes, and
// the properties that Table.Check and checkRowZero check.
func (t *Tables) validate(cfg Config) error {
	for i := range cfg.Architecture().Tables {
		table := &cfg.Architecture().Tables[i]
		entries := *table.Entries(t)
		if n := table.Len(cfg); len(entries) != n {
			return invalidf("%s has %d entries, expected %d", table.Name, len(entries), n)
		}
		if table.Check != nil {
			if err := table.Check(table.Name, entries); err != nil {
				return err
			}
		}
		if err := table.checkRowZero(entries); err != nil {
			return err
		}
	}
	return nil
}

// checkRowZero checks that row 0 of the relation's table is zero. Steps that look up a table
// with another row 0 have no proof.
func (t *Table) checkRowZero(entries []int16) error {
	if !t.IsLookup() {
		return nil
	}
	first := 0
	if t.Reversed {
		first = len(entries) - 1
	}
	if entries[first] != 0 {
		return invalidf("%s[%d] is %d, expected 0: steps that look it up have no proof, import the model again",
			t.Name, first, entries[first])
	}
	return nil
}

// checkExp checks that a row's maximum gives the largest exponential, that no
// exponential is negative, and that the last entry is zero.
func checkExp(name string, entries []int16) error {
	first, last := entries[0], entries[len(entries)-1]
	if first != maxS16 || last != 0 {
		return invalidf("%s runs from %d to %d, expected %d to 0: import the model again", name, first, last, maxS16)
	}
	for d, e := range entries {
		if e < 0 {
			return invalidf("%s[%d] is %d, expected no negative entry", name, d, e)
		}
	}
	return nil
}

// checkRotation checks that no rotation lengthens a pair.
func checkRotation(name string, entries []int16) error {
	for i, e := range entries {
		if abs(int64(e)) > 1<<ropeExp {
			return invalidf("%s entry %d is %d, expected at most 2^%d in size", name, i, e, ropeExp)
		}
	}
	return nil
}

// RoundHalfUp returns floor(x + 1/2). The conversion to float64 keeps compilers from fusing
// the addition with a multiplication that computes x.
func RoundHalfUp(x float64) float64 { return math.Floor(float64(x) + 0.5) }

func abs(x int64) int64 { return max(x, -x) }
