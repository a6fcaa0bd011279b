package step

import (
	"bytes"
	"context"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// encodedRun is a finished run with all its values that have an encoding, in the state before
// its last step.
type encodedRun struct {
	*provenRun
	tracker                *StateTracker // state before the head
	state, trail, snapshot []byte
}

var encoded = struct {
	sync.Once
	run *encodedRun
}{}

// newEncodedRun proves a run of one pass, once for all tests.
func newEncodedRun(t testing.TB) *encodedRun {
	t.Helper()
	encoded.Do(func() {
		r := &encodedRun{provenRun: newProvenRun(t, 2, 1, 1, PlanOptions{PassBits: 0})}
		q := r.prover(t)
		r.tracker = r.protocol.Track(1)
		all, err := ProveRun(context.Background(), q, r.run.Prompt, r.plan, func(p *Proven) error {
			if p.Kind != relation.Head {
				require.NoError(t, r.tracker.Verify(p.Step))
				return nil
			}
			r.trail = p.EncodeReplay()
			return nil
		})
		require.NoError(t, err)
		r.run.Output = all[1:]
		var snapshot bytes.Buffer
		require.NoError(t, q.WriteSnapshot(&snapshot))
		r.snapshot = snapshot.Bytes()
		r.state = r.protocol.EncodeState(&r.tracker.State)
		encoded.run = r
	})
	require.NotNil(t, encoded.run)
	return encoded.run
}

// codings returns for each kind of encoding, by name, the bytes of the run and a function that
// decodes bytes and encodes the result.
func (r *encodedRun) codings() map[string]struct {
	good  []byte
	again func(b []byte) ([]byte, error)
} {
	type coding = struct {
		good  []byte
		again func(b []byte) ([]byte, error)
	}
	f := r.tracker
	return map[string]coding{
		"state": {r.state, func(b []byte) ([]byte, error) {
			z, err := r.protocol.DecodeState(b)
			if err != nil {
				return nil, err
			}
			return r.protocol.EncodeState(z), nil
		}},
		"trail": {r.trail, func(b []byte) ([]byte, error) {
			s, t, err := f.DecodeReplay(b)
			if err != nil {
				return nil, err
			}
			return (&Proven{Kind: relation.Head, Step: s, Trail: t}).EncodeReplay(), nil
		}},
		"snapshot": {r.snapshot, r.snapshotAgain},
		"keys and values": {EncodeKV([]int16{1, -1, 1 << 14}), func(b []byte) ([]byte, error) {
			kv, err := DecodeKV(b)
			return EncodeKV(kv), err
		}},
	}
}

// snapshotAgain reads a snapshot into polynomials of the run's sizes.
func (r *encodedRun) snapshotAgain(b []byte) ([]byte, error) {
	q := &RunProver{running: make([]argument.Polynomial, len(r.protocol.classes))}
	for i := range q.running {
		q.running[i].Values = make(fr.Vector, 1<<r.protocol.classes[i].slots.Cells)
	}
	q.cache.Values = make(fr.Vector, 1<<r.protocol.classes[0].slots.Cache)
	if err := q.ReadSnapshot(bytes.NewReader(b)); err != nil {
		return nil, err
	}
	var again bytes.Buffer
	err := q.WriteSnapshot(&again)
	return again.Bytes(), err
}

// TestOneEncodingOfEach: every encoding decodes to the same value, and everything else is
// refused: other lengths, numbers out of range, other points.
func TestOneEncodingOfEach(t *testing.T) {
	r := newEncodedRun(t)
	for name, c := range r.codings() {
		again, err := c.again(c.good)
		require.NoError(t, err, name)
		require.True(t, bytes.Equal(c.good, again), name)
		for what, bad := range map[string][]byte{
			"empty": {}, "short": c.good[:len(c.good)-1], "long": append(bytes.Clone(c.good), 0),
			"all bits": bytes.Repeat([]byte{0xff}, len(c.good)),
		} {
			if name == "keys and values" && (what == "empty" || what == "all bits") {
				continue // any even number of bytes decodes
			}
			_, err := c.again(bad)
			require.ErrorIs(t, err, argument.ErrEncoding, "%s, %s", name, what)
		}
	}
}

// TestParametersOfAnotherProtocol: runs with another model, room, number of blocks in a step
// or classes have other parameters.
func TestParametersOfAnotherProtocol(t *testing.T) {
	p := newEncodedRun(t).protocol
	want := p.EncodeParameters()
	require.Equal(t, want, p.EncodeParameters())
	for name, alter := range map[string]func(p *Params){
		"model": func(p *Params) {
			id := *p.ID
			id.ID.SetUint64(1)
			p.ID = &id
		},
		"positions": func(p *Params) { p.PositionBits++ }, "blocks": func(p *Params) { p.Blocks++ },
		"classes": func(p *Params) { p.Classes = append([]int{}, append(p.Classes, 9)...) },
	} {
		other := *p
		alter(&other)
		require.NotEqual(t, want, other.EncodeParameters(), name)
	}
}

// fuzzCoding: bytes that decode are the encoding of the decoded value.
func fuzzCoding(f *testing.F, name string) {
	c := newEncodedRun(f).codings()[name]
	f.Add(c.good)
	f.Add([]byte{})
	f.Add(c.good[:len(c.good)/2])
	f.Fuzz(func(t *testing.T, b []byte) {
		again, err := c.again(b)
		if err != nil {
			require.ErrorIs(t, err, argument.ErrEncoding)
			return
		}
		require.True(t, bytes.Equal(b, again))
	})
}

func FuzzDecodeState(f *testing.F)  { fuzzCoding(f, "state") }
func FuzzDecodeTrail(f *testing.F)  { fuzzCoding(f, "trail") }
func FuzzReadSnapshot(f *testing.F) { fuzzCoding(f, "snapshot") }
func FuzzDecodeKV(f *testing.F)     { fuzzCoding(f, "keys and values") }
