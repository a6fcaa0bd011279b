package step

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/wire"
	"fold.example/fold/internal/wire/elements"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// ReplayData is the data that the prover of a run keeps of a step, in addition to the state
// after it, to continue from there without proving the step again. It is secret.
type ReplayData struct {
	// Open has the blinding factors that the next steps build on, and the challenges with
	// which Replay folds the step's polynomials into the running ones.
	argument.Open
	// Running are the blinding factors of the running commitments after the step, of its class
	// and of the cache.
	Running [2]fr.Element
	// Point is the commitment to the group's cache after the step, for a step of kind block.
	Point bn254.G1Affine
	// Claims are the step's claims on weights.
	Claims argument.WeightClaims[fr.Element]
	// KV are the keys and values at the pass's positions, layer by layer of the group: first
	// the keys, then the values, each [positions][KVHeads][HeadDim]. EncodeKV encodes them.
	KV []int16
}

// EncodeReplay encodes the step's kind, its advice and its ReplayData, without keys and values
// and without the proof. Equal steps have equal encodings.
func (p *Proven) EncodeReplay() []byte {
	k := p.Kind
	return wire.Encode(func(c *wire.Coder) {
		codeKind(c, &k)
		p.Step.advice(c, k, 0, 0)
		p.Trail.code(c)
	})
}

// DecodeReplay decodes the output of EncodeReplay for a step that continues the state. The
// returned step has no proof. The error wraps ErrEncoding.
func (f *StateTracker) DecodeReplay(b []byte) (*Step, *ReplayData, error) {
	s, t := &Step{}, &ReplayData{}
	return s, t, decode("trail", b, func(c *wire.Coder) {
		f.readAdvice(c, s)
		i, err := f.classOf(s)
		if err != nil {
			c.Fail(err)
		}
		if c.Reading() {
			t.Claims = f.classes[i].arguments[f.State.Phase].BlankClaims()
			t.code(c)
		}
	})
}

// code codes the fields of the replay data in order.
func (t *ReplayData) code(c *wire.Coder) {
	elements.Fr(c, "challenge", &t.Alpha, &t.Beta, &t.Rho)
	elements.Fr(c, "blind", &t.Output, &t.Cache, &t.Running[argument.AccumulatorCells],
		&t.Running[argument.AccumulatorCache])
	elements.G1(c, "cache after the step", &t.Point)
	codeElements(c, "point of a claim", t.Claims.Coordinates)
	codeElements(c, "value of a claim", t.Claims.Values)
}

// bitsOf returns log2 of the number of tokens in the pass of a step that continues the state.
func (f *StateTracker) bitsOf(s *Step) int {
	if f.State.Phase == relation.Embed {
		return s.Bits
	}
	return f.State.Bits
}

// classOf returns the size class of a step that continues the state.
func (f *StateTracker) classOf(s *Step) (int, error) { return f.class(f.bitsOf(s)) }

// Chosen returns the tokens that a step proves to be the model's choice: the tokens of the
// window that follow a choice, and the last one. The step must continue the state. The result
// is nil unless the step is a head.
func (f *StateTracker) Chosen(s *Step) []int {
	z := &f.State
	if z.Phase != relation.Head {
		return nil
	}
	from := min(max(z.Prompt-z.Start, 1), len(z.Window))
	return append(slices.Clone(z.Window[from:]), s.Next)
}

// EncodeKV writes keys and values in two bytes each, little-endian.
func EncodeKV(kv []int16) []byte {
	b := make([]byte, 0, 2*len(kv))
	for _, x := range kv {
		b = binary.LittleEndian.AppendUint16(b, uint16(x))
	}
	return b
}

// DecodeKV is the inverse of EncodeKV. The error wraps ErrEncoding.
func DecodeKV(b []byte) ([]int16, error) {
	if len(b)%2 != 0 {
		return nil, fmt.Errorf("%w: keys and values of %d bytes, expected an even number", argument.ErrEncoding, len(b))
	}
	kv := make([]int16, len(b)/2)
	for i := range kv {
		kv[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return kv, nil
}
