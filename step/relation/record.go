package relation

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/llama"
)

// LayerConstants holds the constants of the layers of a step, one for each of the
// program's first RecordConstants slots. The model id binds the constants, so a prover
// cannot choose them.
type LayerConstants []*big.Int

// NewLayerConstants returns the constants of a step's blocks first, first+1, ... for a program
// of the model's shape. An unknown slot, a layer that the model lacks, and a shift that does
// not fit its cells are errors.
func NewLayerConstants(p *Program, s Shape, m *llama.Model, first int) (LayerConstants, error) {
	r := make(LayerConstants, p.RecordConstants)
	for i, slot := range p.Slots[:p.RecordConstants] {
		v, err := constant(slot, s, m, first)
		if err != nil {
			return nil, err
		}
		r[i] = v
	}
	return r, nil
}

// constant computes the constant of a slot: "norm.c", "norm.eps", or
// "<block>.<rescale>.lift", which is 2^(16 n - k).
func constant(slot string, s Shape, m *llama.Model, first int) (*big.Int, error) {
	switch slot {
	case "norm.c":
		return NormConstant(m), nil
	case "norm.eps":
		return big.NewInt(m.Scales.Eps), nil
	}
	block, rest, _ := strings.Cut(slot, ".")
	i, err := strconv.Atoi(block)
	if err != nil || first+i >= len(m.Layers) {
		return nil, fmt.Errorf("relation: slot %q names no layer of %d", slot, len(m.Layers))
	}
	k := m.Shifts(first + i)
	rescales := m.Config.Architecture().Rescales
	j := slices.IndexFunc(rescales, func(r llama.Rescale) bool { return rest == r.Constant+liftSuffix })
	if j < 0 {
		return nil, fmt.Errorf("relation: slot %q is not one of a block's", slot)
	}
	n, shift := s.remainderCells(&rescales[j]), *rescales[j].Field(&k)
	if shift < 1 || shift > 16*n {
		return nil, fmt.Errorf("relation: slot %q: a shift of %d does not fit %d cells", slot, shift, n)
	}
	return Pow2(16*n - shift), nil
}

// NormConstant returns the constant C of the inverse root, min(d 2^(64+2en), 32767^2 2^64).
func NormConstant(m *llama.Model) *big.Int {
	c := Mul(big.NewInt(int64(m.Config.Dim)), Pow2(2*m.Scales.Norm))
	return Mul(minOf(c, Mul(maxS16, maxS16)), Pow2(64))
}

// Elements returns the constants as field elements, in the order of the slots: the form that
// transcripts and record digests absorb.
func (r LayerConstants) Elements() []fr.Element {
	e := make([]fr.Element, len(r))
	for i, k := range r {
		e[i].SetBigInt(k)
	}
	return e
}
