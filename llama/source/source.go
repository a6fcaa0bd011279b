package source

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"fold.example/fold/internal/files"
	"fold.example/fold/llama"
)

// Source is an open model. Its methods may be called concurrently.
type Source interface {
	// Format returns the name of the format for messages.
	Format() string
	// Config returns the shape of the model, with all limits checked.
	Config() llama.Config
	// Has reports whether t is a tensor of the model. Every model has a head: the head of a
	// tied model reads as the embedding.
	Has(t Tensor) bool
	// Dims returns the shape of t, which equals the result of [Shape].
	Dims(t Tensor) (rows, cols int, err error)
	// Type returns the type in which the file holds t, such as "Q4_K", or "" when
	// there is no such tensor.
	Type(t Tensor) string
	// ReadRows decodes rows lo to hi-1 of t into dst, [hi-lo][cols]. It buffers a small
	// part of the range at a time. The error wraps ErrCorrupt if a value is not a finite
	// number.
	ReadRows(t Tensor, lo, hi int, dst []float32) error
	// Tokenizer returns the files or keys of the model's tokenizer. The error wraps
	// ErrNoTokenizer if the model has none.
	Tokenizer() (TokenizerMaterial, error)
	// Close closes the files. Reading afterwards fails.
	Close() error
}

// Open opens the model at path: a Hugging Face folder, a .gguf (the first part of a split
// one) or a llama2.c .bin. The content determines the format, not the name. Errors wrap
// ErrUnsupported or ErrCorrupt, or come from the file system.
func Open(path string) (Source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	m, err := open(path, info)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

func open(path string, info os.FileInfo) (*model, error) {
	switch {
	case info.IsDir():
		return openHuggingFace(path)
	case !info.Mode().IsRegular():
		return nil, unsupported("it is %s, neither a file nor a folder, expected one of them",
			files.KindOf(info.Mode()))
	}
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	m, err := openSingle(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return m, nil
}

// openSingle opens a model that is one file, of the format that the first bytes show. On
// an error f stays open.
func openSingle(f *file) (*model, error) {
	var magic [8]byte
	n, err := f.ReadAt(magic[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch head := magic[:n]; {
	case bytes.HasPrefix(head, []byte("GGUF")):
		return openGGUF(f)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte{0x80, 2, 0x8a}):
		return nil, unsupported("a PyTorch checkpoint (pickle), expected safetensors, GGUF or a llama2.c .bin")
	case filepath.Ext(f.Name()) == ".safetensors":
		return nil, unsupported("a single safetensors file, expected the folder that also holds its config.json")
	case n == 8 && binary.LittleEndian.Uint32(head) == llama2cVersioned:
		return nil, unsupported("a llama2.c file of version %d, expected the legacy format (export --version 0)",
			binary.LittleEndian.Uint32(head[4:]))
	}
	return openLlama2C(f)
}

// file is an open file with its size in bytes.
type file struct {
	*os.File
	size int64
}

// openFile opens a regular file. The error wraps ErrUnsupported if it is not regular.
func openFile(path string) (*file, error) {
	f, err := files.Open(path)
	if errors.Is(err, files.ErrNotRegular) {
		return nil, unsupported("%s is not a regular file", filepath.Base(path))
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &file{f, info.Size()}, nil
}

// readFile reads a whole file of at most limit bytes. The error wraps ErrCorrupt if the
// file is larger.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := files.ReadFrom(f.File, filepath.Base(path), limit)
	if errors.Is(err, files.ErrTooLarge) {
		return nil, corrupt("%s has %d bytes, expected at most %d", filepath.Base(path), f.size, limit)
	}
	return data, err
}
