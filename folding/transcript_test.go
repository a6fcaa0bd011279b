package folding

import (
	"slices"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/folding/internal/protocol"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/internal/transcript/transcripttest"
	"fold.example/fold/r1cs"
	"fold.example/fold/r1cs/gadget"
)

// foldInputs is everything that the hashes and both transcripts of a step of the recursion are computed
// from, encoded as PROTOCOL.md, section 3, says.
type foldInputs[F any] struct {
	PP, I, Width, Word               F
	First, Z, Main, NextMain, Cycle  []F
	X, W, Cross                      []F // of the fold on BN254
	Points                           [][3]F
	FirstPhase, SecondPhase, CrossOn []F // of the fold on Grumpkin
}

// play draws r on both curves, in the order of the augmented circuit.
func (in *foldInputs[F]) play(b transcript.Backend[F]) (main, cycle F, err error) {
	now := protocol.IVCIO[F]{
		PP: in.PP, I: in.I, Width: in.Width,
		First: protocol.StateDigest(b, in.First), Z: protocol.StateDigest(b, in.Z),
		Main: protocol.RunningDigest(b, protocol.BN254, in.Main), Cycle: in.Cycle,
	}
	hash := now.Public(b)
	t := protocol.NewFold(b, protocol.BN254)
	main, _, err = protocol.Fold(b, t, in.PP, now.Main, in.X, protocol.Messages[F]{
		Phases: []func() ([]F, error){protocol.Sent(in.W...)}, Cross: protocol.Sent(in.Cross...),
	})
	if err != nil {
		return main, cycle, err
	}
	transcripttest.End(t)
	protocol.Context(b, in.PP, in.I, now.Z)
	after := protocol.RunningDigest(b, protocol.BN254, in.NextMain)
	statement := protocol.PointsDigest(b, now.Main, after, in.Word, in.Points...)
	t = protocol.NewFold(b, protocol.Grumpkin)
	cycle, _, err = protocol.Fold(b, t, in.PP, hash, []F{statement}, protocol.Messages[F]{
		Phases: []func() ([]F, error){protocol.Sent(in.FirstPhase...), protocol.Sent(in.SecondPhase...)},
		Words:  func([protocol.FingerprintWords][]F) {}, Cross: protocol.Sent(in.CrossOn...),
	})
	transcripttest.End(t)
	return main, cycle, err
}

// inputs reads the inputs of a step that has been folded on both curves.
func (f *forger) inputs() *foldInputs[fr.Element] {
	s, scheme, now := f.state, f.Params.main, f.proving.now
	running, err := scheme.encodeRunning(s.Main)
	require.NoError(f.t, err)
	next, err := scheme.encodeRunning(f.next.Main)
	require.NoError(f.t, err)
	points := [][3]fr.Element{r1cs.PackPoint(&s.Fresh.W[0]), r1cs.PackPoint(&f.proving.cross)}
	for _, operation := range f.step.Points {
		for i := range operation {
			points = append(points, r1cs.PackPoint(&operation[i]))
		}
	}
	word := new(fr.Element).SetBigInt(wordOf(f.r, f.step.Rho))
	on := f.Params.cycle.group
	return &foldInputs[fr.Element]{
		PP: f.pp, I: now.I, Width: now.Width, Word: *word, First: s.First, Z: s.Z, Main: running, NextMain: next,
		Cycle: now.Cycle, X: s.Fresh.X, W: scheme.group.encodePoint(s.Fresh.W[0]),
		Cross: scheme.group.encodePoint(f.proving.cross), Points: points,
		FirstPhase: on.encodePoint(f.cycleFresh.W[0]), SecondPhase: on.encodePoint(f.cycleFresh.W[1]),
		CrossOn: on.encodePoint(f.cycleFolded.Cross),
	}
}

// playing is play as a circuit, over inputs of the lengths of like.
type playing struct {
	Values []frontend.Variable
	like   *foldInputs[fr.Element]
	record *[]transcripttest.Item
}

func (p *playing) Define(api frontend.API) error {
	c, err := gadget.NewCircuit(api)
	if err != nil {
		return err
	}
	at := 0
	take := func(n int) []frontend.Variable { at += n; return p.Values[at-n : at] }
	l := p.like
	in := foldInputs[frontend.Variable]{
		PP: take(1)[0], I: take(1)[0], Width: take(1)[0], Word: take(1)[0], First: take(len(l.First)),
		Z: take(len(l.Z)), Main: take(len(l.Main)), NextMain: take(len(l.NextMain)), Cycle: take(len(l.Cycle)),
		X: take(len(l.X)), W: take(len(l.W)), Cross: take(len(l.Cross)), FirstPhase: take(len(l.FirstPhase)),
		SecondPhase: take(len(l.SecondPhase)), CrossOn: take(len(l.CrossOn)),
	}
	for range l.Points {
		in.Points = append(in.Points, [3]frontend.Variable(take(3)))
	}
	r := transcripttest.Recorder[frontend.Variable]{Backend: c}
	_, _, err = in.play(&r)
	*p.record = r.Items
	return err
}

// TestInventory lists all that is hashed in a step of a recursion. The prover and a circuit have the same
// list. What is recorded is what Params.Prove does: both challenges are the prover's.
func TestInventory(t *testing.T) {
	p, s, _, now := pointsRun(t, 2, 1)
	f := forge(t, p, s, now).main().cycle()
	in := f.inputs()
	native := transcripttest.Recorder[fr.Element]{Backend: protocol.Native()}
	r, onCycle, err := in.play(&native)
	require.NoError(t, err)
	require.Equal(t, f.r, r)
	require.Equal(t, f.cycleFolded.Challenge, onCycle)

	var inCircuit []transcripttest.Item
	n := 4 + 3*len(in.Points) + len(slices.Concat(in.First, in.Z, in.Main, in.NextMain, in.Cycle, in.X, in.W, in.Cross,
		in.FirstPhase, in.SecondPhase, in.CrossOn))
	_, err = gadget.Compile[fr.Element](&playing{Values: make([]frontend.Variable, n), like: in, record: &inCircuit},
		frontend.IgnoreUnconstrainedInputs())
	require.NoError(t, err)
	require.True(t, transcripttest.SameItems(native.Items, inCircuit))
	transcripttest.Golden(t, "transcript.txt", "A step of the recursion, prover and augmented circuit alike:\n\n"+
		transcripttest.Inventory(t, native.Items,
			"r, 126 bits", "the fingerprint's words, 252 bits each", "r, 126 bits"))
}
