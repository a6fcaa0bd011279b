package model

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
	"fold.example/fold/llama"
	"fold.example/fold/llama/quality"
)

// Names of the files in a model folder.
const (
	ManifestFile   = "model.json"
	WeightsFile    = "weights.bin"
	TokenizerFile  = "tokenizer.json"
	QualityFile    = quality.FileName
	CommitmentFile = "commitment.bin" // public
	SeedFile       = "weights.seed"   // secret; opens the commitment
)

// modelFiles are the files that another import may replace. The seed is not among them: it
// cannot be recomputed.
var modelFiles = []string{ManifestFile, WeightsFile, TokenizerFile, QualityFile, CommitmentFile}

func tokenizerPath(dir string) string { return filepath.Join(dir, TokenizerFile) }

// folder is a model folder under construction. It is written under a temporary name next to
// its final name, so it appears complete or not at all.
type folder struct{ temp, name string }

// newFolder returns an error if the name exists and is neither an empty folder nor a model
// folder.
func newFolder(name string) (*folder, error) {
	if err := replaceable(name); err != nil {
		return nil, err
	}
	parent := filepath.Dir(filepath.Clean(name))
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp(parent, "."+filepath.Base(name)+".*.tmp")
	return &folder{temp, name}, err
}

func replaceable(name string) error {
	entries, err := os.ReadDir(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %s is in the way: %w", fault.ErrFormat, name, err)
	}
	has := func(file string) bool {
		return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == file })
	}
	if len(entries) > 0 && !has(ManifestFile) {
		return fmt.Errorf("%w: %s is not empty and no model folder: left as it is", fault.ErrFormat, name)
	}
	if has(SeedFile) {
		err := fmt.Errorf("%w: %s holds %s, which opens a commitment: left as it is", fault.ErrFormat, name, SeedFile)
		return fault.With(err, fault.NeedSeedRemoved, filepath.Join(name, SeedFile))
	}
	for _, e := range entries {
		if !slices.Contains(modelFiles, e.Name()) {
			return fmt.Errorf("%w: %s holds %s, which is no file of a model: left as it is", fault.ErrFormat, name,
				e.Name())
		}
	}
	// A file named model.json alone does not make a folder one of fold's models.
	if len(entries) > 0 {
		if _, err := llama.ReadHead(filepath.Join(name, ManifestFile)); err != nil {
			return fmt.Errorf("%w: left as it is", err)
		}
	}
	return nil
}

// publish renames the folder to its final name. It removes the replaced files last.
func (f *folder) publish() error {
	if err := syncAll(f.temp); err != nil {
		return err
	}
	if err := os.Chmod(f.temp, files.Masked(0o755)); err != nil {
		return err
	}
	old := f.temp + ".old"
	err := os.Rename(f.name, old)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := files.Rename(f.temp, f.name); err != nil {
		return errors.Join(err, os.Rename(old, f.name))
	}
	return os.RemoveAll(old)
}

// discard removes an unpublished folder.
func (f *folder) discard() { os.RemoveAll(f.temp) }

// syncAll makes the files of a folder durable.
func syncAll(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		f, err := files.OpenAs(filepath.Join(dir, e.Name()), os.O_RDWR, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}
