package protocol

import "fold/internal/transcript"

// BeginFold starts a fold's transcript with the parameters' digest, a digest of the
// running instance, and a statement that the fresh instance's public inputs follow
// from, with the challenges of the transcript itself. What comes next is each phase
// of the fresh W, by AbsorbPhase.
func BeginFold[F any](b transcript.Backend[F], curve string, pp, running F, statement ...F) *transcript.Transcript[F] {
	t := transcript.Over(b, curve+" nifs")
	t.Absorb("running", append([]F{pp, running}, statement...)...)
	return t
}

// AbsorbPhase absorbs the commitment to a phase of the fresh witness, encoded.
func AbsorbPhase[F any](t *transcript.Transcript[F], w ...F) { t.Absorb("witness", w...) }

// DrawWord draws the 252 bits, lowest first, of two challenges, between the first
// phase and the second. Of an element that is uniform in Fr, each value of them comes
// up with probability at most 4/r, 1.33 times that of a uniform one.
func DrawWord[F any](b transcript.Backend[F], t *transcript.Transcript[F]) []F {
	return b.Bits(t.Challenge())[:WordBits]
}

// WordBits is the size of two challenges in one element of either field.
const WordBits = 2 * transcript.ChallengeBits

// EndFold absorbs the commitment to T and draws r, with its bits, lowest first.
func EndFold[F any](t *transcript.Transcript[F], cross ...F) (r F, bits []F) {
	t.Absorb("cross", cross...)
	return t.Challenge126()
}
