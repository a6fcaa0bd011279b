package llama

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"fold.example/fold/internal/files"
)

// weightsFile is the file that the slices of an opened model point into.
type weightsFile struct {
	manifest *manifest
	mapping  *files.Mapping
	checks   []func() error // one for each section of Model.sections; each runs once
	again    []func() error // the same checks; they run at each call
}

// Open opens a model folder. The weights are mapped into memory where the system allows
// it, and used in place. Open reads only model.json and the tables.
//
// The file must not change while the model is open. Reading a part that was cut off
// raises a fault, which the methods of Session and Model turn into an error that wraps
// ErrCorrupt. Code that reads the slices of a Model directly must run under files.Guard.
// [Model.Unchanged] reports a file that was written to.
//
// A session checks the digest and the value ranges of a section when it first uses the
// section. Open checks the tables. Validate checks all sections. Errors wrap ErrFormat,
// ErrCorrupt or ErrInvalid, or come from the file system.
//
// The architecture of the model must be a LLaMA's or one of known.
func Open(dir string, known ...*Architecture) (*Model, error) {
	m, err := open(dir, known)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", dir, err)
	}
	return m, nil
}

// open is Open without the name of the folder in errors.
func open(dir string, known []*Architecture) (*Model, error) {
	data, err := readManifest(filepath.Join(dir, manifestName))
	if err != nil {
		return nil, err
	}
	f, err := parseManifest(data, known)
	if err != nil {
		return nil, err
	}
	m, err := f.skeleton()
	if err != nil {
		return nil, err
	}
	m.file = &weightsFile{manifest: f}
	err = guard(func() error {
		if err := m.mapWeights(filepath.Join(dir, weightsName)); err != nil {
			return err
		}
		if err := m.check(tablesSection); err != nil {
			return err
		}
		return m.validateStructure()
	})
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

func readManifest(path string) ([]byte, error) {
	data, err := files.Read(path, maxManifest)
	if errors.Is(err, files.ErrTooLarge) || errors.Is(err, files.ErrNotRegular) {
		err = fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return data, err
}

// mapWeights gives the model's slices their contents. The layout follows from
// the manifest alone, so the file's size is known before anything is allocated.
func (m *Model) mapWeights(path string) error {
	mapping, err := files.Map(path)
	if errors.Is(err, files.ErrNotRegular) {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if err != nil {
		return err
	}
	m.file.mapping = mapping
	sections, data := m.sections(), mapping.Data
	if len(data) >= headerSize && string(data[:len(WeightsMagic)]) == WeightsMagic {
		if v := binary.LittleEndian.Uint64(data[len(WeightsMagic):]); v != formatVer {
			return fmt.Errorf("%w: %s of version %d, expected version %d", ErrFormat, weightsName, v, formatVer)
		}
	}
	if want := fileSize(sections); int64(len(data)) != want {
		return fmt.Errorf("%w: %s has %d bytes, expected %d", ErrCorrupt, weightsName, len(data), want)
	}
	if want := m.file.manifest.header(int64(len(data))); !bytes.Equal(data[:headerSize], want) {
		return fmt.Errorf("%w: the header of %s, expected version %d and the shapes of %s: import the model again",
			ErrCorrupt, weightsName, formatVer, manifestName)
	}
	at := int64(headerSize)
	for i, s := range sections {
		for _, p := range s.parts {
			at = aligned(at)
			p.decode(data[at : at+p.size() : at+p.size()])
			at += p.size()
		}
		check := func() error { return m.checkSection(i, s) }
		m.file.again = append(m.file.again, check)
		m.file.checks = append(m.file.checks, sync.OnceValue(func() error { return guard(check) }))
	}
	return nil
}

// header returns the first bytes of the weights file: magic, version, the file's size,
// and the digest of the shapes, which determine the layout.
func (f *manifest) header(size int64) []byte {
	h := append([]byte(nil), WeightsMagic...)
	h = binary.LittleEndian.AppendUint64(h, formatVer)
	h = binary.LittleEndian.AppendUint64(h, uint64(size))
	sum := f.shapeDigest()
	h = append(h, sum[:]...)
	return append(h, make([]byte, headerSize-len(h))...)
}

// checkSection compares section i with its digest and checks the ranges of its weights.
func (m *Model) checkSection(i int, s section) error {
	if got, want := hash(digest(s.parts)), m.file.manifest.sum(i); got != want {
		return fmt.Errorf("%w: %s has digest %x, expected %x", ErrCorrupt, s.name, got, want)
	}
	var err error
	switch layer := i - firstLayerSection; {
	case layer >= 0 && layer < len(m.Layers):
		err = m.Layers[layer].validateWeights(m.Config, m.Scales)
	case layer == len(m.Layers):
		_, err = maxRowNorm(m.Head.Matrix)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

// check returns the result of checkSection, which runs at the first call for a section.
// A model in memory has no sections to check.
func (m *Model) check(section int) error {
	if m.file == nil {
		return nil
	}
	return m.file.checks[section]()
}

func (m *Model) checkAll() error {
	for _, check := range m.file.checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// Unchanged returns an error that wraps ErrCorrupt if the file of an opened model's
// weights was truncated or written to since it was opened. Callers must call it before
// they write a result that depends on the weights. It takes microseconds, except when
// only the file's attributes changed: then all sections are compared with their digests.
func (m *Model) Unchanged() error {
	if m.file == nil || m.file.mapping == nil {
		return nil
	}
	return guard(func() error {
		return m.file.mapping.Check(func() error {
			for _, check := range m.file.again {
				if err := check(); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// guard runs f, which reads mapped weights. If the file changed meanwhile, the error wraps
// ErrCorrupt.
func guard(f func() error) (err error) {
	defer asCorrupt(&err)
	return files.Guard(f)
}

// asCorrupt makes an error about a changed file wrap ErrCorrupt.
func asCorrupt(err *error) {
	if errors.Is(*err, files.ErrChanged) {
		*err = fmt.Errorf("%w: %w", ErrCorrupt, *err)
	}
}

// Close unmaps the weights of an opened model, which must not be used afterwards. It does
// nothing to a model in memory.
func (m *Model) Close() error {
	if m.file == nil || m.file.mapping == nil {
		return nil
	}
	return m.file.mapping.Close()
}

// Fingerprint returns a SHA-256 digest of everything that determines the model's results:
// configuration, scales, exponents, tables and weights. A model in memory and its folder
// have the same fingerprint on every platform. Fingerprint reads all weights of a model
// in memory; for an opened model it returns the digest in model.json, which Validate
// compares with the weights.
func (m *Model) Fingerprint() [32]byte {
	if m.file != nil {
		return m.file.manifest.Fingerprint
	}
	return m.manifest().Fingerprint
}
