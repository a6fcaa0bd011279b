package keyfile

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/progress"
)

// SetupOptions select the source of a commitment key: exactly one of PTau and Development
// must be set.
type SetupOptions struct {
	// PTau is the path of a ceremony's powers-of-tau file in snarkjs format.
	PTau string
	// Ceremony is the name of the ceremony in the key's header; if empty, the file's name. It
	// is a label that appears in no statement.
	Ceremony string
	// Development draws the secret τ locally. Whoever runs such a setup can forge proofs, so
	// the key is marked as a development key.
	Development bool
	// Size is the number of points, at least 2.
	Size int
}

// SetupSummary describes the key that Setup wrote.
type SetupSummary struct {
	SRS      string  `json:"srs"`      // id of the key, which statements about commitments bind
	Size     int     `json:"size"`     // points
	Ceremony string  `json:"ceremony"` // the ceremony that τ identifies, or that it is unknown, or a development key
	Bytes    int64   `json:"bytes"`    // length of the file
	Seconds  float64 `json:"seconds"`  // duration of the call
}

// Setup writes a commitment key for BN254 to a new file. Every point is checked before it
// is written, for ceremony keys and development keys.
//
// The error wraps ErrFormat if the source file is of another kind or has too few points,
// ErrCorrupt if a point is invalid (the error names the point), and fs.ErrExist if out
// exists.
func Setup(ctx context.Context, out string, opts SetupOptions, on func(progress.Event)) (*SetupSummary, error) {
	if opts.Development == (opts.PTau != "") {
		return nil, fmt.Errorf("%w: either a powers-of-tau file or a development key", fault.ErrFormat)
	}
	if _, err := os.Lstat(out); err == nil {
		return nil, fmt.Errorf("%s: %w: left as it is", out, fs.ErrExist)
	}
	start := time.Now()
	temp, err := os.MkdirTemp(filepath.Dir(out), "."+filepath.Base(out)+".*.tmp")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	m := progress.NewMeter(on)
	m.Report("key", 0, opts.Size)
	key := filepath.Join(temp, "key")
	if err := writeKey(ctx, key, opts, func(points int) { m.Report("key", points, opts.Size) }); err != nil {
		return nil, err
	}
	info, err := commit.Inspect(key)
	if err != nil {
		return nil, err
	}
	if err := files.Rename(key, out); err != nil {
		return nil, err
	}
	stat, err := os.Stat(out)
	if err != nil {
		return nil, err
	}
	return &SetupSummary{
		SRS: info.ID.String(), Size: info.Points, Ceremony: info.Origin, Bytes: stat.Size(),
		Seconds: time.Since(start).Seconds(),
	}, nil
}

func writeKey(ctx context.Context, path string, opts SetupOptions, progress func(points int)) error {
	if opts.Development {
		return commit.SetupDevelopmentFile(ctx, path, opts.Size, progress)
	}
	name := opts.Ceremony
	if name == "" {
		name = filepath.Base(opts.PTau)
	}
	return commit.ImportPtau(ctx, opts.PTau, name, path, opts.Size, progress)
}
