package argument

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/arith"
	"fold.example/fold/internal/prf"
)

// StepBlind returns the blind of a step's commitment: PRF(s; name, statement, cells, of). name is the name of
// the commitment, statement the statement's digest, cells the digest of all cells, and of the digest of the
// commitment without its blind (commit.Accumulator.Unblinded).
func StepBlind(s prf.Seed, name string, statement fr.Element, cells []byte, of [32]byte) fr.Element {
	return s.Blind("step v3", []byte(name), arith.Bytes(statement), cells, of[:])
}
