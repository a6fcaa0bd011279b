package run

import (
	"fmt"
	"path/filepath"

	"fold.example/fold/checkpoint"
	"fold.example/fold/internal/files"
)

// FileKind is the file kind of a run's store: a folder, or the fold.json in it.
var FileKind = files.Kind{
	Name: "store of a run", Format: checkpoint.Magic, Folder: checkpoint.MetaName, Describe: describeStore,
}

// describeStore returns the status of the run in a store as properties.
func describeStore(path string) ([]files.Field, error) {
	s, err := ReadStatus(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	return []files.Field{
		{Name: "id", Value: s.ID}, {Name: "state", Value: s.State},
		{Name: "steps", Value: fmt.Sprintf("%d of %d", s.Step, s.Of)},
		{Name: "tokens", Value: fmt.Sprintf("%d of %d", s.Tokens, s.N)}, {Name: "model_id", Value: s.ModelID},
		{Name: "srs", Value: s.SRS}, {Name: "development", Value: s.Development}, {Name: "bytes", Value: s.Bytes},
	}, nil
}
