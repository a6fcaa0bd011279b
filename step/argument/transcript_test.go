package argument

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/transcript/transcripttest"
	"fold.example/fold/r1cs/gadget"
)

// recordCircuit is the verifier of a step as a circuit that lists its transcript.
type recordCircuit struct {
	In     *Inputs[frontend.Variable]
	u      *Uniform
	record *[]transcripttest.Item
}

func (c *recordCircuit) Define(api frontend.API) error {
	circuit, err := gadget.NewCircuit(api)
	if err != nil {
		return err
	}
	b := &transcripttest.Recorder[frontend.Variable]{Backend: circuit}
	v := newVerifier[frontend.Variable](c.u.Arguments, b, c.In.Flags, c.In.Record, &c.In.Pass, &c.In.Messages)
	_, err = v.verify(c.In.message(), c.In.Running)
	transcripttest.End(v.tr)
	*c.record = b.Items
	return err
}

// TestInventory lists the transcript of a step. The verifiers of all kinds and size classes have one list,
// which is the circuit's.
func TestInventory(t *testing.T) {
	q := uniformOf(t)
	var circuit []transcripttest.Item
	_, err := gadget.Compile[fr.Element](
		&recordCircuit{In: BlankInputs[frontend.Variable](q.u), u: q.u, record: &circuit},
		frontend.IgnoreUnconstrainedInputs())
	require.NoError(t, err)
	var native []transcripttest.Item
	q.eachCase(t, func(t *testing.T, c *uniformCase) {
		field := transcript.NewField()
		b := &transcripttest.Recorder[fr.Element]{Backend: field}
		v, err := c.argument.nativeVerifier(b, c.statement, &c.proof.Messages)
		require.NoError(t, err)
		_, err = v.verify(c.statement.native(&c.proof.Commitments), c.statement.running())
		require.NoError(t, err)
		require.NoError(t, field.Err())
		transcripttest.End(v.tr)
		native = b.Items
		// The circuit's caller computes the hashes of the statement, natively elements does.
		require.True(t, transcripttest.SameItems(native, circuit))
	})
	transcripttest.Golden(t, "transcript.txt", "A step's argument, all kinds and sizes of passes, verifier and "+
		"circuit alike:\n\n"+transcripttest.Inventory(t, native,
		"alpha, beta", "tau (by its powers), lambda", "weight of the sums", "a coordinate",
		"weight of the claims", "a coordinate", "weight of the claims", "a coordinate",
		"zeta (by its powers)", "weight of the claims", "a coordinate", "rho, 126 bits"))
}
