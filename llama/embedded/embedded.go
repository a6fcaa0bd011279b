// Package embedded has the two small models in the program's binary: "bard", in half
// precision, and "bard-ternary", with ternary weights. Both have 0.77 million parameters and
// were trained for this project on the plays of Shakespeare. Their folders have descriptions;
// train.py is the training script.
package embedded

import (
	"embed"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"

	"fold.example/fold/llama/source"
)

// Demo is the name of the default model.
const Demo = "bard"

//go:embed bard/*.json bard/model.safetensors
//go:embed bard-ternary/*.json bard-ternary/model.safetensors
var models embed.FS

// Names returns the names of the models, the demo model first.
func Names() []string { return []string{Demo, "bard-ternary"} }

// Is reports whether an embedded model has the name.
func Is(name string) bool { return slices.Contains(Names(), name) }

// unpacked is an open embedded model. Its files are in a temporary folder until Close.
type unpacked struct {
	source.Source
	dir string
}

// Format returns the name of the format with the word embedded.
func (u unpacked) Format() string { return "embedded " + u.Source.Format() }

// Close closes the model and deletes the temporary folder.
func (u unpacked) Close() error { return errors.Join(u.Source.Close(), os.RemoveAll(u.dir)) }

// Open opens an embedded model for an import. Errors come from the file system or from
// source.Open.
func Open(name string) (source.Source, error) {
	dir, err := os.MkdirTemp("", "fold-"+name+"-")
	if err != nil {
		return nil, err
	}
	src, err := unpack(name, dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return unpacked{src, dir}, nil
}

// unpack writes the files of an embedded model to dir and opens them.
func unpack(name, dir string) (source.Source, error) {
	entries, err := models.ReadDir(name)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		data, err := models.ReadFile(path.Join(name, e.Name()))
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), data, 0o600); err != nil {
			return nil, err
		}
	}
	return source.Open(dir)
}
