package relation

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/llama"
)

// LayerExponents are the exponents e = 16 n - k of a layer's rescales, in the order of
// llama.Architecture.Rescales: k is the shift, n the number of 16-bit cells of the remainder, and
// 0 <= e < 16 n. The lift 2^e is the constant of the rescale in the constraints.
type LayerExponents []int

// NewLayerExponents returns the exponents of a layer. A shift that does not fit its cells is an
// error.
func NewLayerExponents(s Shape, m *llama.Model, layer int) (LayerExponents, error) {
	k := m.Shifts(layer)
	var es LayerExponents
	rescales := s.Config.Architecture().Rescales
	for i := range rescales {
		r := &rescales[i]
		n, shift := s.remainderCells(r), *r.Field(&k)
		if shift < 1 || shift > 16*n {
			return nil, fmt.Errorf("relation: layer %d: the shift of %s is %d, expected 1 to %d", layer, r.Name, shift,
				16*n)
		}
		es = append(es, 16*n-shift)
	}
	return es, nil
}

// Validate checks that the exponents are those of a layer of the shape.
func (es LayerExponents) Validate(s Shape) error {
	rescales := s.Config.Architecture().Rescales
	if len(es) != len(rescales) {
		return fmt.Errorf("relation: %d exponents of a layer, expected %d", len(es), len(rescales))
	}
	for i, e := range es {
		if top := 16 * s.remainderCells(&rescales[i]); e < 0 || e >= top {
			return fmt.Errorf("relation: the exponent of %s is %d, expected 0 to %d", rescales[i].Name, e, top-1)
		}
	}
	return nil
}

// ExponentBits returns the number of bits of each exponent of a layer: 4, 5 or 6 for a remainder
// of 1, 2 or 3 cells. Of 6 bits the two highest are never both 1, as the exponent is below 48.
func (s *Shape) ExponentBits() (bits []int) {
	rescales := s.Config.Architecture().Rescales
	for i := range rescales {
		bits = append(bits, 3+s.remainderCells(&rescales[i]))
	}
	return bits
}

// LayerConstants holds the constants of the layers of a step, one for each of the program's first
// RecordConstants slots: the lifts of the step's blocks. The model id binds their exponents, so a
// prover cannot choose them.
type LayerConstants []*big.Int

// NewLayerConstants returns the constants of a step's blocks first, first+1, ... for a program
// of the model's shape. A layer that the model lacks, and a shift that does not fit its cells
// are errors.
func NewLayerConstants(p *Program, s Shape, m *llama.Model, first int) (LayerConstants, error) {
	if p.RecordConstants == 0 {
		return LayerConstants{}, nil
	}
	var layers []LayerExponents
	for layer := first; layer < first+s.Blocks; layer++ {
		if layer < 0 || layer >= len(m.Layers) {
			return nil, fmt.Errorf("relation: constants of layer %d of %d", layer, len(m.Layers))
		}
		es, err := NewLayerExponents(s, m, layer)
		if err != nil {
			return nil, err
		}
		layers = append(layers, es)
	}
	return p.Constants(s, layers)
}

// Constants returns the constants of a step whose blocks have the given exponents. An exponent that
// is not one of the shape, and another number of blocks, are errors.
func (p *Program) Constants(s Shape, layers []LayerExponents) (LayerConstants, error) {
	for _, es := range layers {
		if err := es.Validate(s); err != nil {
			return nil, err
		}
	}
	r := make(LayerConstants, p.RecordConstants)
	for i, slot := range p.Slots[:p.RecordConstants] {
		block, rescale, err := s.LiftOf(slot)
		if err != nil {
			return nil, err
		}
		if block >= len(layers) {
			return nil, fmt.Errorf("relation: constants of %d blocks, expected %d", len(layers), s.Blocks)
		}
		r[i] = Pow2(layers[block][rescale])
	}
	return r, nil
}

// LiftOf returns the block of the step and the index of the rescale (llama.Architecture.Rescales)
// whose lift a slot of LayerConstants holds: "<block>.<rescale>.lift". Another slot is an error.
func (s *Shape) LiftOf(slot string) (block, rescale int, err error) {
	number, name, _ := strings.Cut(strings.TrimSuffix(slot, liftSuffix), ".")
	block, err = strconv.Atoi(number)
	for i, r := range s.Config.Architecture().Rescales {
		if err == nil && block >= 0 && r.Constant == name {
			return block, i, nil
		}
	}
	return 0, 0, fmt.Errorf("relation: slot %q is not the lift of a rescale", slot)
}

// Elements returns the constants as field elements, in the order of the slots: the form that
// transcripts absorb.
func (r LayerConstants) Elements() []fr.Element {
	e := make([]fr.Element, len(r))
	for i, k := range r {
		e[i].SetBigInt(k)
	}
	return e
}
