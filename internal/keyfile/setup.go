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

// SetupOptions say where a commitment key comes from: exactly one of PTau and
// Development is set.
type SetupOptions struct {
	// PTau is a powers-of-tau file of a ceremony, as snarkjs writes it.
	PTau string
	// Ceremony is what the key's header calls the ceremony; empty: the file's name. It is
	// a label, which no statement shows.
	Ceremony string
	// Development draws the secret here. Whoever ran such a setup could forge
	// proofs, so the key is marked.
	Development bool
	// Size is the number of points, at least 2.
	Size int
}

// SetupSummary describes a key.
type SetupSummary struct {
	SRS      string  `json:"srs"`      // what statements about commitments are bound to
	Size     int     `json:"size"`     // points
	Ceremony string  `json:"ceremony"` // known by its τ: its name, that it is unknown, or a development key
	Bytes    int64   `json:"bytes"`
	Seconds  float64 `json:"seconds"`
}

// Setup writes a commitment key for BN254 into a new file. Every point that is written
// has been checked, of a ceremony and of a development key.
//
// The error wraps ErrFormat if the file is of another kind or has fewer points,
// ErrCorrupt if a point is wrong, which it names, and fs.ErrExist if out exists.
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
