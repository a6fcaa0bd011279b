package source

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"fold/internal/files"
	"fold/llama"
)

// Source is an open model. Its methods may be called concurrently.
type Source interface {
	// Format says in words what was opened.
	Format() string
	// Config returns the shape of the model, with all limits checked.
	Config() llama.Config
	// Has reports whether t is a tensor of the model. The head always is one: of
	// a tied model it reads as the embedding.
	Has(t Tensor) bool
	// Dims returns the shape of t, which is that of [Shape].
	Dims(t Tensor) (rows, cols int, err error)
	// Type returns the type in which the file holds t, such as "Q4_K", or "" when
	// there is no such tensor.
	Type(t Tensor) string
	// ReadRows decodes rows lo to hi-1 of t into dst, of length (hi-lo)*cols, row
	// after row. It holds a small part of the range in memory at a time. A value
	// that is not a finite number is refused with ErrCorrupt.
	ReadRows(t Tensor, lo, hi int, dst []float32) error
	// Tokenizer returns what was found of the model's tokenizer; the error is
	// ErrNoTokenizer when the model comes without any.
	Tokenizer() (TokenizerMaterial, error)
	// Close releases the files. Reading afterwards fails.
	Close() error
}

// Open opens the model at path: a Hugging Face folder, a .gguf (of a split one
// the first part) or a llama2.c .bin. What is in the file decides, not its name.
// Errors wrap ErrUnsupported, ErrCorrupt or that of the file system.
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
		return nil, unsupported("neither a file nor a folder")
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

// openSingle tells the formats that are one file apart. It does not close f when
// it fails.
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
		return nil, unsupported("a PyTorch checkpoint (pickle); expected safetensors, GGUF or a llama2.c .bin")
	case filepath.Ext(f.Name()) == ".safetensors":
		return nil, unsupported("a single safetensors file; give the folder that also holds its config.json")
	case n == 8 && binary.LittleEndian.Uint32(head) == llama2cVersioned:
		return nil, unsupported("a llama2.c file of version %d; expected the legacy format (export --version 0)",
			binary.LittleEndian.Uint32(head[4:]))
	}
	return openLlama2C(f)
}

// file is an open file that knows its size.
type file struct {
	*os.File
	size int64
}

// openFile opens a regular file.
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

// readFile reads a small file whole, and refuses one that is not small.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := files.ReadFrom(f.File, filepath.Base(path), limit)
	if errors.Is(err, files.ErrTooLarge) {
		return nil, corrupt("%s has %d bytes; expected at most %d", filepath.Base(path), f.size, limit)
	}
	return data, err
}
