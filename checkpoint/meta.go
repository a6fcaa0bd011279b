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

	"fold.example/fold/internal/files"
)

const (
	// Magic is the value of the field "magic" of fold.json.
	Magic   = "fold-checkpoint"
	version = 2
	// maxMeta bounds the length of fold.json in bytes.
	maxMeta = 16 << 20
	about   = "A run of fold, proven step by step. Keep it to yourself: it holds what the proofs hide. " +
		"steps/ is a Pebble database; change nothing by hand, every change is noticed."
)

// ID is the random identifier of a store. A fork has its own.
type ID [16]byte

// String returns the identifier in hexadecimal.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Meta is the description of a store.
type Meta struct {
	// Kind names the kind of computation, such as "run". It must not be empty.
	Kind string
	// Parameters is the digest of everything that the steps depend on (the model, the
	// key, the layout). A store may be continued only with equal parameters.
	Parameters Digest
	// Details is any JSON of the caller, such as the prompt and the seed of the blinds.
	Details json.RawMessage

	// ID, Parent (zero unless it is a fork) and Created are set by the store.
	ID, Parent ID
	Created    time.Time
}

// Check returns an error that wraps [ErrFormat] unless the store has this kind and these
// parameters.
func (m Meta) Check(kind string, parameters Digest) error {
	if m.Kind != kind {
		return fmt.Errorf("%w: a store of kind %q, expected %q", ErrFormat, m.Kind, kind)
	}
	if m.Parameters != parameters {
		return fmt.Errorf("%w: a store of parameters %s, expected %s", ErrFormat, m.Parameters, parameters)
	}
	return nil
}

// genesis returns the start of the chain of links. It depends on the kind and the parameters,
// so steps of another computation do not continue the chain. A fork has its source's
// genesis.
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

// encode returns the text of fold.json.
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

// text returns the file as indented JSON.
func (f metaFile) text() ([]byte, error) {
	text, err := json.MarshalIndent(f, "", "  ")
	return append(text, '\n'), err
}

// decodeMeta is the inverse of encode. It accepts only the exact bytes of encode. The error
// wraps ErrFormat for another kind of file or version, else ErrCorrupt.
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

// unhex decodes exactly len(out) bytes of hexadecimal text.
func unhex(out []byte, text string) error {
	if len(text) != hex.EncodedLen(len(out)) {
		return fmt.Errorf("found %d hexadecimal digits, expected %d", len(text), 2*len(out))
	}
	_, err := hex.Decode(out, []byte(text))
	return err
}

// readMeta reads fold.json. The error wraps ErrNoStore if it does not exist, ErrFormat if the
// store is no folder.
func (f folder) readMeta() (Meta, error) {
	if info, err := f.Stat(f.dir); err == nil && !info.IsDir() {
		return Meta{}, fmt.Errorf("%w: %s is %s, expected the folder of a store", ErrFormat, f.dir,
			files.KindOf(info.Mode()))
	}
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

// named returns the description of a new store, with a new id and the time of now.
func (m Meta) named() (Meta, error) {
	if m.Kind == "" {
		return m, fmt.Errorf("%w: a store without a kind", ErrFormat)
	}
	rand.Read(m.ID[:])
	m.Created = time.Now().UTC().Round(time.Second)
	return m, nil
}
