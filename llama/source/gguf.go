package source

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// Limits on the header of a GGUF file. The format itself limits the length of a
// tensor's name and the number of dimensions.
const (
	maxGGUFHeader  = 1 << 28 // bytes before the data
	maxGGUFEntries = 1 << 16 // tensors, and keys
	maxGGUFKey     = 1 << 16 // bytes of a key
	maxGGUFName    = 64      // bytes of a tensor's name
	maxGGUFDims    = 4
	maxGGUFString  = 1 << 24 // bytes of a string
	maxGGUFList    = 1 << 22 // entries of a list that is kept
)

// gguf is the header of a GGUF file.
type gguf struct {
	version uint32
	meta    metadata
	blobs   map[string]blob
}

// ggufReader reads a header. It keeps the first error, and all values read after an error
// are zero; loops must check err.
type ggufReader struct {
	r    *bufio.Reader
	left int64 // bytes of the file that are not yet read
	err  error
}

// fail keeps the first error.
func (r *ggufReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// bytes fills b, or leaves zeros.
func (r *ggufReader) bytes(b []byte) {
	if r.err == nil && int64(len(b)) > r.left {
		r.fail(corrupt("%d bytes left in the header, expected %d: the file is cut short", r.left, len(b)))
	}
	if r.err != nil {
		clear(b)
		return
	}
	if _, err := io.ReadFull(r.r, b); err != nil {
		r.fail(corrupt("reading the header: %w", err))
	}
	r.left -= int64(len(b))
}

// skip passes over n bytes.
func (r *ggufReader) skip(n int64) {
	if r.err == nil && (n < 0 || n > r.left) {
		r.fail(corrupt("%d bytes left in the header, expected %d: the file is cut short", r.left, n))
	}
	if r.err != nil {
		return
	}
	if _, err := io.CopyN(io.Discard, r.r, n); err != nil {
		r.fail(corrupt("reading the header: %w", err))
	}
	r.left -= n
}

func (r *ggufReader) u32() uint32 {
	var b [4]byte
	r.bytes(b[:])
	return binary.LittleEndian.Uint32(b[:])
}

func (r *ggufReader) u64() uint64 {
	var b [8]byte
	r.bytes(b[:])
	return binary.LittleEndian.Uint64(b[:])
}

// length reads a 64-bit length. The length is at most limit, and size times the length,
// the least number of bytes of that many items, is at most the rest of the file.
func (r *ggufReader) length(what string, limit, size uint64) int {
	n := r.u64()
	if r.err == nil && (n > limit || n > uint64(r.left)/size) {
		r.fail(corrupt("%s of length %d, expected at most %d and within the %d bytes left", what, n, limit, r.left))
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

func (r *ggufReader) str(what string, limit uint64) string {
	b := make([]byte, r.length(what, limit, 1))
	r.bytes(b)
	return string(b)
}

// readGGUF reads the header of the GGUF file f: magic, version, the numbers of
// tensors and keys, the keys, and the descriptions of the tensors.
func readGGUF(f io.ReaderAt, size int64) (*gguf, error) {
	limit := min(size, maxGGUFHeader)
	r := &ggufReader{r: bufio.NewReaderSize(io.NewSectionReader(f, 0, limit), 1<<16), left: limit}
	if magic := r.u32(); r.err == nil && magic != 0x46554747 {
		return nil, corrupt("magic %#x, expected GGUF", magic)
	}
	g := &gguf{version: r.u32()}
	if r.err == nil && g.version != 2 && g.version != 3 {
		return nil, unsupported("GGUF version %d, expected 2 or 3, little endian", g.version)
	}
	tensors := r.length("list of tensors", maxGGUFEntries, 24)
	keys := r.length("list of keys", maxGGUFEntries, 13)
	g.meta = r.metadata(keys)
	infos := make([]ggufInfo, 0, tensors)
	for range tensors {
		infos = append(infos, r.tensor())
		if r.err != nil {
			return nil, r.err
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	var err error
	g.blobs, err = placeTensors(f, size, limit-r.left, infos, g.meta)
	return g, err
}

// ggufInfo is the description of a tensor in a header. The offset counts from the start
// of the data.
type ggufInfo struct {
	name   string
	shape  []int // slowest dimension first
	kind   uint32
	offset uint64
}

func (r *ggufReader) tensor() (t ggufInfo) {
	t.name = r.str("name of a tensor", maxGGUFName)
	n := r.u32()
	if r.err == nil && (n == 0 || n > maxGGUFDims) {
		r.fail(corrupt("tensor %q has %d dimensions, expected 1 to %d", t.name, n, maxGGUFDims))
	}
	if r.err != nil {
		return t
	}
	t.shape = make([]int, n)
	for i := range t.shape {
		t.shape[len(t.shape)-1-i] = int(min(r.u64(), math.MaxInt64))
	}
	t.kind, t.offset = r.u32(), r.u64()
	return t
}

// ggufTypes are the tensor types of ggml by their numbers.
var ggufTypes = map[uint32]encoding{
	0: encF32, 1: encF16, 2: encQ40, 3: encQ41, 6: encQ50, 7: encQ51, 8: encQ80,
	12: encQ4K, 13: encQ5K, 14: encQ6K, 30: encBF16, 34: encTQ10, 35: encTQ20,
}

// ggufOtherTypes are the names, for messages, of types that are not supported.
var ggufOtherTypes = map[uint32]string{
	9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S",
	20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64",
	29: "IQ1_M", 31: "Q4_0_4_4", 32: "Q4_0_4_8", 33: "Q4_0_8_8", 39: "MXFP4", 40: "NVFP4",
}

func ggufType(name string, kind uint32) (encoding, error) {
	enc, ok := ggufTypes[kind]
	if ok {
		return enc, nil
	}
	known := ggufOtherTypes[kind]
	if known == "" {
		known = fmt.Sprintf("number %d", kind)
	}
	return enc, unsupported("tensor %q is of type %s, expected F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, "+
		"Q4_K, Q5_K, Q6_K, TQ1_0 or TQ2_0", name, known)
}
