package llama

import "fold.example/fold/internal/kernel"

// Scheme says how the weights of the blocks are stored. The head is W8 in a W8
// model and W16 otherwise.
type Scheme string

// The schemes; package kernel has their formats.
const (
	W16     Scheme = "w16"     // 16-bit integers
	W8      Scheme = "w8"      // bytes, a multiplier for each row and 32 columns
	Ternary Scheme = "ternary" // -1, 0, 1 and one multiplier a matrix
)

// validate checks that the scheme is one of the constants. The error wraps ErrInvalid.
func (s Scheme) validate() error {
	switch s {
	case W16, W8, Ternary:
		return nil
	}
	return invalidf("scheme %.20q, expected %s, %s or %s", s, W16, W8, Ternary)
}

// head returns the scheme of the head's matrix.
func (s Scheme) head() Scheme {
	if s == W8 {
		return W8
	}
	return W16
}

// Linear is a matrix of the integer model. A real weight is M[y,k] / 2^Exp.
type Linear struct {
	kernel.Matrix
	Exp int
	// Bias is added to the product, [Rows], with the exponent of the product
	// ([Architecture.ProductExp]) and at most [MaxBias] in size; nil for none.
	Bias []int64
}

// MaxBias bounds the size of a bias. With it the bounds of the package documentation hold
// for products after RoPE, up to a factor of 16.
const MaxBias = 1 << 44

// Scales are the exponents that hold for the whole model: a tensor with
// exponent e holds integer = real * 2^e.
type Scales struct {
	Residual int   `json:"residual"` // er, the residual stream and the embedding
	Norm     int   `json:"norm"`     // en, output of a norm, before a separate gain
	Gate     int   `json:"gate"`     // eg, input of SiLU
	Silu     int   `json:"silu"`     // es, output of SiLU
	Exp      int   `json:"exp"`      // t: EXP[D] = exp(-D/2^t)
	Softmax  int   `json:"softmax"`  // K of the softmax's inverse: 32 or 48
	Eps      int64 `json:"eps"`      // epsI, added to a sum of squares; >= 1
}

// Layer is one transformer block.
type Layer struct {
	// Gains of the two norms, S16, with exponent GainExp*; nil when they are
	// merged into the matrices that follow. Ternary models have them and
	// others do not: a ternary matrix could not stay ternary.
	AttnGain, FFNGain       []int16
	AttnGainExp, FFNGainExp int

	Q, K, V, O     Linear // [Heads*HeadDim, Dim], [KVHeads*HeadDim, Dim] twice, [Dim, Heads*HeadDim]
	Gate, Up, Down Linear // [Hidden, Dim] twice, [Dim, Hidden]

	// Exponents of the quantised queries, keys and values. The factor 1/sqrt(HeadDim) of the
	// scores is merged into the queries: if it is 2^-j, the integers of Q do not change, and
	// both Q.Exp and ExpQ are larger by j (package quantize, rule 3).
	ExpQ, ExpK, ExpV int
}

// Model is a complete integer model. Nothing may change it while it is in use.
type Model struct {
	Config    Config
	Scheme    Scheme
	Scales    Scales
	Embedding []int16 // [Vocab][Dim], exponent Scales.Residual
	Layers    []Layer
	Head      Linear // [Vocab, Dim], the final norm's gain merged
	Tables    Tables

	file *weightsFile // the file that the slices of an opened model point into, else nil
}

// LogitExp returns the exponent of the logits: real = integer / 2^LogitExp.
func (m *Model) LogitExp() int { return m.Scales.Norm + m.Head.Exp }

// Linears returns the matrices of a layer with their names in a model folder, in the
// order in which the folder stores them.
func (l *Layer) Linears() (list []NamedLinear) {
	for w := range llamaArchitecture.Matrices() {
		list = append(list, NamedLinear{w.Name, w.Linear(l)})
	}
	return list
}

// NamedLinear is a matrix of a layer and its name.
type NamedLinear struct {
	Name string
	*Linear
}
