package fold

import (
	"slices"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/model"
	"fold.example/fold/internal/run"
	"fold.example/fold/proof"
)

// Inspection says what a file is.
type Inspection = files.Description

// Field is something that a file's header says.
type Field = files.Field

// kinds are all kinds of files. Each package knows its own.
var kinds = slices.Concat(
	files.Registry{commit.FileKind, run.FileKind}, proof.Kinds, model.Kinds,
)

// Inspect says what a file of fold's, a model folder or a store is from its header.
// Keys, weights and steps are not read whole: that a header is right does not mean
// that what follows it is.
//
// The error wraps ErrFormat if the file is none of ours and ErrCorrupt if its
// header is damaged.
func Inspect(path string) (*Inspection, error) {
	d, err := kinds.Describe(path)
	if d == nil && err == nil {
		err = model.IsFolder(path)
	}
	return d, err
}
