package model

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/kernel"
	"fold.example/fold/internal/testfiles"
	"fold.example/fold/llama"
	"fold.example/fold/llama/embedded"
	"fold.example/fold/llama/tokenizer"
)

func importFor(t *testing.T, src string, opts ImportOptions) string {
	dir := filepath.Join(t.TempDir(), "m")
	_, err := Import(context.Background(), src, dir, opts, nil)
	require.NoError(t, err)
	return dir
}

func checkFolder(t *testing.T, dir, src string, opts CheckOptions) *CheckSummary {
	s, err := Check(context.Background(), dir, src, opts, nil)
	require.NoError(t, err)
	require.Equal(t, len(s.Differences) == 0, s.Equal)
	return s
}

// A model equals its source, for every kind of source and every scheme; a repeated import
// is bit for bit the same.
func TestAnHonestFolderIsEqualToItsSource(t *testing.T) {
	packed := testfiles.Embedded(t, "bard-ternary", "packed")
	for _, x := range []struct {
		src, against string
		weights      string
		plain        bool
	}{
		{"bard", "bard", "w16", false},
		{"bard", testfiles.Embedded(t, "bard", "bard-f16.gguf"), "w8", false},
		{"bard", "bard", "w8", true},
		{"bard-ternary", packed, "auto", false},
		{packed, "bard-ternary", "auto", false},
		{"bard-ternary", "bard-ternary", "w16", false},
	} {
		dir := importFor(t, x.src, ImportOptions{Weights: x.weights, NoGPTQ: x.plain})
		s := checkFolder(t, dir, x.against, CheckOptions{})
		require.Empty(t, s.Differences, "%v", x)
		require.Equal(t, x.weights == "w8" && !x.plain, s.Rounding == "gptq")
		s = checkFolder(t, dir, x.against, CheckOptions{Exact: true, NoGPTQ: x.plain})
		require.Empty(t, s.Differences, "%v", x)
	}
	require.True(t, checkFolder(t, embedded.Demo, embedded.Demo, CheckOptions{}).Equal)
}

func TestStoriesAreEqualToTheirSource(t *testing.T) {
	src := testfiles.Model(t, "stories260K", "stories260K.bin")
	dir := importFor(t, src, ImportOptions{Weights: "w8"})
	require.Empty(t, checkFolder(t, dir, src, CheckOptions{}).Differences)
}

// A folder that was changed and whose digests were recomputed is valid, but differs from
// the source.
func TestAResealedFolderIsNotEqual(t *testing.T) {
	for tensor, change := range map[string]func(m *llama.Model){
		"layer 2 down": func(m *llama.Model) { m.Layers[2].Down.Matrix.(*kernel.W16).Data[352*5+9]++ },
		"embedding":    func(m *llama.Model) { m.Embedding[128*5+9]++ },
		"head":         func(m *llama.Model) { m.Head.Matrix.(*kernel.W16).Data[128*5+9]++ },
		"EXP":          func(m *llama.Model) { m.Tables.Exp[5]++ },
		"SILU":         func(m *llama.Model) { m.Tables.Silu[5]++ },
		"cos":          func(m *llama.Model) { m.Tables.Cos[8*5+1]-- },
		"sin":          func(m *llama.Model) { m.Tables.Sin[8*5+1]-- },
	} {
		altered := filepath.Join(t.TempDir(), "altered")
		reseal(t, altered, change)
		s := checkFolder(t, altered, embedded.Demo, CheckOptions{})
		require.Len(t, s.Differences, 1, tensor)
		require.Equal(t, tensor, s.Differences[0].Tensor)
		require.Equal(t, 5, s.Differences[0].Row)
	}
	all := filepath.Join(t.TempDir(), "all")
	reseal(t, all, func(m *llama.Model) {
		for i := range m.Layers {
			for _, n := range m.Layers[i].Linears() {
				clear(n.Matrix.(*kernel.W16).Data)
			}
		}
	})
	require.Equal(t, 7*4, checkFolder(t, all, embedded.Demo, CheckOptions{}).Differing)
}

// reseal writes a changed demo model to a folder, with correct digests.
func reseal(t *testing.T, to string, change func(m *llama.Model)) {
	m, err := Open(context.Background(), embedded.Demo, nil)
	require.NoError(t, err)
	change(m.Integers())
	require.NoError(t, m.Integers().Save(to))
	require.NoError(t, WriteTokenizer(to, m.Tokenizer()))
}

// Every field of a tokenizer is compared.
func TestAnotherTokenizerIsNotEqual(t *testing.T) {
	m, err := Open(context.Background(), embedded.Demo, nil)
	require.NoError(t, err)
	bos, add := m.Tokenizer().BOS()
	for field, specials := range map[string]tokenizer.Specials{
		"tokenizer add_bos":       {BOS: bos, AddBOS: !add},
		"tokenizer bos":           {BOS: bos + 3, AddBOS: add},
		"tokenizer eos":           {BOS: bos, AddBOS: add, EOS: []int{9}},
		"tokenizer chat_template": {BOS: bos, AddBOS: add, ChatTemplate: "{{ 'so' }}"},
	} {
		other, err := m.Tokenizer().With(specials)
		require.NoError(t, err)
		found, err := CompareTokenizers(other, m.Tokenizer())
		require.NoError(t, err)
		var names []string
		for _, d := range found {
			names = append(names, d.Tensor)
			require.Positive(t, d.Count)
			require.NotEqual(t, d.Found, d.Expected)
		}
		require.Contains(t, names, field)
	}
	same, err := CompareTokenizers(m.Tokenizer(), m.Tokenizer())
	require.NoError(t, err)
	require.Empty(t, same)
}

func TestCheckRefusesChoicesWithoutUse(t *testing.T) {
	empty := ""
	for _, opts := range []CheckOptions{{NoGPTQ: true}, {Calibration: &empty}, {Context: -1},
		{Exact: true, Calibration: &empty}} {
		_, err := Check(context.Background(), embedded.Demo, embedded.Demo, opts, nil)
		require.ErrorIs(t, err, fault.ErrFormat)
	}
}
