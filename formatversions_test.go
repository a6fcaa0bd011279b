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

// requireOtherVersion requires that an error reports another version of a format, names
// both versions, and has neither the class of a damaged file nor that of a rejected proof.
func requireOtherVersion(t *testing.T, err error, found, expected string) {
	t.Helper()
	require.ErrorIs(t, err, ErrFormat)
	require.NotErrorIs(t, err, ErrCorrupt)
	require.NotErrorIs(t, err, ErrRejected)
	require.ErrorContains(t, err, "version "+found)
	require.ErrorContains(t, err, "expected ")
	require.ErrorContains(t, err, "version "+expected)
}

// binaryFile is a file of a binary format with a one-byte version.
type binaryFile struct {
	data    []byte
	version int // offset of the version
	read    func(path string) error
}

// binaryFiles returns one valid file of each binary format.
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

// TestOlderFilesAreRefused: a file of another version is rejected with ErrFormat and both
// versions before anything else in it is decoded, never as damaged or as a forgery.
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

// The files of a model folder, JSON and weights, with the previous and the next version.
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

// withVersion returns a file with another version: in JSON, together with a field that the
// current version does not have; otherwise in the byte after a magic of eight bytes.
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

// TestNeitherProofNorStore: a path that is neither a file nor a folder is rejected, and the
// error says what was expected.
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

// TestKindInACommitmentIsTheKeys: the byte of commitment.bin that marks a development key
// is not part of the model id, which covers the kind by the key's id. A commitment with the
// wrong byte is rejected when it is compared with a key.
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

	c.Key[0] ^= 1 // a key of the same τ and the other kind
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
