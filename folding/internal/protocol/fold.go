package protocol

import "fold.example/fold/internal/transcript"

// Messages are what the prover of a fold sends, encoded as section 3 says. Each function is
// called when its message is due: a prover computes the message then, a verifier and a
// circuit return the one that they have been given.
type Messages[F any] struct {
	// Phases give the commitment to each phase of the fresh witness.
	Phases []func() ([]F, error)
	// Words takes the words that are drawn between the first phase and the second, 252 bits
	// each, lowest first. Without it none are drawn.
	Words func(words [FingerprintWords][]F)
	// Cross gives the commitment to T.
	Cross func() ([]F, error)
}

// Sent is a message that is known.
func Sent[F any](message ...F) func() ([]F, error) {
	return func() ([]F, error) { return message, nil }
}

// NewFold starts the transcript of a fold on a curve.
func NewFold[F any](b transcript.Backend[F], curve string) *transcript.Transcript[F] {
	return transcript.Over(b, curve+" nifs")
}

// Fold is one fold of a fresh instance (W2, x2) into a running instance U (section 4; Nova,
// eprint 2021/370, section 4, made non-interactive). It is the one text of prover,
// verifier and circuits, for both curves: P -> V is a message, V -> P is drawn. running is
// a digest of U, and statement is what x2 follows from, with the words. It returns r below
// 2^126, with its bits, lowest first; U' = U + r (W2, x2) with E' = E + r CT is the caller's.
func Fold[F any](
	b transcript.Backend[F], t *transcript.Transcript[F], pp, running F, statement []F, m Messages[F],
) (r F, bits []F, err error) {
	// Both have pp, U and the statement. pp is the digest of both circuits, both keys, and
	// the step function, which are absorbed by it.
	t.Absorb("running", append([]F{pp, running}, statement...)...)

	for phase, send := range m.Phases {
		// V -> P: the words, once the first phase is fixed. They become public inputs.
		if phase == 1 && m.Words != nil {
			var words [FingerprintWords][]F
			for i := range words {
				words[i] = drawWord(b, t)
			}
			m.Words(words)
		}
		// P -> V: the commitment to this phase of the fresh witness. x2 itself is not absorbed:
		// it is the statement, or a function of the statement and the words. That u2 = 1 and
		// E2 = 0 holds by definition of a fresh instance.
		w, err := send()
		if err != nil {
			return r, nil, err
		}
		t.Absorb("witness", w...)
	}

	// P -> V: the commitment CT to T = Az1 * Bz2 + Az2 * Bz1 - u Cz2 - Cz1.
	cross, err := m.Cross()
	if err != nil {
		return r, nil, err
	}
	t.Absorb("cross", cross...)

	// V -> P: r.
	r, bits = t.Challenge126()
	return r, bits, nil
}

// WordBits is the size of two challenges in one element of either field.
const WordBits = 2 * transcript.ChallengeBits

// drawWord draws the 252 bits, lowest first, of two challenges. Of an element that is
// uniform in Fr, each value of them comes up with probability at most 4/r, 1.33 times that
// of a uniform one.
func drawWord[F any](b transcript.Backend[F], t *transcript.Transcript[F]) []F {
	return b.Bits(t.Challenge())[:WordBits]
}
