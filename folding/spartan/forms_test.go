package spartan

import (
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit"
	"fold.example/fold/r1cs"
)

// malformed is a statement with a proof. One of the two has another form than the key's.
type malformed struct {
	s Statement
	p *Proof
}

// A proof or a statement of another form is refused for that, before anything is computed
// with it: a round of a higher degree would be the end of a sumcheck's soundness, a round
// too many would be read behind the challenges, and the group's formulas do not know a
// curve from another.
func TestFormsAreNamed(t *testing.T) {
	w := small(t)
	off := func(p *bn254.G1Affine) { p.X.Double(&p.X) }
	for name, c := range map[string]struct {
		change func(m *malformed)
		says   string
	}{
		"a higher degree": {func(m *malformed) {
			m.p.main.batch[2] = append(m.p.main.batch[2], fr.Element{})
		}, "4 elements in round 2"},
		"a higher outer degree": {func(m *malformed) {
			m.p.main.outer[1] = append(m.p.main.outer[1], fr.Element{})
		}, "3 elements in round 1"},
		"the cycle's degree": {func(m *malformed) {
			m.p.cycle.batch[0] = append(m.p.cycle.batch[0], fqElement{})
		}, "3 elements in round 0"},
		"an outer round more": {func(m *malformed) {
			m.p.main.outer = append(m.p.main.outer, m.p.main.outer[0])
		}, "rows: 7 rounds"},
		"a cycle's round more": {func(m *malformed) {
			m.p.cycle.outer = append(m.p.cycle.outer, m.p.cycle.outer[0])
		}, "rows: 6 rounds"},
		"a round more": {func(m *malformed) {
			m.p.main.batch = append(m.p.main.batch, m.p.main.batch[0])
		}, "rounds, want"},
		"cross term": {func(m *malformed) { off(&m.p.main.cross) }, "cross term is not on the curve"},
		"cycle's cross term": {func(m *malformed) {
			m.p.cycle.cross.X.Double(&m.p.cycle.cross.X)
		}, "cross term is not on the curve"},
		"mask's W":      {func(m *malformed) { off(&m.p.main.mask.W[0]) }, "commitment 0 is not on the curve"},
		"mask's E":      {func(m *malformed) { off(&m.p.main.mask.E) }, "commitment 1 is not on the curve"},
		"statement's W": {func(m *malformed) { off(&m.s.Main.W[0]) }, "commitment 0 is not on the curve"},
		"statement's E": {func(m *malformed) { off(&m.s.Main.E) }, "commitment 1 is not on the curve"},
		"statement's cycle's W2": {func(m *malformed) {
			m.s.Cycle.W[1].X.Double(&m.s.Cycle.W[1].X)
		}, "commitment 1 is not on the curve"},
		"a claim's commitment": {func(m *malformed) { off(&m.s.Claims[1].Commitment) }, "claim 1"},
	} {
		m := &malformed{w.copy(), w.prove(t, 1)}
		c.change(m)
		require.ErrorContains(t, Verify(w.key.Verifier(), &m.s, m.p), c.says, name)
	}
}

// A key's digest covers both relations, with their parts, and both commitment keys.
func TestDigestCoversTheKey(t *testing.T) {
	w := small(t)
	ids := [2]commit.ID{w.key.key.ID(), w.key.cycleKey.ID()}
	require.Equal(t, w.key.Digest(), w.key.computeDigest(ids[0], ids[1]))
	for name, change := range map[string]func(k *VerifierKey){
		"main shape":     func(k *VerifierKey) { k.mainShape[0] ^= 1 },
		"rows":           func(k *VerifierKey) { k.main.rows++ },
		"public inputs":  func(k *VerifierKey) { k.main.public++ },
		"variables":      func(k *VerifierKey) { k.main.parts = []int{k.main.parts[0] + 1} },
		"parts":          func(k *VerifierKey) { k.main.parts = []int{k.main.parts[0], 0} },
		"entries":        func(k *VerifierKey) { k.matrices.entries++ },
		"row indices":    func(k *VerifierKey) { k.matrices.fixed[0].Neg(&k.matrices.fixed[0]) },
		"column indices": func(k *VerifierKey) { k.matrices.fixed[1].Neg(&k.matrices.fixed[1]) },
		"row counts":     func(k *VerifierKey) { k.matrices.fixed[2].Neg(&k.matrices.fixed[2]) },
		"column counts":  func(k *VerifierKey) { k.matrices.fixed[3].Neg(&k.matrices.fixed[3]) },
		"values":         func(k *VerifierKey) { k.matrices.fixed[4].Neg(&k.matrices.fixed[4]) },
		"cycle's cut":    func(k *VerifierKey) { k.cycle.parts = []int{8, 19} },
		"cycle's shape":  func(k *VerifierKey) { k.shape = otherShape(t, k.shape) },
		"key":            func(*VerifierKey) { ids[0][0] ^= 1 },
		"cycle's key":    func(*VerifierKey) { ids[1][0] ^= 1 },
	} {
		k, was := *w.key.VerifierKey, ids
		change(&k)
		require.NotEqual(t, w.key.Digest(), k.computeDigest(ids[0], ids[1]), name)
		ids = was
	}
}

// otherShape has the first row's A and B exchanged.
func otherShape(t *testing.T, s *r1cs.Shape[fqElement]) *r1cs.Shape[fqElement] {
	rows := make([]r1cs.Constraint[fqElement], s.Rows())
	for e := range s.All() {
		row, matrix := &rows[e.Row], e.Matrix
		if e.Row == 0 && matrix < 2 {
			matrix = 1 - matrix
		}
		list := []*[]r1cs.Term[fqElement]{&row.A, &row.B, &row.C}[matrix]
		*list = append(*list, r1cs.Term[fqElement]{Column: e.Column, Value: e.Value})
	}
	other, err := r1cs.NewShape(s.Public(), s.Private(), rows)
	require.NoError(t, err)
	return other
}
