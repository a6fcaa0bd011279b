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

// VerificationKey is the key that verifies compressed proofs. It has the description of the
// model, the sizes of steps, the points of the commitment key that openings need, and
// commitments to the circuit that every step satisfies. The key is the same for all runs, of
// any length, of models with one description that are proven with one commitment key in steps
// of one size.
//
// A proof shows that steps of the circuit in the key were made, so a verifier must know that
// this program made the key. Whoever has the commitment key can compute it (DeriveVerifierKey,
// some seconds). Other verifiers compare its Digest with the digest from somebody whom they
// trust.
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
	keyVersion = 3

	// MaxKeyFile bounds the size of a key in bytes.
	MaxKeyFile = 1 << 21
)

// Digest returns the SHA-256 of the key's encoding in hexadecimal.
func (k *VerificationKey) Digest() string { return hex.EncodeToString(k.digest[:]) }

// SRS returns the id of the commitment key.
func (k *VerificationKey) SRS() string { return k.opening.ID().String() }

// Development reports whether the commitment key is a development key, whose maker can forge
// proofs.
func (k *VerificationKey) Development() bool { return k.opening.Kind() == commit.Development }

// Ceremony returns a text about the origin of τ of the commitment key: the name of a known
// ceremony, recognised by its [τ] in G2, or that the ceremony is unknown, or that the key is a
// development key.
func (k *VerificationKey) Ceremony() string { return k.opening.Origin() }

// Outline returns the parameters of runs: the description of the model and the sizes of steps.
func (k *VerificationKey) Outline() *step.VerifierParams { return k.outline }

// Opening returns the points of the commitment key that verify openings.
func (k *VerificationKey) Opening() *commit.OpeningKey { return k.opening }

// Sum returns the SHA-256 of the key's encoding, which a proof contains.
func (k *VerificationKey) Sum() [sha256.Size]byte { return k.digest }

// SNARK returns the key of the last argument.
func (k *VerificationKey) SNARK() *spartan.VerifierKey { return k.snark }

// Parameters returns pp, the digest of the recursion's parameters.
func (k *VerificationKey) Parameters() fr.Element { return k.pp }

// Encode returns the encoding of the key: "foldvkey"; the version (1 byte); the outline of the
// run and the opening key, each after its length (4 bytes); pp of the recursion (32 bytes);
// the commitments to the circuit, as package spartan encodes them.
func (k *VerificationKey) Encode() []byte { return bytes.Clone(k.encoded) }

// NewKey returns the key with the given parts: the parameters of runs, the opening part of the
// commitment key, pp of the recursion, and the commitments to the augmented circuit.
func NewKey(
	o *step.VerifierParams, opening *commit.OpeningKey, pp fr.Element, snark *spartan.VerifierKey,
) (*VerificationKey, error) {
	data, err := encodeKey(o, opening, pp, snark)
	if err != nil {
		return nil, err
	}
	return &VerificationKey{o, opening, pp, snark, data, sha256.Sum256(data)}, nil
}

// encodeKey encodes the parts of a key, as SPEC.md defines it.
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

// codeKeyHead codes magic and version.
func codeKeyHead(c *wire.Coder) {
	c.Magic(keyMagic)
	c.Version("a verification key", keyVersion, 1)
}

// DecodeKey decodes a key. It accepts only the exact bytes of Encode. The first call in a
// process takes half a second, in which it computes the generators of Grumpkin. The error
// wraps ErrFormat for another version, ErrCorrupt otherwise.
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
