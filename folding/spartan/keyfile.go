package spartan

import (
	"encoding/binary"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/internal/commit"
)

// Encode returns what a verifier needs of the main relation, some 230 bytes whatever its
// size: its numbers of rows, of public inputs and of parts, the parts, and the number of
// entries, 8 bytes each, big-endian; its shape's digest; the commitments to its matrices,
// compressed.
func (k *VerifierKey) Encode() []byte {
	var out []byte
	out = k.main.appendNumbers(out)
	out = binary.BigEndian.AppendUint64(out, uint64(k.matrices.entries))
	out = append(out, k.mainShape[:]...)
	for _, c := range k.matrices.fixed {
		b := c.Bytes()
		out = append(out, b[:]...)
	}
	return out
}

// appendNumbers appends rows, public inputs, the number of parts, and the parts.
func (f form) appendNumbers(out []byte) []byte {
	for _, n := range append([]int{f.rows, f.public, len(f.parts)}, f.parts...) {
		out = binary.BigEndian.AppendUint64(out, uint64(n))
	}
	return out
}

// Limits on what a key may say of the main relation.
const (
	maxNumber = 1 << 30
	maxParts  = 8
)

// DecodeKey returns the key that Encode has written, for the cycle's relation and the
// commitment keys. Nothing says that the commitments are to the matrices of any relation:
// the Digest has to be the one that is expected. Errors wrap ErrEncoding, or are about
// the other arguments.
func DecodeKey(data []byte, cycle Relation[fq.Element], opening *commit.OpeningKey, cycleKey *commit.GrumpkinKey) (*VerifierKey, error) {
	k := &VerifierKey{opening: newMainVerifier(opening)}
	data, err := k.readNumbers(data)
	if err != nil {
		return nil, err
	}
	const point = bn254.SizeOfG1AffineCompressed
	if want := len(k.mainShape) + fixedPolys*point; len(data) != want {
		return nil, fmt.Errorf("%w: a key with %d bytes after its numbers, want %d", ErrEncoding, len(data), want)
	}
	data = data[copy(k.mainShape[:], data):]
	for i := range k.matrices.fixed {
		if _, err := k.matrices.fixed[i].SetBytes(data[:point]); err != nil {
			return nil, fmt.Errorf("%w: commitment %d of a key: %w", ErrEncoding, i, err)
		}
		data = data[point:]
	}
	if have, need := k.opening.MaxVars(), k.vars(nil); have < need {
		return nil, fmt.Errorf("%w: a key for %d variables, want %d", commit.ErrTooShort, have, need)
	}
	if _, err := k.setCycle(cycle, cycleKey); err != nil {
		return nil, err
	}
	k.digest = k.computeDigest(opening.ID(), cycleKey.ID())
	return k, nil
}

// readNumbers reads the numbers and returns what follows them.
func (k *VerifierKey) readNumbers(data []byte) ([]byte, error) {
	next := func(least, most int) (n int, err error) {
		if len(data) < 8 {
			return 0, fmt.Errorf("%w: a key that ends in a number", ErrEncoding)
		}
		v := binary.BigEndian.Uint64(data)
		data = data[8:]
		if v < uint64(least) || v > uint64(most) {
			return 0, fmt.Errorf("%w: a key with a number of %d, want %d to %d", ErrEncoding, v, least, most)
		}
		return int(v), nil
	}
	var err error
	if k.main.rows, err = next(1, maxNumber); err != nil {
		return nil, err
	}
	if k.main.public, err = next(0, maxNumber); err != nil {
		return nil, err
	}
	parts, err := next(0, maxParts)
	if err != nil {
		return nil, err
	}
	k.main.parts = make([]int, parts)
	for i := range k.main.parts {
		if k.main.parts[i], err = next(0, maxNumber); err != nil {
			return nil, err
		}
	}
	if k.matrices.entries, err = next(0, maxNumber); err != nil {
		return nil, err
	}
	return data, nil
}
