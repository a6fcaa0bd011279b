package step

import (
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/transcript/transcripttest"
	"fold.example/fold/r1cs/gadget"
	"fold.example/fold/step/argument"
)

// rangeRecorder is a RangeBackend that records the inputs of all hashes.
type rangeRecorder[E any] struct {
	transcripttest.Recorder[E]
	ranges RangeBackend[E]
}

func newRangeRecorder[E any](b RangeBackend[E]) *rangeRecorder[E] {
	return &rangeRecorder[E]{transcripttest.Recorder[E]{Backend: b}, b}
}

// AssertAtMost implements RangeBackend.
func (r *rangeRecorder[E]) AssertAtMost(b []E, top *big.Int, what string) {
	r.ranges.AssertAtMost(b, top, what)
}

// recordedTransition is the transition as a circuit that records the inputs of its hashes.
type recordedTransition struct {
	*functionCircuit
	record []transcripttest.Item
}

func (c *recordedTransition) Define(api frontend.API) error {
	circuit, err := gadget.NewCircuit(api)
	if err != nil {
		return err
	}
	b := newRangeRecorder[frontend.Variable](circuit)
	z, in, rest, err := c.read(func(p [PointLimbs]frontend.Variable) argument.Limbs[frontend.Variable] {
		return argument.Limbs[frontend.Variable](circuit.NonNativePoint(p).Encode(circuit))
	})
	if err != nil {
		return err
	}
	t := newTransition[frontend.Variable](c.f.p, b, z, in)
	t.begin()
	t.context(c.Context)
	if err := t.settle(c.Context); err != nil {
		return err
	}
	left, _, err := c.verify(circuit, t, argument.StatementElements[frontend.Variable]{}, rest)
	if err != nil {
		return err
	}
	t.finish(left)
	c.record = b.Items
	return nil
}

// recorded lists what the tracker's transition hashes.
func (a *attempt) recorded(t testing.TB) []transcripttest.Item {
	m := newNativeRanges()
	b := newRangeRecorder[fr.Element](m)
	tr := newTransition(a.p, b, a.z, a.in)
	tr.begin()
	tr.context(a.of)
	require.NoError(t, tr.settle(a.of))
	if a.settles != nil {
		a.settles(tr)
	}
	tr.finish(a.left)
	require.NoError(t, m.Err())
	return b.Items
}

// TestInventory lists the hashes and the transcript of a transition of a run's state, which are those of
// every kind of step, of a pass and of a settlement, and those of the circuit.
func TestInventory(t *testing.T) {
	r, moments := runMoments(t)
	steps, before := settleSteps(t)
	c := &recordedTransition{
		functionCircuit: newFunctionCircuit(anyFunction(r.protocol), (&anyArgument{p: r.protocol}).verify),
	}
	_, err := gadget.Compile[fr.Element](c, frontend.IgnoreUnconstrainedInputs())
	require.NoError(t, err)
	for i := range moments {
		require.True(t, transcripttest.SameItems(c.record, moments[i].attempt(t).recorded(t)), "step %d", i)
	}
	for i, s := range steps {
		native := settleAttempt(before[i], s).recorded(t)
		require.True(t, transcripttest.SameItems(c.record, native), "step %d of the settlement", i)
	}
	transcripttest.Golden(t, "transcript.txt", "The transition of a run's state, all kinds of steps, verifier and "+
		"circuit alike:\n\n"+transcripttest.Inventory(t, c.record, "rho of the sums", "a coordinate"))
}
