package relation

import (
	"fmt"
	"math/big"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/llama"
)

// Shape is the input of a program's construction: the model's configuration and the size
// class of the pass. Steps of one shape have one circuit.
type Shape struct {
	Config    llama.Config
	Gains     bool  // the norms have gains of their own (ternary models)
	Softmax   int   // K of the softmax's inverse: 32 or 48
	DownLimbs int   // 16-bit cells of the down projection's remainder: 2 or 3
	Norm      int   // en, the exponent of the norms' outputs: 0 to 15
	Eps       int64 // epsI, which the norms add to a sum of squares: at least 1

	TokenBits    int // passes of up to 2^TokenBits tokens
	PositionBits int // positions 0 .. 2^PositionBits - 1
	Blocks       int // blocks in a step; divides the number of layers
}

// NewShape returns the shape of a model's steps for passes of up to 2^tokenBits tokens within
// the first 2^positionBits positions, with blocks blocks in a step. The error is the error of
// Validate.
func NewShape(m *llama.Model, tokenBits, positionBits, blocks int) (Shape, error) {
	s := Shape{
		Config:       m.Config,
		Gains:        m.Scheme == llama.Ternary,
		Softmax:      m.Scales.Softmax,
		DownLimbs:    2,
		Norm:         m.Scales.Norm,
		Eps:          m.Scales.Eps,
		TokenBits:    tokenBits,
		PositionBits: positionBits,
		Blocks:       blocks,
	}
	for l := range m.Layers {
		if m.Shifts(l).Down > 32 {
			s.DownLimbs = 3
		}
	}
	return s, s.Validate()
}

// Validate checks the pass' size, the positions, the number of blocks, the constants of the softmax
// and the norms, and the configuration. The error names the found and the expected value.
func (s *Shape) Validate() error {
	switch {
	case s.TokenBits < 0 || s.TokenBits > MaxPassBits:
		return fmt.Errorf("relation: passes of 2^%d tokens, expected 2^0 to 2^%d", s.TokenBits, MaxPassBits)
	case s.PositionBits < s.TokenBits || s.PositionBits > 17:
		return fmt.Errorf("relation: 2^%d positions, expected 2^%d to 2^17", s.PositionBits, s.TokenBits)
	case s.Blocks < 1 || s.Config.Layers%s.Blocks != 0:
		return fmt.Errorf("relation: %d blocks a step do not divide %d layers", s.Blocks, s.Config.Layers)
	case s.Blocks > MaxBlocks:
		return fmt.Errorf("relation: %d blocks a step, expected at most %d", s.Blocks, MaxBlocks)
	case s.Softmax != 32 && s.Softmax != 48:
		return fmt.Errorf("relation: softmax constant %d, expected 32 or 48", s.Softmax)
	case s.Norm < 0 || s.Norm > maxNorm:
		return fmt.Errorf("relation: exponent %d of the norms, expected 0 to %d", s.Norm, maxNorm)
	case s.Eps < 1: // a row of zeros would have no inverse root
		return fmt.Errorf("relation: eps is %d, expected at least 1", s.Eps)
	}
	return s.Config.Validate()
}

// maxNorm is the largest exponent of the norms' outputs, which have 16 bits.
const maxNorm = 15

// NormConstant returns the constant C of the inverse root for width d and the exponent en of the
// norms' outputs, min(d 2^(64+2en), 32767^2 2^64): at most 2^94.
func NormConstant(d, en int) *big.Int {
	c := Mul(big.NewInt(int64(d)), Pow2(2*en))
	return Mul(minOf(c, Mul(maxS16, maxS16)), Pow2(64))
}

// remainderCells returns the number n of 16-bit cells of a rescale's remainder. The down
// projection has as many as the largest shift in the model's layers needs.
func (s *Shape) remainderCells(r *llama.Rescale) int {
	if r.Of == llama.Down {
		return s.DownLimbs
	}
	return r.MaxShift / 16
}

// Extents returns the size of each axis.
func (s *Shape) Extents() (e Extents) {
	c := s.Config
	e[Token] = extent(1 << s.TokenBits)
	e[Group] = extent(c.KVHeads)
	e[Member] = extent(c.Group())
	e[Position] = extent(1 << s.PositionBits)
	e[Pair] = extent(c.HeadDim / 2)
	e[Part] = extent(2)
	e[Width] = extent(c.Dim)
	e[Hidden] = extent(c.Hidden)
	e[Vocab] = extent(c.Vocab)
	e[Row] = extent(1 << 16)
	return e
}

// Whole returns the shape that defines the model's records and tensors: one block a step and
// every position of the context.
func (s Shape) Whole() Shape {
	s.TokenBits, s.Blocks, s.PositionBits = 0, 1, bitlen.Ceil(s.Config.Context)
	return s
}

// Limits of a shape, which are checked before anything of that size is allocated or
// compiled.
const (
	// MaxBlocks is the largest number of blocks in a step. A circuit grows by some 13,000 rows
	// for each block; compiling a circuit with MaxBlocks takes about five seconds.
	MaxBlocks = 16
	// MaxPassBits is log2 of the largest number of tokens of a pass.
	MaxPassBits = 7
)
