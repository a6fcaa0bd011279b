// Package embedded holds the two small models that are in the program: "bard", in half
// precision, and "bard-ternary", with ternary weights. Both have 0.77 million parameters and
// were trained for this project on the plays of Shakespeare; their folders have descriptions,
// and train.py is the script.
package embedded

import (
	"embed"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"

	"fold/llama/source"
)

// Demo is the model that is used unless another is named.
const Demo = "bard"

//go:embed bard/*.json bard/model.safetensors
//go:embed bard-ternary/*.json bard-ternary/model.safetensors
var models embed.FS

// Names returns the names of the models, the demo model first.
func Names() []string { return []string{Demo, "bard-ternary"} }

// Is tells whether name is that of an embedded model.
func Is(name string) bool { return slices.Contains(Names(), name) }

// unpacked is an embedded model, laid out in a temporary folder while it is open.
type unpacked struct {
	source.Source
	dir string
}

// Format names the model instead of the folder.
func (u unpacked) Format() string { return "embedded " + u.Source.Format() }

func (u unpacked) Close() error { return errors.Join(u.Source.Close(), os.RemoveAll(u.dir)) }

// Open opens an embedded model to be imported.
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
