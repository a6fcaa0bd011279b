package fold

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/folding"
	"fold/folding/circuit"
	"fold/folding/spartan"
	"fold/internal/commit"
	"fold/internal/fault"
	"fold/internal/wire"
	"fold/internal/wire/elements"
	"fold/step"
)

// VerifierKey is what verifying compressed proofs takes: the description of the model and
// the sizes of steps, the few points of the commitment key that openings need, and
// commitments to the circuit that every step satisfies. It is the same for all runs of
// models of one description that are proven with one commitment key in steps of one size,
// whatever their length.
//
// A proof convinces of what the circuit says, so that a verifier must know that the key
// is one of this program's. Who has the commitment key computes it (DeriveVerifierKey,
// some seconds); others compare its Digest with one that somebody they trust computed.
type VerifierKey struct {
	outline *step.Outline
	opening *commit.OpeningKey
	pp      fr.Element
	snark   *spartan.VerifierKey
	encoded []byte
	digest  [sha256.Size]byte
}

const (
	keyMagic   = "foldvkey"
	keyVersion = 2
	maxKeyFile = 1 << 21
)

// Digest identifies the key: the SHA-256 of its encoding, in hexadecimal.
func (k *VerifierKey) Digest() string { return hex.EncodeToString(k.digest[:]) }

// SRS is the id of the commitment key, and Development whether its maker could forge.
func (k *VerifierKey) SRS() string { return k.opening.ID().String() }

// Development says that the commitment key is one for development.
func (k *VerifierKey) Development() bool { return k.opening.Kind() == commit.Development }

// Ceremony says in words where τ of the commitment key comes from: the name of a ceremony that this
// program knows by its [τ] of G2, that it does not know it, or a development key.
func (k *VerifierKey) Ceremony() string { return k.opening.Origin() }

// Outline is what the key says of runs: the description of their model and the sizes of steps.
func (k *VerifierKey) Outline() *step.Outline { return k.outline }

// Opening is what openings need of the commitment key.
func (k *VerifierKey) Opening() *commit.OpeningKey { return k.opening }

// Sum is the digest as it stands in a proof.
func (k *VerifierKey) Sum() [sha256.Size]byte { return k.digest }

// SNARK is the key of the last argument.
func (k *VerifierKey) SNARK() *spartan.VerifierKey { return k.snark }

// Parameters is pp, the digest of the recursion's parameters.
func (k *VerifierKey) Parameters() fr.Element { return k.pp }

// Encode returns the key as it stands in a file: "foldvkey"; the version, a byte; the
// outline of the run, the opening key, each behind its length in four bytes; pp of the
// recursion, 32 bytes; what package spartan needs of the circuit.
func (k *VerifierKey) Encode() []byte { return bytes.Clone(k.encoded) }

// newVerifierKey makes a key of its parts: the outline of runs, what openings need of the
// commitment key, pp of the recursion, and commitments to the augmented circuit.
func newVerifierKey(o *step.Outline, opening *commit.OpeningKey, pp fr.Element, snark *spartan.VerifierKey) (*VerifierKey, error) {
	data, err := encodeVerifierKey(o, opening, pp, snark)
	if err != nil {
		return nil, err
	}
	return &VerifierKey{o, opening, pp, snark, data, sha256.Sum256(data)}, nil
}

func encodeVerifierKey(o *step.Outline, opening *commit.OpeningKey, pp fr.Element, snark *spartan.VerifierKey) ([]byte, error) {
	outline, err := o.Encode()
	if err != nil {
		return nil, err
	}
	return wire.Encode(func(c *wire.Coder) {
		codeKeyHead(c)
		for _, part := range [][]byte{outline, opening.Encode()} {
			c.Part("length", &part, maxKeyFile)
		}
		elements.Fr(c, "parameters", &pp)
		c.Raw(snark.Encode())
	}), nil
}

func codeKeyHead(c *wire.Coder) {
	c.Magic(keyMagic)
	c.Version("a verification key", keyVersion, 1)
}

// DecodeVerifierKey reads what Encode wrote, and nothing else. Its first call in a process
// takes half a second: it makes the points of Grumpkin. The error wraps ErrFormat for another
// version, ErrCorrupt otherwise.
func DecodeVerifierKey(data []byte) (*VerifierKey, error) {
	k, err := decodeVerifierKey(data)
	if errors.Is(err, wire.ErrVersion) {
		return nil, fault.With(err, fault.NeedOtherVersion, "")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: not a verification key: %w", fault.ErrCorrupt, err)
	}
	return k, nil
}

func decodeVerifierKey(data []byte) (*VerifierKey, error) {
	k, c := &VerifierKey{encoded: bytes.Clone(data), digest: sha256.Sum256(data)}, wire.NewReader(data)
	codeKeyHead(c)
	var parts [2][]byte
	for i := range parts {
		c.Part("length", &parts[i], maxKeyFile)
	}
	if elements.Fr(c, "parameters", &k.pp); c.Err() != nil {
		return nil, c.Err()
	}
	var err error
	if k.outline, err = step.DecodeOutline(parts[0]); err != nil {
		return nil, err
	}
	if k.opening, err = commit.DecodeOpeningKey(parts[1]); err != nil {
		return nil, err
	}
	cycle, key, err := cycleHalf()
	if err != nil {
		return nil, err
	}
	if k.snark, err = spartan.DecodeKey(c.Bytes(), cycle, k.opening, key); err != nil {
		return nil, err
	}
	again, err := encodeVerifierKey(k.outline, k.opening, k.pp, k.snark)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, data) {
		return nil, errors.New("it is written in another way than the one")
	}
	return k, nil
}

// operations are the point operations of every step: the commitments of a step are folded into a
// running claim, what a pass adds to the cache is added to it, and both are folded into
// the running claim on the cache.
func operations() []folding.Operation {
	return []folding.Operation{folding.Horner(5), folding.Sum(), folding.Horner(2)}
}

// cycleHalf is the relation of the point operations and the key for it, which are the
// same for all proofs.
func cycleHalf() (spartan.Relation[fq.Element], *commit.GrumpkinKey, error) {
	h, err := cycleOnce()
	return h.relation, h.key, err
}

type cycleParts struct {
	relation spartan.Relation[fq.Element]
	key      *commit.GrumpkinKey
}

var cycleOnce = sync.OnceValues(func() (h cycleParts, err error) {
	shape, phases, err := circuit.CycleRelation(operations())
	if err != nil {
		return h, err
	}
	h.relation = spartan.Relation[fq.Element]{Shape: shape, Parts: phases}
	h.key, err = commit.NewGrumpkinKey(spartan.CyclePoints(h.relation))
	return h, err
})
