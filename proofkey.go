package fold

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/folding"
	"fold/folding/spartan"
	"fold/internal/bitlen"
	"fold/internal/commit"
	"fold/internal/files"
	"fold/internal/progress"
	"fold/internal/wire"
	"fold/internal/wire/elements"
	"fold/r1cs"
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

// Encode returns the key as it stands in a file: "foldvkey"; the version, a byte; the
// outline of the run, the opening key, each behind its length in four bytes; pp of the
// recursion, 32 bytes; what package spartan needs of the circuit.
func (k *VerifierKey) Encode() []byte { return bytes.Clone(k.encoded) }

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
	c.Version("version", keyVersion, 1)
}

// DecodeVerifierKey reads what Encode wrote, and nothing else. Its first call in a process
// takes half a second: it makes the points of Grumpkin. The error wraps ErrFormat or
// ErrCorrupt.
func DecodeVerifierKey(data []byte) (*VerifierKey, error) {
	k, err := decodeVerifierKey(data)
	if err != nil {
		return nil, fmt.Errorf("%w: not a verification key: %w", ErrCorrupt, err)
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
	shape, phases, err := folding.CycleRelation(stepFunction{}.Operations())
	if err != nil {
		return h, err
	}
	h.relation = spartan.Relation[fq.Element]{Shape: shape, Parts: phases}
	h.key, err = commit.NewGrumpkinKey(spartan.CyclePoints(h.relation))
	return h, err
})

// proverKey is a verification key with what proving takes.
type proverKey struct {
	*VerifierKey
	snark *spartan.ProverKey
}

// mainRelation is that of the augmented circuit.
func mainRelation(shape *r1cs.Shape[fr.Element]) spartan.Relation[fr.Element] {
	return spartan.Relation[fr.Element]{Shape: shape, Parts: []int{shape.Private()}}
}

// newProverKey makes the keys of a recursion's proofs.
func newProverKey(ctx context.Context, p *folding.Params, o *step.Outline, key *commit.Key) (*proverKey, error) {
	cycle, cycleKey, err := cycleHalf()
	if err != nil {
		return nil, err
	}
	if key, err = key.Truncate(1 << compressBits(p.Circuits, o)); err != nil {
		return nil, err
	}
	main, _, _ := p.Relations()
	snark, err := spartan.NewKey(ctx, mainRelation(main), cycle, key, cycleKey)
	if err != nil {
		return nil, err
	}
	opening := key.ForOpenings()
	data, err := encodeVerifierKey(o, opening, p.Digest(), snark.Verifier())
	if err != nil {
		return nil, err
	}
	return &proverKey{
		&VerifierKey{o, opening, p.Digest(), snark.Verifier(), data, sha256.Sum256(data)}, snark,
	}, nil
}

// ReadVerifierKey reads a file that Compress or DeriveVerifierKey wrote.
func ReadVerifierKey(path string) (*VerifierKey, error) {
	data, err := files.Read(path, maxKeyFile)
	if err != nil {
		return nil, err
	}
	k, err := DecodeVerifierKey(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// Write writes the key into a file.
func (k *VerifierKey) Write(path string) error { return files.Write(path, k.encoded, 0o644) }

// Derive computes the verification key anew that a key claims to be, from the description
// and the sizes in it and the file of the commitment key. It is the same if and only if it
// is one of this program's for that commitment key. The error wraps ErrRejected if it is
// another.
func (k *VerifierKey) Derive(ctx context.Context, key string, on func(Event)) error {
	info, err := inspectKeyFile(key)
	if err != nil {
		return err
	}
	if info.ID != k.opening.ID() {
		return fmt.Errorf("%w: key: %s is commitment key %s, the proof is under %s", ErrRejected, key, info.ID, k.opening.ID())
	}
	progress.Emit(on, Progress{Stage: "verification key"})
	var own *proverKey
	err = progress.Cancellable(ctx, func() error {
		p, err := k.outline.Protocol()
		if err != nil {
			return err
		}
		own, err = deriveKey(ctx, p, key)
		return err
	})
	if err != nil {
		return err
	}
	if !bytes.Equal(own.encoded, k.encoded) {
		return fmt.Errorf("%w: key: the verification key is not that of this program for models of this description: %s, expected %s",
			ErrRejected, k.Digest(), own.Digest())
	}
	return nil
}

func deriveKey(ctx context.Context, p *step.Protocol, path string) (*proverKey, error) {
	c, err := compile(ctx, p)
	if err != nil {
		return nil, err
	}
	key, err := openKey(ctx, path, compressBits(c.circuits, p.Outline()), nil)
	if err != nil {
		return nil, err
	}
	params, err := folding.NewParams(c.circuits, key, c.key)
	if err != nil {
		return nil, err
	}
	return newProverKey(ctx, params, p.Outline(), key)
}

// compressBits is log2 of the points of a commitment key that proofs take: exactly so many
// are used of a longer one, so that the verification key does not depend on that.
func compressBits(c *folding.Circuits, o *step.Outline) int {
	n := bitlen.Floor(spartan.MainPoints(mainRelation(c.MainShape())))
	return max(n, slices.Max(o.Cells), o.Cache, o.Weights)
}
