package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/frontend"

	"fold/r1cs"
)

// KindFunction returns the step function for the steps of passes of one kind and one
// size class: no other step satisfies it.
func KindFunction(p *Protocol, kind Kind, class int) (*Function, error) {
	if kind > Head || class < 0 || class >= len(p.classes) {
		return nil, fmt.Errorf("step: no argument for steps of kind %s in class %d of %d", kind, class, len(p.classes))
	}
	return &Function{p, &kindCircuit{p, kind, class}}, nil
}

// kindCircuit is the verifier of steps of one kind and one class.
type kindCircuit struct {
	p     *Protocol
	kind  Kind
	class int
}

func (k *kindCircuit) argument() *Argument { return k.p.classes[k.class].arguments[k.kind] }

// advice is the messages of a proof.
func (k *kindCircuit) advice() (n int) {
	_ = k.argument().blank().each(func(v []fr.Element) error { n += len(v); return nil })
	return n
}

func (k *kindCircuit) messages(s *Step) (list []fr.Element) {
	_ = s.Proof.Messages.each(func(v []fr.Element) error { list = append(list, v...); return nil })
	return list
}

func (k *kindCircuit) verify(c *r1cs.Circuit, t *transition[frontend.Variable], context frontend.Variable, advice []frontend.Variable) (*verified[frontend.Variable], []frontend.Variable, error) {
	a := k.argument()
	c.AssertEqual(t.classes[k.class], 1, "the class")
	c.AssertEqual([]frontend.Variable{t.embed, t.block, t.head}[k.kind], 1, "the kind")
	in := a.Variables()
	_ = in.Messages.each(func(v []frontend.Variable) error {
		copy(v, advice)
		advice = advice[len(v):]
		return nil
	})
	p := &t.in.Points
	in.Context = context
	in.Record = t.constantsOf(a.plan.Program)
	in.Points = Points[frontend.Variable]{
		Input: p[pointInput], Cache: p[pointCacheBefore],
		Cells: p[pointW], Outputs: p[pointS], Inverses: p[pointH], Output: p[pointOutput], Added: p[pointAdded],
	}
	in.Pass = t.pass.within(a.shape)
	for i, r := range []Running[frontend.Variable]{t.cellsClaim, t.cacheClaim} {
		n := len(in.Running[i].Point)
		in.Running[i] = Running[frontend.Variable]{Point: r.Point[len(r.Point)-n:], Value: r.Value}
	}
	folded, err := constrain[frontend.Variable](a, c, in)
	if err != nil {
		return nil, nil, err
	}
	records := t.records
	if k.kind != Block {
		records = records[:1]
	}
	left := &verified[frontend.Variable]{
		Cells: extended[frontend.Variable](c, folded.Cells), Cache: t.cacheClaim,
		Claims: stepClaims[frontend.Variable](c, records, leftClaims(&k.p.classes[k.class], k.kind, folded.Deferred)),
	}
	if k.kind == Block {
		left.Cache = extended[frontend.Variable](c, folded.Cache)
	}
	return left, folded.RhoBits, nil
}
