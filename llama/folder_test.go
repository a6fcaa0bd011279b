package llama

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var schemes = []Scheme{W16, W8, Ternary}

func reopen(t testing.TB, dir string) *Model {
	m, err := Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

func TestFolderKeepsTheModel(t *testing.T) {
	tmp := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		m := drawModel(rt)
		require.NoError(rt, m.Save(tmp))
		got, err := Open(tmp)
		require.NoError(rt, err)
		require.NoError(rt, got.Validate())
		require.Equal(rt, m.Fingerprint(), got.Fingerprint())
		got.file = nil
		require.Equal(rt, m.Fingerprint(), got.Fingerprint())
		require.Equal(rt, m.Layers, got.Layers)
		require.Equal(rt, m, got)
	})
}

// Fingerprints do not change, since proofs refer to them. A change needs a new format
// version.
func TestFingerprintIsStable(t *testing.T) {
	for scheme, want := range map[Scheme]string{
		W16:     "07a913b2463b0fb0342afb8e83dd3c0c8dcd3ed6cc580e27c6ab09962db9049a",
		W8:      "db7f016a1158b5431320169e6b906d1283551171c6dbf00d4a782c2c88b725a4",
		Ternary: "d4bf240dde16bba94bd9216943fc5d7c06ad69e3b364eca527e35b17f80a6420",
	} {
		got, err := hash(smallModel(t, scheme).Fingerprint()).MarshalText()
		require.NoError(t, err)
		require.Equal(t, want, string(got), scheme)
	}
}

// The code for big-endian machines writes and reads the same files.
func TestFolderWithoutViews(t *testing.T) {
	defer func(was bool) { littleEndian = was }(littleEndian)
	for _, scheme := range schemes {
		m, dir := smallModel(t, scheme), t.TempDir()
		want := m.Fingerprint()
		littleEndian = false
		require.Equal(t, want, m.Fingerprint())
		require.NoError(t, m.Save(dir))
		opened := reopen(t, dir)
		require.NoError(t, opened.Validate())
		require.Equal(t, m.Layers, opened.Layers)
		littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1
		require.NoError(t, reopen(t, dir).Validate())
	}
}

func TestOpenedModelRunsAlike(t *testing.T) {
	for _, scheme := range schemes {
		m, dir := smallModel(t, scheme), t.TempDir()
		require.NoError(t, m.Save(dir))
		tokens := []int{5, 6, 7, 8, 1}
		require.Equal(t, logits(t, m.NewSession(), tokens), logits(t, reopen(t, dir).NewSession(), tokens))
	}
}

func TestWriterInPieces(t *testing.T) {
	m, dir := smallModel(t, W8), t.TempDir()
	w, err := Create(dir)
	require.NoError(t, err)
	defer w.Close()
	require.Error(t, w.Embedding(m.Embedding))
	require.NoError(t, w.Begin(m))
	require.NoError(t, w.Embedding(m.Embedding[:3*m.Config.Dim]))
	require.ErrorIs(t, w.Embedding(make([]int16, 1)), ErrInvalid)
	require.Error(t, w.Layer(&m.Layers[0]))
	require.NoError(t, w.Embedding(m.Embedding[3*m.Config.Dim:]))
	require.ErrorIs(t, w.Layer(new(Layer)), ErrInvalid)
	for i := range m.Layers {
		require.NoError(t, w.Layer(&m.Layers[i]))
	}
	require.Error(t, w.Commit())
	require.NoError(t, w.Head(m.Head))
	require.NoFileExists(t, filepath.Join(dir, manifestName))
	require.NoError(t, w.Commit())
	require.Equal(t, m.Fingerprint(), w.Fingerprint())
	require.NoError(t, reopen(t, dir).Validate())
	require.Len(t, entries(t, dir), 2)
}

func TestWriterDiscards(t *testing.T) {
	m, dir := smallModel(t, W16), t.TempDir()
	w, err := Create(dir)
	require.NoError(t, err)
	require.NoError(t, w.Begin(m))
	require.NoError(t, w.Close())
	require.Empty(t, entries(t, dir))
}

func entries(t testing.TB, dir string) []os.DirEntry {
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	return list
}

// Digests cover every byte of every array: the use of a section with a changed byte is an
// error.
func TestCorruptWeightsAreFound(t *testing.T) {
	m, dir := smallModel(t, Ternary), t.TempDir()
	require.NoError(t, m.Save(dir))
	path := filepath.Join(dir, weightsName)
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	at := int64(headerSize)
	for _, s := range m.sections() {
		for _, p := range s.parts {
			at = aligned(at)
			bad := append([]byte(nil), good...)
			bad[at+p.size()-1] ^= 1
			require.NoError(t, os.WriteFile(path, bad, 0o666))
			err := run(dir)
			require.ErrorIs(t, err, ErrCorrupt, s.name)
			require.ErrorContains(t, err, s.name)
			at += p.size()
		}
	}
	for _, bad := range [][]byte{nil, good[:headerSize], good[:len(good)-1], append(good, 0)} {
		require.NoError(t, os.WriteFile(path, bad, 0o666))
		require.ErrorIs(t, run(dir), ErrCorrupt)
	}
	good = good[:len(good):len(good)]
	good[8]++
	require.NoError(t, os.WriteFile(path, good, 0o666))
	err = run(dir)
	require.ErrorIs(t, err, ErrFormat, "another version")
	require.ErrorContains(t, err, "of version 2, expected version 1")
}

// run opens a model and generates a token.
func run(dir string) error {
	m, err := Open(dir)
	if err != nil {
		return err
	}
	defer m.Close()
	_, err = m.NewSession().Next([]int{1})
	return err
}

func TestManifestRefuses(t *testing.T) {
	m, dir := smallModel(t, W16), t.TempDir()
	require.NoError(t, m.Save(dir))
	path := filepath.Join(dir, manifestName)
	require.ErrorIs(t, run(t.TempDir()), os.ErrNotExist)
	for name, c := range map[string]struct {
		change func(f *manifest)
		want   error
	}{
		"format":    {func(f *manifest) { f.Format = "x" }, ErrFormat},
		"version":   {func(f *manifest) { f.Version++ }, ErrFormat},
		"dim":       {func(f *manifest) { f.Config.Dim = 1 << 60 }, ErrInvalid},
		"vocab":     {func(f *manifest) { f.Config.Vocab = MaxVocab }, ErrCorrupt},
		"context":   {func(f *manifest) { f.Config.Context++ }, ErrCorrupt},
		"layers":    {func(f *manifest) { f.Config.Layers = MaxLayers }, ErrInvalid},
		"scheme":    {func(f *manifest) { f.Scheme = "w4" }, ErrInvalid},
		"shift":     {func(f *manifest) { f.Layers[0].Linears[0].Exp = 1 << 62 }, ErrInvalid},
		"matrices":  {func(f *manifest) { f.Layers[0].Linears = nil }, ErrInvalid},
		"name":      {func(f *manifest) { f.Layers[0].Linears[0].Name = "x" }, ErrInvalid},
		"exponents": {func(f *manifest) { f.Layers[0].ExpQ = -1 << 63 }, ErrInvalid},
		"digest":    {func(f *manifest) { f.Tables[0]++ }, ErrCorrupt},
	} {
		f := m.manifest()
		c.change(f)
		f.Fingerprint = f.seal()
		writeManifest(t, path, f)
		require.ErrorIs(t, run(dir), c.want, name)
	}
	f := m.manifest()
	f.Config.RMSEps = 0.5
	writeManifest(t, path, f)
	require.ErrorIs(t, run(dir), ErrCorrupt, "unsealed")
	for _, text := range []string{"", "{", "[]", `{"format":"fold integer model","version":1,"x":1}`} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		require.Error(t, run(dir), text)
	}
	require.NoError(t, os.WriteFile(path, make([]byte, maxManifest+1), 0o666))
	require.ErrorIs(t, run(dir), ErrFormat)
}

func writeManifest(t testing.TB, path string, f *manifest) {
	data, err := json.Marshal(f)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, data, 0o666))
}

// For any content of the two files, opening and running returns a result or an error and
// does not panic. The test seals a manifest that parses, so that the fuzzer passes the
// digest.
func FuzzOpen(f *testing.F) {
	for _, scheme := range schemes {
		m, dir := smallModel(f, scheme), f.TempDir()
		require.NoError(f, m.Save(dir))
		text, err := os.ReadFile(filepath.Join(dir, manifestName))
		require.NoError(f, err)
		weights, err := os.ReadFile(filepath.Join(dir, weightsName))
		require.NoError(f, err)
		f.Add(text, weights)
		f.Add(text, weights[:headerSize])
		f.Add(text[:len(text)/2], weights)
	}
	f.Fuzz(func(t *testing.T, text, weights []byte) {
		var sealed manifest
		if json.Unmarshal(text, &sealed) == nil {
			if open, err := json.Marshal(sealed); err == nil && len(open) > 0 {
				sealed.Fingerprint = sealed.seal()
				text, _ = json.Marshal(sealed)
			}
		}
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, manifestName), text, 0o666))
		require.NoError(t, os.WriteFile(filepath.Join(dir, weightsName), weights, 0o666))
		m, err := Open(dir)
		if err != nil {
			return
		}
		defer m.Close()
		_, _ = m.NewSession().Next([]int{0})
		_ = m.Validate()
	})
}

func TestGenerate(t *testing.T) {
	m := smallModel(t, W16)
	prompt := []int{1, 2, 3}
	generate := func(ctx context.Context, opts GenerateOptions, each func(int) error) (out []int, err error) {
		err = m.NewSession().Generate(ctx, prompt, opts, func(token int) error {
			out = append(out, token)
			return each(token)
		})
		return out, err
	}
	goOn := func(int) error { return nil }
	text, err := generate(t.Context(), GenerateOptions{Tokens: 1000}, goOn)
	require.NoError(t, err)
	require.Len(t, text, m.Config.Context-len(prompt)+1, "the choice after the last position needs no position")

	one := m.NewSession()
	next, err := one.Next(prompt)
	require.NoError(t, err)
	for _, token := range text[:10] {
		require.Equal(t, token, next)
		next, err = one.Next([]int{token})
		require.NoError(t, err)
	}

	short, err := generate(t.Context(), GenerateOptions{Tokens: 1000, Stop: []int{text[4]}}, goOn)
	require.NoError(t, err)
	require.Equal(t, text[4], short[len(short)-1])
	require.Equal(t, text[:len(short)], short)

	failed := errors.New("no more")
	_, err = generate(t.Context(), GenerateOptions{Tokens: 9}, func(int) error { return failed })
	require.ErrorIs(t, err, failed)
	ctx, cancel := context.WithCancel(t.Context())
	short, err = generate(ctx, GenerateOptions{Tokens: 9}, func(int) error { cancel(); return nil })
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, short, 1)
}
