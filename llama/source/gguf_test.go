package source_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/llama"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/source/sourcetest"
)

func TestGGUFVersion2(t *testing.T) {
	file := tinyGGUF(t, tiny)
	file[4] = 2 // the two versions differ in the meaning of big-endian files only
	s, err := source.OpenGGUFBytes(file)
	require.NoError(t, err)
	requireSound(t, s, err)
}

// Factors that differ from Llama 3's stay a list of factors.
func TestGGUFRopeFactors(t *testing.T) {
	m := tiny
	m.Config.HeadDim = 6
	m.Config.Rope.Scaling = llama.RopeScaling{Kind: "factors", Factors: []float64{1, 1.25, 3.1}}
	s, err := source.OpenGGUFBytes(tinyGGUF(t, m))
	require.NoError(t, err)
	require.Equal(t, m.Config, s.Config())

	file := tinyGGUF(t, m)
	at := bytes.LastIndex(file, binary.LittleEndian.AppendUint32(nil, math.Float32bits(3.1)))
	copy(file[at:], []byte{0, 0, 0, 0x80})
	_, err = source.OpenGGUFBytes(file)
	requireRefused(t, err, source.ErrUnsupported, "rope scaling factor 2 is -0")
}

// The factors of the published Llama 3.1 and 3.2 models give the scaling of config.json.
func TestGGUFRecognisesLlama3Scaling(t *testing.T) {
	for _, factor := range []float64{8, 32} {
		for _, headDim := range []int{64, 128} {
			m := tiny
			m.Config.HeadDim = headDim
			m.Config.Rope = llama.Rope{Theta: 500000, Scaling: llama.RopeScaling{Kind: "llama3", Factor: factor,
				LowFreqFactor: 1, HighFreqFactor: 4, OriginalContext: 8192}}
			s, err := source.OpenGGUFBytes(tinyGGUF(t, m))
			require.NoError(t, err)
			require.Equal(t, m.Config, s.Config())
		}
	}
}

// splitTiny writes tiny in two parts.
func splitTiny(t *testing.T, dir string) string {
	key := func(name string, v int) sourcetest.Key { return sourcetest.Key{Name: name, Value: v} }
	all := tinyGGUF(t, tiny, key("split.count", 2), key("split.no", 0))
	second := tinyGGUF(t, tiny, key("split.count", 2), key("split.no", 1))
	first := filepath.Join(dir, "m-00001-of-00002.gguf")
	require.NoError(t, os.WriteFile(first, keepTensors(all, 0, 11), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "m-00002-of-00002.gguf"), keepTensors(second, 11, 21), 0o600))
	return first
}

// keepTensors keeps the descriptions and the data of tensors lo to hi-1 of a file
// of tiny.
func keepTensors(file []byte, lo, hi int) []byte {
	first := bytes.Index(file, []byte("token_embd.weight")) - 8
	var entries [][]byte
	for at := first; len(entries) < int(binary.LittleEndian.Uint64(file[8:])); {
		name := int(binary.LittleEndian.Uint64(file[at:]))
		dims := int(binary.LittleEndian.Uint32(file[at+8+name:]))
		n := 8 + name + 4 + 8*dims + 4 + 8
		entries = append(entries, file[at:at+n])
		at += n
	}
	data := file[(first+len(bytes.Join(entries, nil))+31)/32*32:]
	offset := func(i int) []byte { return entries[i][len(entries[i])-8:] }
	start, end := binary.LittleEndian.Uint64(offset(lo)), uint64(len(data))
	if hi < len(entries) {
		end = binary.LittleEndian.Uint64(offset(hi))
	}
	data = data[start:end]
	header := bytes.Clone(file[:first])
	for i := lo; i < hi; i++ {
		at := binary.LittleEndian.Uint64(offset(i)) - start
		header = append(header, entries[i][:len(entries[i])-8]...)
		header = binary.LittleEndian.AppendUint64(header, at)
	}
	binary.LittleEndian.PutUint64(header[8:], uint64(hi-lo))
	return append(append(header, make([]byte, (32-len(header)%32)%32)...), data...)
}

func TestSplitGGUF(t *testing.T) {
	dir := t.TempDir()
	first := splitTiny(t, dir)
	s := sourcetest.Open(t, first)
	require.Equal(t, "GGUF version 3, 2 parts", s.Format())
	whole, err := source.OpenGGUFBytes(tinyGGUF(t, tiny))
	require.NoError(t, err)
	requireSame(t, whole, s)

	second := filepath.Join(dir, "m-00002-of-00002.gguf")
	_, err = source.Open(second)
	requireRefused(t, err, source.ErrUnsupported, "part 2 of a split file; give the first part, m-00001-of-00002.gguf")
	data, err := os.ReadFile(first)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(second, data, 0o600))
	_, err = source.Open(first)
	requireRefused(t, err, source.ErrCorrupt, "m-00002-of-00002.gguf: damaged model: split.no is 0, expected 1")
	require.NoError(t, os.Remove(second))
	_, err = source.Open(first)
	require.ErrorIs(t, err, os.ErrNotExist)
}
