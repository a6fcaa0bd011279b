package llama

import (
	"cmp"
	"fmt"

	"fold.example/fold/internal/files"
	"fold.example/fold/internal/kernel"
)

// Head applies the final norm and the head to the residual x, [T][Dim], of any
// number of tokens and writes the logits and the choices into the trace.
func (s *Session) Head(x []int32, tr *HeadTrace) (err error) {
	defer asCorrupt(&err)
	defer files.Catch(&err)()
	c := s.model.Config
	tokens := len(x) / c.Dim
	if tokens < 1 || len(x) != tokens*c.Dim {
		return fmt.Errorf("residual of %d entries, expected a multiple of %d", len(x), c.Dim)
	}
	if err := s.model.check(firstLayerSection + c.Layers); err != nil {
		return err
	}
	tr.reset(c, tokens)
	copy(tr.In, x)
	s.norm(&tr.Norm, tr.In, nil)
	kernel.Mul(tr.Logits, s.model.Head.Matrix, tr.Norm.N, tokens)
	for t := range tokens {
		tr.Argmax[t] = Argmax(tr.Logits[t*c.Vocab : (t+1)*c.Vocab])
	}
	return s.model.Unchanged()
}

// Argmax returns the index of the largest entry, the lowest index of equal ones.
func Argmax[T cmp.Ordered](xs []T) int {
	best := 0
	for i, x := range xs {
		if x > xs[best] {
			best = i
		}
	}
	return best
}
