package fold

import (
	"slices"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/model"
	"fold.example/fold/internal/run"
	"fold.example/fold/proof"
)

// Inspection is the kind of a file and the properties that it states.
type Inspection = files.Description

// Field is a property that a file states.
type Field = files.Field

// kinds lists all kinds of files. The package that reads a format declares its kind.
var kinds = slices.Concat(
	files.Registry{commit.FileKind, run.FileKind}, proof.Kinds, model.Kinds,
)

// Inspect describes a file of fold's, a model folder or a store from its header. Keys,
// weights and steps are not read completely: a valid header does not imply valid contents.
//
// The error wraps ErrFormat if the file is not one of fold's, and ErrCorrupt if its header
// is damaged.
func Inspect(path string) (*Inspection, error) {
	d, err := kinds.Describe(path)
	if d == nil && err == nil {
		err = model.IsFolder(path)
	}
	return d, err
}
