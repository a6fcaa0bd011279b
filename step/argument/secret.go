package argument

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/prf"
)

// StepBlind is the blind of a step's commitment: of a name, in a statement, to cells with a
// digest, and without the blind this.
func StepBlind(s prf.Seed, name string, statement fr.Element, cells []byte, of [32]byte) fr.Element {
	return s.Blind("step v2", []byte(name), arith.Bytes(statement), cells, of[:])
}
