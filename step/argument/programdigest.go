package argument

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
)

// programTag is the domain of a program's digest. Its number is that of the relation:
// what is built from a shape.
const programTag = "step program 2"

// shapeDigest names the program of a kind, its shape and its slots in the transcript:
// everything that a program is built from. An architecture other than a LLaMA's is in it by the
// two halves of its digest.
func shapeDigest(s *relation.Shape, k relation.Kind, slots AccumulatorSizes) fr.Element {
	c := s.Config
	gains := 0
	if s.Gains {
		gains = 1
	}
	var m []fr.Element
	for _, n := range []int{
		int(k), c.Dim, c.Hidden, c.Layers, c.Heads, c.KVHeads, c.HeadDim, c.Vocab, c.Context,
		gains, s.Softmax, s.DownLimbs, s.Norm, s.TokenBits, s.PositionBits, s.Blocks, slots.Cells, slots.Cache,
	} {
		m = append(m, fr.NewElement(uint64(n)))
	}
	m = append(m, *new(fr.Element).SetInt64(s.Eps))
	if !c.IsLLaMA() {
		d := c.Architecture().Digest()
		m = append(m, *new(fr.Element).SetBytes(d[:16]), *new(fr.Element).SetBytes(d[16:]))
	}
	return transcript.HashNative(programTag, m...)
}

// ProgramsOf builds the programs of a shape and the slots that they need.
func ProgramsOf(s relation.Shape) (programs [relation.Head + 1]*relation.Program, slots AccumulatorSizes, err error) {
	for kind := range programs {
		p, err := relation.NewProgram(relation.Kind(kind), s)
		if err != nil {
			return programs, slots, err
		}
		programs[kind] = p
		need := AccumulatorSizesOf(p)
		slots.Cells, slots.Cache = max(slots.Cells, need.Cells), max(slots.Cache, need.Cache)
	}
	return programs, slots, nil
}
