package source

import (
	"encoding/binary"
	"io"

	"fold.example/fold/llama"
)

// llama2cVersioned is the magic of llama2.c's later formats, "ak42".
const llama2cVersioned = 0x616b3432

// llama2cHeader is the length of the legacy header: dim, hidden, layers, heads,
// key/value heads, vocabulary (negative if the head is not the embedding) and
// context, 32-bit integers.
const llama2cHeader = 7 * 4

// openLlama2C opens a legacy llama2.c file. On an error f stays open.
func openLlama2C(f *file) (*model, error) {
	c, tensors, err := readLlama2C(f, f.size)
	if err != nil {
		return nil, err
	}
	m := &model{format: "llama2.c", config: c, tensors: tensors, files: []io.Closer{f}}
	m.tokenizer = func() (TokenizerMaterial, error) { return llama2cTokenizer(f.Name(), c.Vocab) }
	return m, nil
}

// readLlama2C reads a file of size bytes. The format has neither a magic nor names, so the
// header must be a valid configuration and imply exactly the size of the file.
func readLlama2C(r io.ReaderAt, size int64) (llama.Config, map[Tensor]matrix, error) {
	c, err := readLlama2CHeader(r, size)
	if err != nil {
		return c, nil, err
	}
	tensors, end := layOutLlama2C(r, c)
	if end != size {
		return c, nil, corrupt("%d bytes, expected %d for a llama2.c file with this header "+
			"(width %d, feed-forward %d, %d layers, %d heads, %d key/value heads, vocabulary %d, context %d)",
			size, end, c.Dim, c.Hidden, c.Layers, c.Heads, c.KVHeads, c.Vocab, c.Context)
	}
	return c, tensors, nil
}

func readLlama2CHeader(r io.ReaderAt, size int64) (c llama.Config, err error) {
	var raw [llama2cHeader]byte
	if size < llama2cHeader {
		return c, unsupported("a file of %d bytes, expected GGUF or a llama2.c .bin", size)
	}
	if _, err := r.ReadAt(raw[:], 0); err != nil {
		return c, err
	}
	var h [7]int
	for i := range h {
		h[i] = int(int32(binary.LittleEndian.Uint32(raw[4*i:])))
	}
	c = llama.Config{Dim: h[0], Hidden: h[1], Layers: h[2], Heads: h[3], KVHeads: h[4], Vocab: h[5], Context: h[6],
		RMSEps: 1e-5, Rope: llama.Rope{Theta: 10000}, Tied: h[5] > 0}
	c.Vocab = max(c.Vocab, -c.Vocab)
	if c.HeadDim, err = headDim(nil, c.Dim, c.Heads); err == nil {
		err = checkConfig(c)
	}
	if err != nil {
		return c, unsupported("neither GGUF nor the header of a llama2.c file: %w", err)
	}
	return c, nil
}

// layOutLlama2C returns where each tensor lies and where the last one ends. The two RoPE
// tables after the final norm are skipped: they follow from the header.
func layOutLlama2C(r io.ReaderAt, c llama.Config) (tensors map[Tensor]matrix, end int64) {
	tensors, end = make(map[Tensor]matrix), llama2cHeader
	for _, k := range llama2cOrder {
		copies := 1
		switch {
		case k.PerLayer():
			copies = c.Layers
		case k == Head && c.Tied:
			copies = 0
		}
		for layer := range copies {
			rows, cols := Shape(c, k)
			tensors[Tensor{layer, k}] = stored{encF32, r, end, rows, cols}
			end += int64(rows) * int64(cols) * 4
		}
		if k == FinalNorm {
			end += 2 * 4 * int64(c.Context) * int64(c.HeadDim/2)
		}
	}
	return tensors, end
}
