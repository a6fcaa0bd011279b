package llama

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"

	"fold.example/fold/internal/files"
)

// The identifiers of the files of a model folder.
const (
	// WeightsMagic is the first eight bytes of weights.bin.
	WeightsMagic = "foldwgts"
	// ManifestFormat is the value of the field format of model.json.
	ManifestFormat = "fold integer model"
)

// ManifestHead has the fields of model.json about the model as a whole.
type ManifestHead struct {
	Format      string
	Version     int
	Scheme      string
	Fingerprint string
	Config      Config
}

// ReadHead reads the head of a model.json. It checks the format and the configuration; Open
// makes all other checks. Errors wrap ErrFormat or ErrInvalid.
func ReadHead(path string) (*ManifestHead, error) {
	data, err := readManifest(path)
	if err != nil {
		return nil, err
	}
	h := new(ManifestHead)
	if err := json.Unmarshal(data, h); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrFormat, path, err)
	}
	if h.Format != ManifestFormat {
		return nil, fmt.Errorf("%w: %s: format %.40q, expected %q", ErrFormat, path, h.Format, ManifestFormat)
	}
	if err := h.Config.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return h, nil
}

// WeightsHead is the header of weights.bin.
type WeightsHead struct {
	Version uint64
	Bytes   uint64   // of the file
	Shapes  [32]byte // SHA-256 of scheme and shapes
}

// ReadWeightsHead reads the header of a weights.bin and compares the size of the file with it.
// Errors wrap ErrCorrupt.
func ReadWeightsHead(path string) (*WeightsHead, error) {
	const shapesAt, size = len(WeightsMagic) + 16, len(WeightsMagic) + 48
	head, err := files.Head(path, int64(size))
	if err != nil {
		return nil, err
	}
	if len(head) < size || string(head[:len(WeightsMagic)]) != WeightsMagic {
		return nil, fmt.Errorf("%w: %s: a header of %d bytes that begins with %.8q, expected %d and %q",
			ErrCorrupt, path, len(head), head, size, WeightsMagic)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	h := &WeightsHead{
		Version: binary.LittleEndian.Uint64(head[8:]),
		Bytes:   binary.LittleEndian.Uint64(head[16:]),
		Shapes:  [32]byte(head[shapesAt:]),
	}
	if uint64(info.Size()) != h.Bytes {
		return nil, fmt.Errorf("%w: %s has %d bytes, its header says %d", ErrCorrupt, path, info.Size(), h.Bytes)
	}
	return h, nil
}
