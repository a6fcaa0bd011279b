package checkpoint

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

const (
	// Magic is what the file MetaName of a store says that it is, in its field "magic".
	Magic   = "fold-checkpoint"
	version = 2
	// maxMeta bounds fold.json.
	maxMeta = 16 << 20
	about   = "A run of fold, proven step by step. Keep it to yourself: it holds what the proofs hide. " +
		"steps/ is a Pebble database; change nothing by hand, every change is noticed."
)

// ID tells a store from every other, its forks included.
type ID [16]byte

// String returns it in hexadecimal.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Meta says what a store is.
type Meta struct {
	// Kind says what the steps are, for example "run". Not empty.
	Kind string
	// Parameters is the digest of all that the steps rest on (the model, the key,
	// the layout): a store continues under the same ones only.
	Parameters Digest
	// Details is the caller's, any JSON: what was asked, the seed of the blinds.
	Details json.RawMessage

	// ID, Parent (zero unless it is a fork) and Created are set by the store.
	ID, Parent ID
	Created    time.Time
}

// Check returns [ErrFormat] unless the store is of this kind and these parameters.
func (m Meta) Check(kind string, parameters Digest) error {
	if m.Kind != kind {
		return fmt.Errorf("%w: a store of kind %q, expected %q", ErrFormat, m.Kind, kind)
	}
	if m.Parameters != parameters {
		return fmt.Errorf("%w: a store of parameters %s, expected %s", ErrFormat, m.Parameters, parameters)
	}
	return nil
}

// genesis is what the chain of the steps hangs on: steps of another kind or of
// other parameters do not fit. A fork has its source's.
func (m Meta) genesis() Digest {
	h := sha256.New()
	fmt.Fprintf(h, "%s %d %d:%s", Magic, version, len(m.Kind), m.Kind)
	h.Write(m.Parameters[:])
	return Digest(h.Sum(nil))
}

// metaFile is fold.json, in this order.
type metaFile struct {
	About      string          `json:"about"`
	Magic      string          `json:"magic"`
	Version    int             `json:"version"`
	Kind       string          `json:"kind"`
	Parameters string          `json:"parameters"`
	ID         string          `json:"id"`
	Parent     string          `json:"parent,omitempty"`
	Created    time.Time       `json:"created"`
	Details    json.RawMessage `json:"details,omitempty"`
	// Digest is the SHA-256 of the file with this field empty.
	Digest string `json:"digest"`
}

func (m Meta) encode() ([]byte, error) {
	f := metaFile{
		About: about, Magic: Magic, Version: version, Kind: m.Kind,
		Parameters: m.Parameters.String(), ID: m.ID.String(),
		Created: m.Created.UTC(), Details: m.Details,
	}
	if m.Parent != (ID{}) {
		f.Parent = m.Parent.String()
	}
	plain, err := f.text()
	if err != nil {
		return nil, fmt.Errorf("%w: details: %w", ErrFormat, err)
	}
	f.Digest = Digest(sha256.Sum256(plain)).String()
	text, err := f.text()
	if err == nil && len(text) > maxMeta {
		err = fmt.Errorf("%w: %s of %d bytes, at most %d", ErrTooLarge, MetaName, len(text), maxMeta)
	}
	return text, err
}

func (f metaFile) text() ([]byte, error) {
	text, err := json.MarshalIndent(f, "", "  ")
	return append(text, '\n'), err
}

// decodeMeta accepts exactly what encode writes, byte for byte.
func decodeMeta(text []byte) (Meta, error) {
	var f metaFile
	err := json.Unmarshal(text, &f)
	switch {
	case !bytes.Contains(text, []byte(Magic)):
		return Meta{}, fmt.Errorf("%w: found no %q, expected a store of fold", ErrFormat, Magic)
	case err != nil:
		return Meta{}, corrupt("%w", err)
	case f.Version != version && f.Magic == Magic:
		return Meta{}, fmt.Errorf("%w: found version %d, expected %d", ErrFormat, f.Version, version)
	}
	m := Meta{Kind: f.Kind, Details: f.Details, Created: f.Created}
	err = errors.Join(unhex(m.Parameters[:], f.Parameters), unhex(m.ID[:], f.ID))
	if f.Parent != "" {
		err = errors.Join(err, unhex(m.Parent[:], f.Parent))
	}
	if err != nil {
		return Meta{}, corrupt("%w", err)
	}
	again, err := m.encode()
	if err != nil || !bytes.Equal(again, text) {
		return Meta{}, corrupt("the digest over the file does not match")
	}
	return m, nil
}

func unhex(out []byte, text string) error {
	if len(text) != hex.EncodedLen(len(out)) {
		return fmt.Errorf("found %d hexadecimal digits, expected %d", len(text), 2*len(out))
	}
	_, err := hex.Decode(out, []byte(text))
	return err
}

func (f folder) readMeta() (Meta, error) {
	text, err := f.read(MetaName, maxMeta)
	if errors.Is(err, fs.ErrNotExist) {
		return Meta{}, fmt.Errorf("%w: %s is missing", ErrNoStore, f.path(MetaName))
	}
	if err != nil {
		return Meta{}, err
	}
	m, err := decodeMeta(text)
	if err != nil {
		return Meta{}, fmt.Errorf("%s: %w", f.path(MetaName), err)
	}
	return m, nil
}

// named returns a new store's meta, with its own id.
func (m Meta) named() (Meta, error) {
	if m.Kind == "" {
		return m, fmt.Errorf("%w: a store without a kind", ErrFormat)
	}
	rand.Read(m.ID[:])
	m.Created = time.Now().UTC().Round(time.Second)
	return m, nil
}
