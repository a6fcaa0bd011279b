package keyfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/progress"
)

// Inspect reads the header of the key file at path.
func Inspect(path string) (commit.Info, error) {
	info, err := commit.Inspect(path)
	if errors.Is(err, fs.ErrNotExist) {
		return info, fault.With(fmt.Errorf("key %s: %w", path, fs.ErrNotExist), fault.NeedKey, path)
	}
	return info, err
}

// maxBits is log2 of the number of points of the largest public ceremony.
const maxBits = 28

// Bits returns log2 of the number of points of the key file at path, or of the largest public ceremony
// if path is empty. The errors are those of Inspect.
func Bits(path string) (int, error) {
	if path == "" {
		return maxBits, nil
	}
	info, err := Inspect(path)
	if err != nil {
		return 0, err
	}
	return bitlen.Floor(info.Points), nil
}

// Open reads the first 2^bits points of the key file at path and checks them.
func Open(ctx context.Context, path string, bits int, on func(progress.Event)) (*commit.Key, error) {
	told := progress.NewMeter(on)
	told.Report("key", 0, 1<<bits)
	key, err := commit.Open(ctx, path, 1<<bits, func(points int) { told.Report("key", points, 1<<bits) })
	if errors.Is(err, commit.ErrTooShort) {
		return nil, fault.WithNumber(fmt.Errorf("key %s: %w", path, err), fault.NeedKeyPoints, path, bits)
	}
	if err != nil {
		return nil, err
	}
	return key, nil
}
