package fold

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/model"
	"fold.example/fold/proof"
)

// requireOtherVersion requires that an error is of another version of a format, names both
// versions, and calls the file neither damaged nor a proof that is refused.
func requireOtherVersion(t *testing.T, err error, found, expected string) {
	t.Helper()
	require.ErrorIs(t, err, ErrFormat)
	require.NotErrorIs(t, err, ErrCorrupt)
	require.NotErrorIs(t, err, ErrRejected)
	require.ErrorContains(t, err, "version "+found)
	require.ErrorContains(t, err, "expected ")
	require.ErrorContains(t, err, "version "+expected)
}

// binaryFile is a file of a binary format, whose version stands in one byte.
type binaryFile struct {
	data    []byte
	version int // where it stands
	read    func(path string) error
}

// binaryFiles makes one file of each binary format, each of them whole.
func binaryFiles(t *testing.T) map[string]binaryFile {
	ctx := context.Background()
	whole := proof.Statement{
		Label: "label", Prompt: proof.Part{N: 1, Tokens: []int{1}}, Output: proof.Part{N: 1, Tokens: []int{3}},
		Passes: []proof.PassRun{{Bits: 0, Count: 1}},
	}
	read := func(path string) []byte {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		return data
	}
	commitment := read(filepath.Join(committedModel(t), model.CommitmentFile))
	vkey := read(filepath.Join("proof", "testdata", "demo.proof.vk"))
	return map[string]binaryFile{
		"proof": {whole.Encode(), len("foldprf\x00"), func(path string) error {
			_, err := Verify(ctx, path, VerifyOptions{AllowDevelopmentKey: true}, nil)
			return err
		}},
		"proof inspected": {whole.Encode(), len("foldprf\x00"), func(path string) error {
			_, err := Inspect(path)
			return err
		}},
		"verification key": {vkey, len("foldvkey"), func(path string) error {
			_, err := ReadVerifierKey(path)
			return err
		}},
		"commitment": {commitment, len("foldmcom"), func(path string) error {
			_, _, err := model.ReadCommitment(path)
			return err
		}},
	}
}

// TestOlderFilesAreRefused: a file of another version of its format is refused for that, by
// both versions, before anything else is read of it: with ErrFormat, never as damaged or as a
// forgery.
func TestOlderFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	for name, f := range binaryFiles(t) {
		t.Run(name, func(t *testing.T) {
			own := f.data[f.version]
			for _, version := range []byte{own - 1, own + 1} {
				path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
				data := bytes.Clone(f.data)
				data[f.version] = version
				require.NoError(t, os.WriteFile(path, data, 0o600))
				found, expected := strconv.Itoa(int(version)), strconv.Itoa(int(own))
				requireOtherVersion(t, f.read(path), found, expected)
			}
		})
	}
}

// The files of a model's folder, JSON and weights, each of the version before and after.
func TestOlderModelFilesAreRefused(t *testing.T) {
	open := func(dir string) error {
		m, err := OpenModel(context.Background(), dir, nil)
		if err != nil {
			return err
		}
		_, err = m.ReadSeed()
		require.NoError(t, m.Close())
		return err
	}
	for _, name := range []string{model.ManifestFile, model.TokenizerFile, model.SeedFile, model.WeightsFile} {
		t.Run(name, func(t *testing.T) {
			dir := copyStore(t, committedModel(t), filepath.Join(t.TempDir(), "model"))
			path := filepath.Join(dir, name)
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			own := int(data[min(8, len(data)-1)])
			if name != model.WeightsFile {
				var head struct{ Version int }
				require.NoError(t, json.Unmarshal(data, &head))
				own = head.Version
			}
			for _, version := range []int{own - 1, own + 1} {
				data := withVersion(data, name != model.WeightsFile, own, version)
				require.NoError(t, os.WriteFile(path, data, 0o600))
				requireOtherVersion(t, open(dir), strconv.Itoa(version), strconv.Itoa(own))
			}
		})
	}
}

// withVersion is a file whose version has been changed: in JSON, along with a field that this
// version does not have, or in the byte behind a magic of eight.
func withVersion(data []byte, isJSON bool, own, version int) []byte {
	if !isJSON {
		data = bytes.Clone(data)
		data[8] = byte(version)
		return data
	}
	for _, space := range []string{"", " "} {
		was := `"version":` + space + strconv.Itoa(own)
		now := `"version":` + space + strconv.Itoa(version) + `,"of_that_version":[1]`
		data = bytes.Replace(data, []byte(was), []byte(now), 1)
	}
	return data
}

// TestNeitherProofNorStore: what is neither a file nor a folder is refused as such, and
// what was expected is said.
func TestNeitherProofNorStore(t *testing.T) {
	_, err := Verify(context.Background(), os.DevNull, VerifyOptions{}, nil)
	require.ErrorIs(t, err, ErrFormat)
	require.ErrorContains(t, err, "/dev/null is a device, expected a compressed proof, which is a regular file, "+
		"or the folder of a store")
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = Open(file)
	require.ErrorIs(t, err, ErrFormat)
	require.ErrorContains(t, err, "is a regular file, expected the folder of a store")
}

// TestKindInACommitmentIsTheKeys: the byte of commitment.bin that says whether the key is a
// development key is outside the model id, which covers the kind by the key's id. A commitment
// with the other byte is refused when there is a key to compare it with.
func TestKindInACommitmentIsTheKeys(t *testing.T) {
	ctx := context.Background()
	folder := copyStore(t, committedModel(t), filepath.Join(t.TempDir(), "model"))
	path := filepath.Join(folder, model.CommitmentFile)
	c, id, err := model.ReadCommitment(path)
	require.NoError(t, err)
	require.True(t, c.Development)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	data[len("foldmcom")+1] = 0
	require.NoError(t, os.WriteFile(path, data, 0o600))
	c, other, err := model.ReadCommitment(path)
	require.NoError(t, err)
	require.False(t, c.Development)
	require.Equal(t, id, other)

	c.Key[0] ^= 1 // as of the same τ, of the other kind
	other, err = model.IDOf(c)
	require.NoError(t, err)
	require.NotEqual(t, id, other)

	opts := smallRun(t, filepath.Join(t.TempDir(), "run"))
	opts.Model = folder
	_, err = Prove(ctx, opts, nil)
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorContains(t, err, "says that it is under a key of another kind than development, which this key is")
	require.NoDirExists(t, opts.Store)
}
