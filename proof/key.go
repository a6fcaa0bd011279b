package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/folding/spartan"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/cyclefold"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/wire"
	"fold.example/fold/internal/wire/elements"
	"fold.example/fold/step"
)

// VerificationKey is what verifying compressed proofs takes: the description of the model and
// the sizes of steps, the few points of the commitment key that openings need, and
// commitments to the circuit that every step satisfies. It is the same for all runs of
// models of one description that are proven with one commitment key in steps of one size,
// whatever their length.
//
// A proof convinces of what the circuit says, so that a verifier must know that the key
// is one of this program's. Who has the commitment key computes it (DeriveVerifierKey,
// some seconds); others compare its Digest with one that somebody they trust computed.
type VerificationKey struct {
	outline *step.VerifierParams
	opening *commit.OpeningKey
	pp      fr.Element
	snark   *spartan.VerifierKey
	encoded []byte
	digest  [sha256.Size]byte
}

const (
	keyMagic   = "foldvkey"
	keyVersion = 2

	// MaxKeyFile bounds the size of a key in bytes.
	MaxKeyFile = 1 << 21
)

// Digest identifies the key: the SHA-256 of its encoding, in hexadecimal.
func (k *VerificationKey) Digest() string { return hex.EncodeToString(k.digest[:]) }

// SRS is the id of the commitment key, and Development whether its maker could forge.
func (k *VerificationKey) SRS() string { return k.opening.ID().String() }

// Development says that the commitment key is one for development.
func (k *VerificationKey) Development() bool { return k.opening.Kind() == commit.Development }

// Ceremony says in words where τ of the commitment key comes from: the name of a ceremony that this
// program knows by its [τ] of G2, that it does not know it, or a development key.
func (k *VerificationKey) Ceremony() string { return k.opening.Origin() }

// Outline is what the key says of runs: the description of their model and the sizes of steps.
func (k *VerificationKey) Outline() *step.VerifierParams { return k.outline }

// Opening is what openings need of the commitment key.
func (k *VerificationKey) Opening() *commit.OpeningKey { return k.opening }

// Sum is the digest as it stands in a proof.
func (k *VerificationKey) Sum() [sha256.Size]byte { return k.digest }

// SNARK is the key of the last argument.
func (k *VerificationKey) SNARK() *spartan.VerifierKey { return k.snark }

// Parameters is pp, the digest of the recursion's parameters.
func (k *VerificationKey) Parameters() fr.Element { return k.pp }

// Encode returns the key as it stands in a file: "foldvkey"; the version, a byte; the
// outline of the run, the opening key, each behind its length in four bytes; pp of the
// recursion, 32 bytes; what package spartan needs of the circuit.
func (k *VerificationKey) Encode() []byte { return bytes.Clone(k.encoded) }

// NewKey makes a key of its parts: the outline of runs, what openings need of the
// commitment key, pp of the recursion, and commitments to the augmented circuit.
func NewKey(
	o *step.VerifierParams, opening *commit.OpeningKey, pp fr.Element, snark *spartan.VerifierKey,
) (*VerificationKey, error) {
	data, err := encodeKey(o, opening, pp, snark)
	if err != nil {
		return nil, err
	}
	return &VerificationKey{o, opening, pp, snark, data, sha256.Sum256(data)}, nil
}

// encodeKey writes a key of its parts, as SPEC.md has it.
func encodeKey(
	o *step.VerifierParams, opening *commit.OpeningKey, pp fr.Element, snark *spartan.VerifierKey,
) ([]byte, error) {
	outline, err := o.Encode()
	if err != nil {
		return nil, err
	}
	return wire.Encode(func(c *wire.Coder) {
		codeKeyHead(c)
		for _, part := range [][]byte{outline, opening.Encode()} {
			c.Part("length", &part, MaxKeyFile)
		}
		elements.Fr(c, "parameters", &pp)
		c.Raw(snark.Encode())
	}), nil
}

// codeKeyHead visits magic and version.
func codeKeyHead(c *wire.Coder) {
	c.Magic(keyMagic)
	c.Version("a verification key", keyVersion, 1)
}

// DecodeKey reads what Encode wrote, and nothing else. Its first call in a process
// takes half a second: it makes the points of Grumpkin. The error wraps ErrFormat for
// another version, ErrCorrupt otherwise.
func DecodeKey(data []byte) (*VerificationKey, error) {
	k, err := decodeVerifierKey(data)
	if errors.Is(err, wire.ErrVersion) {
		return nil, fault.With(err, fault.NeedOtherVersion, "")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: not a verification key: %w", fault.ErrCorrupt, err)
	}
	return k, nil
}

func decodeVerifierKey(data []byte) (*VerificationKey, error) {
	k, c := &VerificationKey{encoded: bytes.Clone(data), digest: sha256.Sum256(data)}, wire.NewReader(data)
	codeKeyHead(c)
	var parts [2][]byte
	for i := range parts {
		c.Part("length", &parts[i], MaxKeyFile)
	}
	if elements.Fr(c, "parameters", &k.pp); c.Err() != nil {
		return nil, c.Err()
	}
	var err error
	if k.outline, err = step.DecodeVerifierParams(parts[0]); err != nil {
		return nil, err
	}
	if k.opening, err = commit.DecodeOpeningKey(parts[1]); err != nil {
		return nil, err
	}
	cycle, key, err := cyclefold.Load()
	if err != nil {
		return nil, err
	}
	if k.snark, err = spartan.DecodeKey(c.Bytes(), cycle, k.opening, key); err != nil {
		return nil, err
	}
	again, err := encodeKey(k.outline, k.opening, k.pp, k.snark)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, data) {
		return nil, errors.New("it is written in another way than the one")
	}
	return k, nil
}
