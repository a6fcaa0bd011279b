package llama

// Rescale describes y = R(acc, k) with the shift k a constant of the model. The
// relation keeps the remainder in n cells of 16 bits and has 2^(16 n - k) as a constant
// of the record, with n = 1, 2 or 3 for k up to 16, 32 or 48.
type Rescale struct {
	Name     string // the name of y in messages
	Constant string // the name of 2^(16 n - k) in a record, without the block and without ".lift"
	Of       Kind   // the matrix whose product is rescaled; zero for the scores
	// Saturates says that y is clamped to 16 bits. Otherwise y has a range of its own.
	Saturates bool
	// MaxShift is the largest shift that the relation can prove: 16, 32 or 48.
	MaxShift int
	// MaxImportShift is the largest shift that the importer chooses.
	MaxImportShift int

	// In and Out return the exponents of the matrix's input and of y.
	In, Out func(l *Layer, s Scales) int
	// Min returns the smallest shift; nil for 1.
	Min func(c Config) int
	// Field returns where the shift is kept.
	Field func(k *Shifts) *int
}

// The indices of Architecture.Rescales of a LLaMA.
const (
	rescaleQ = iota
	rescaleK
	rescaleV
	rescaleO
	rescaleGate
	rescaleDown
	rescaleScore
	rescales
)

// Shift returns the shift k of a block: the exponent of the accumulator minus the exponent of
// y.
func (r *Rescale) Shift(a *Architecture, l *Layer, s Scales) int {
	k := r.In(l, s) + r.rotation(a) - r.Out(l, s)
	if r.Of != 0 {
		k += a.Weight(r.Of).Linear(l).Exp
	}
	return k
}

// MaxExp returns the largest exponent of the matrix at which the shift is at most
// MaxImportShift. The layer must have the other exponents that the shift depends on.
func (r *Rescale) MaxExp(a *Architecture, l *Layer, s Scales) int {
	return r.MaxImportShift - r.In(l, s) - r.rotation(a) + r.Out(l, s)
}

// rotation returns the exponent that the product with cos and sin adds.
func (r *Rescale) rotation(a *Architecture) int {
	if r.Of != 0 && a.Weight(r.Of).Rotary {
		return ropeExp
	}
	return 0
}

// shifts returns the shifts of a block.
func (l *Layer) shifts(a *Architecture, s Scales) (k Shifts) {
	for i := range a.Rescales {
		r := &a.Rescales[i]
		*r.Field(&k) = r.Shift(a, l, s)
	}
	return k
}

// validate checks that every shift has a form that the relation can prove.
func (k Shifts) validate(c Config) error {
	for _, r := range c.Architecture().Rescales {
		least := 1
		if r.Min != nil {
			least = r.Min(c)
		}
		if v := *r.Field(&k); v < least || v > r.MaxShift {
			return invalidf("shift of %s is %d, expected %d to %d", r.Name, v, least, r.MaxShift)
		}
	}
	return nil
}
