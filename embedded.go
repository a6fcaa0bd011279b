package fold

import (
	"embed"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"

	"fold/llama/source"
)

// DemoModel is the embedded model that is used unless another is named.
const DemoModel = "bard"

//go:embed testdata/bard/*.json testdata/bard/model.safetensors
//go:embed testdata/bard-ternary/*.json testdata/bard-ternary/model.safetensors
var embedded embed.FS

// EmbeddedModels returns the names of the models in the program, the demo model
// first: "bard", in half precision, and "bard-ternary", with ternary weights. Both
// have 0.77 million parameters and were trained for this project on the plays of
// Shakespeare; testdata has their descriptions and the training script.
//
// A name always means the embedded model; a folder that happens to be called
// the same is ./bard.
func EmbeddedModels() []string { return []string{DemoModel, "bard-ternary"} }

// IsEmbedded tells whether ref is the name of an embedded model.
func IsEmbedded(ref string) bool { return slices.Contains(EmbeddedModels(), ref) }

// openSource opens a model to be imported: a path, or the name of an embedded
// one.
func openSource(ref string) (source.Source, error) {
	if IsEmbedded(ref) {
		return openEmbedded(ref)
	}
	src, err := source.Open(ref)
	return src, err
}

// unpacked is an embedded model, laid out in a temporary folder while it is open.
type unpacked struct {
	source.Source
	dir string
}

// Format names the model instead of the folder.
func (u unpacked) Format() string { return "embedded " + u.Source.Format() }

func (u unpacked) Close() error { return errors.Join(u.Source.Close(), os.RemoveAll(u.dir)) }

func openEmbedded(name string) (source.Source, error) {
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
	files := path.Join("testdata", name)
	entries, err := embedded.ReadDir(files)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		data, err := embedded.ReadFile(path.Join(files, e.Name()))
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), data, 0o600); err != nil {
			return nil, err
		}
	}
	return source.Open(dir)
}
