package llama

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	hashes "hash"
	"os"
	"path/filepath"

	"fold.example/fold/internal/files"
)

// Writer writes a model folder piece by piece, so that only one piece of the model needs
// to be in memory. The calls are Begin, Embedding with all rows in any number of calls,
// Layer for each layer, Head, Commit, in this order. Every piece is validated. The folder
// shows nothing before Commit, and Close discards a model that was not committed. After
// an error only Close may be called.
type Writer struct {
	dir  string
	file *os.File
	at   int64 // end of the written part of the file

	manifest  manifest
	embedding hashes.Hash
	rows      int // rows of the embedding so far
	stage     stage
}

// stage is the call that a Writer expects next.
type stage string

const (
	atBegin     stage = "begin"
	atEmbedding stage = "embedding"
	atLayer     stage = "layer"
	atHead      stage = "head"
	atCommit    stage = "commit"
	atEnd       stage = "close"
)

// Create starts a model folder and makes the folder if it does not exist. Another model
// in the folder stays until Commit. Errors come from the file system.
func Create(dir string) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(dir, weightsName+".*.tmp")
	if err != nil {
		return nil, err
	}
	return &Writer{dir: dir, file: file, at: headerSize, embedding: sha256.New(), stage: atBegin}, nil
}

// Begin writes the configuration, the scales and the tables of m. It does not read m's
// embedding, layers and head.
func (w *Writer) Begin(m *Model) error {
	if err := w.expect(atBegin); err != nil {
		return err
	}
	w.manifest = manifest{
		Format: ManifestFormat, Version: formatVer, Architecture: m.Config.architectureName(),
		Config: m.Config, Scheme: m.Scheme, Scales: m.Scales,
	}
	if err := m.Scheme.validate(); err != nil {
		return err
	}
	if err := m.Config.Validate(); err != nil {
		return err
	}
	if err := m.Scales.Validate(); err != nil {
		return err
	}
	if err := m.Tables.validate(m.Config); err != nil {
		return err
	}
	w.stage = atEmbedding
	var err error
	w.manifest.Tables, err = w.write(m.Tables.parts(m.Config))
	return err
}

// Embedding writes the next rows of the embedding, [any][Dim].
func (w *Writer) Embedding(rows []int16) error {
	if err := w.expect(atEmbedding); err != nil {
		return err
	}
	c := w.manifest.Config
	n := len(rows) / c.Dim
	if n*c.Dim != len(rows) || w.rows+n > c.Vocab {
		return invalidf("embedding rows of %d entries after %d rows, expected %d rows of %d",
			len(rows), w.rows, c.Vocab, c.Dim)
	}
	if w.rows == 0 {
		w.at = aligned(w.at)
	}
	data := part{&rows, len(rows)}.encode()
	w.embedding.Write(data)
	if err := w.append(data); err != nil {
		return err
	}
	if w.rows += n; w.rows == c.Vocab {
		w.manifest.Embedding = sha256.Sum256(w.embedding.Sum(nil))
		w.stage = atLayer
	}
	return nil
}

// Layer writes the next layer. The error wraps ErrInvalid if the layer breaks a rule.
func (w *Writer) Layer(l *Layer) error {
	if err := w.expect(atLayer); err != nil {
		return err
	}
	f := &w.manifest
	err := l.Validate(f.Config, f.Scheme, f.Scales)
	if err == nil {
		err = l.validateWeights(f.Config, f.Scales)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", layerName(len(f.Layers)), err)
	}
	sum, err := w.write(l.parts(f.Config))
	f.Layers = append(f.Layers, newManifestLayer(l, sum))
	if len(f.Layers) == f.Config.Layers {
		w.stage = atHead
	}
	return err
}

// Head writes the head. The error wraps ErrInvalid if the matrix breaks a rule.
func (w *Writer) Head(h Linear) error {
	if err := w.expect(atHead); err != nil {
		return err
	}
	c := w.manifest.Config
	err := h.validate(w.manifest.Scheme.head(), c.Vocab, c.Dim)
	if err == nil {
		_, err = maxRowNorm(h.Matrix)
	}
	if err != nil {
		return fmt.Errorf("head: %w", err)
	}
	w.stage = atCommit
	w.manifest.Head = newManifestLinear(Head.String(), h)
	w.manifest.HeadSum, err = w.write(matrixParts(h.Matrix))
	return err
}

// Commit makes the model durable and shows it in the folder: first the weights under
// their name, then model.json, so that a folder with the model.json of the new model
// always has its weights.
func (w *Writer) Commit() error {
	if err := w.expect(atCommit); err != nil {
		return err
	}
	w.manifest.Fingerprint = w.manifest.seal()
	if _, err := w.file.WriteAt(w.manifest.header(w.at), 0); err != nil {
		return err
	}
	if err := publish(w.file, filepath.Join(w.dir, weightsName)); err != nil {
		return err
	}
	data, err := json.MarshalIndent(w.manifest, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(w.dir, manifestName+".*.tmp")
	if err != nil {
		return err
	}
	defer discard(file)
	if _, err := file.Write(append(data, '\n')); err != nil {
		return err
	}
	w.stage = atEnd
	return publish(file, filepath.Join(w.dir, manifestName))
}

// Fingerprint returns the fingerprint of the model that was committed.
func (w *Writer) Fingerprint() [32]byte { return w.manifest.Fingerprint }

// Close discards the model if it was not committed.
func (w *Writer) Close() error {
	discard(w.file)
	return nil
}

// Save writes the model into a folder.
func (m *Model) Save(dir string) error {
	w, err := Create(dir)
	if err != nil {
		return err
	}
	defer w.Close()
	if err := m.writeTo(w); err != nil {
		return fmt.Errorf("model %s: %w", dir, err)
	}
	return w.Commit()
}

func (m *Model) writeTo(w *Writer) error {
	if err := m.validateStructure(); err != nil {
		return err
	}
	if err := w.Begin(m); err != nil {
		return err
	}
	if err := w.Embedding(m.Embedding); err != nil {
		return err
	}
	for i := range m.Layers {
		if err := w.Layer(&m.Layers[i]); err != nil {
			return err
		}
	}
	return w.Head(m.Head)
}

func (w *Writer) expect(s stage) error {
	if w.stage != s {
		return fmt.Errorf("model writer: %s called, expected %s", s, w.stage)
	}
	return nil
}

// write appends parts and returns the digest of the section they make.
func (w *Writer) write(parts []part) (hash, error) {
	for _, p := range parts {
		w.at = aligned(w.at)
		if err := w.append(p.encode()); err != nil {
			return hash{}, err
		}
	}
	return digest(parts), nil
}

func (w *Writer) append(data []byte) error {
	_, err := w.file.WriteAt(data, w.at)
	w.at += int64(len(data))
	return err
}

// publish makes a temporary file durable and gives it its name, or removes it.
func publish(file *os.File, name string) error {
	err := files.Place(file, name, 0o644)
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}

// discard removes a temporary file that was not published.
func discard(file *os.File) {
	if file.Close() == nil {
		os.Remove(file.Name())
	}
}
