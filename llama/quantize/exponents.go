package quantize

import (
	"fmt"
	"math"

	"fold.example/fold/llama"
)

// Exponents are the results of calibration: a tensor with exponent e holds
// integer = real * 2^e.
type Exponents struct {
	Residual int `json:"residual"` // er
	Norm     int `json:"norm"`     // en
	Gate     int `json:"gate"`     // eg
	Silu     int `json:"silu"`     // es
	Exp      int `json:"exp"`      // t of the exponential's table
	Softmax  int `json:"softmax"`  // K
	// The exponents of queries, keys and values by layer. Q includes the factor
	// 1/sqrt(HeadDim) of the scores.
	Q []int `json:"q"`
	K []int `json:"k"`
	V []int `json:"v"`
}

const (
	expTable    = 8   // t
	wideSoftmax = 256 // positions above which K is 48
	maxScore    = 16  // largest shift sh of a score
	maxResidual = 30  // largest er
)

// maxima are the largest absolute values of tensors during calibration.
type maxima struct {
	q, k, v                   []float64 // [layer]; q times 1/sqrt(HeadDim)
	gate, residual, embedding float64
}

// exponents applies rule 4. Above the largest value seen, queries, keys and values have
// one bit of headroom, the residual has three, the gate none.
func (m *maxima) exponents(cfg llama.Config) (Exponents, error) {
	e := Exponents{
		Gate: clamp(floorLog2(32767/m.gate), -16, 16),
		Residual: clamp(min(floorLog2(math.Nextafter(0x1p31, 0)/(8*m.residual)),
			floorLog2(32767/m.embedding)), 0, maxResidual),
	}
	e.fix(cfg)
	headroom := func(largest float64) int { return clamp(floorLog2(32767/(2*largest)), -maxExp, maxExp) }
	for l := range cfg.Layers {
		q, k, err := fitScore(headroom(m.q[l]), headroom(m.k[l]), cfg.HeadDim)
		if err != nil {
			return e, fmt.Errorf("layer %d: %w", l, err)
		}
		e.Q, e.K, e.V = append(e.Q, q), append(e.K, k), append(e.V, headroom(m.v[l]))
	}
	return e, nil
}

// fix sets the exponents that follow from the configuration or from another exponent.
func (e *Exponents) fix(cfg llama.Config) {
	e.Norm = floorLog2(32768 / math.Sqrt(float64(cfg.Dim)))
	e.Silu, e.Exp, e.Softmax = e.Gate, expTable, 32
	if cfg.Context > wideSoftmax {
		e.Softmax = 48
	}
}

// fitScore lowers the exponents of queries and keys until the relation can prove the shift
// of their scores, eq + ek - t. The error wraps llama.ErrInvalid if the shift is too small.
func fitScore(q, k, headDim int) (int, int, error) {
	for q+k-expTable > maxScore {
		if q > k {
			q--
		} else {
			k--
		}
	}
	if least := llama.MinScoreShift(headDim); q+k-expTable < least {
		return 0, 0, fmt.Errorf("%w: exponents %d and %d of queries and keys, which are too large, "+
			"expected a sum of at least %d", llama.ErrInvalid, q, k, least+expTable)
	}
	return q, k, nil
}

// check checks that given exponents have one entry for each layer.
func (e *Exponents) check(cfg llama.Config) error {
	if len(e.Q) != cfg.Layers || len(e.K) != cfg.Layers || len(e.V) != cfg.Layers {
		return fmt.Errorf("exponents of q, k and v for %d, %d and %d layers, expected %d",
			len(e.Q), len(e.K), len(e.V), cfg.Layers)
	}
	return nil
}

// scales returns the scales of a model with these exponents, with epsI of rule 4.
func (e *Exponents) scales(cfg llama.Config) llama.Scales {
	eps := math.Floor(math.Ldexp(cfg.RMSEps*float64(cfg.Dim), 2*e.Residual) + 0.5)
	return llama.Scales{
		Residual: e.Residual, Norm: e.Norm, Gate: e.Gate, Silu: e.Silu,
		Exp: e.Exp, Softmax: e.Softmax,
		Eps: max(1, int64(min(eps, 0x1p62))),
	}
}

// maxExp bounds the exponents of tensors with very small values, for which the rules give
// no useful bound.
const maxExp = 60

// floorLog2 returns floor(log2(x)), exactly. For an infinite x it returns a number above
// every exponent in use.
func floorLog2(x float64) int {
	if math.IsInf(x, 0) {
		return 2 * maxExp
	}
	_, exp := math.Frexp(x)
	return exp - 1
}

func clamp(x, lo, hi int) int { return max(lo, min(x, hi)) }
