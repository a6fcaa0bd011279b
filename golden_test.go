package fold

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/proof"
)

var updateGoldens = flag.Bool("golden", false, "write the goldens of a run with fixed seeds anew")

// goldens are digests of the results of a run with fixed seeds. A change of any of them is
// a change of a format or a protocol and needs a new version number.
type goldens struct {
	CommitmentKey   string   `json:"commitment_key"`
	ModelID         string   `json:"model_id"`
	Parameters      string   `json:"folding_parameters"`
	Records         []string `json:"records"` // of the store, one per step
	Proof           string   `json:"proof"`
	VerificationKey string   `json:"verification_key"`
}

func digestOfFile(t *testing.T, path string) string {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// TestGoldenRun: a run with fixed seeds has the bytes of the goldens, from the commitment
// key to the compressed proof. A proof and its verification key are test vectors of package
// proof.
func TestGoldenRun(t *testing.T) {
	dir, store, proof := goldenRun(t), finishedStore(t), proofOf(t)
	got := goldens{CommitmentKey: digestOfFile(t, compressKey(t))}
	got.Proof, got.VerificationKey = digestOfFile(t, proof), digestOfFile(t, proof+".vk")
	status, err := ReadStatus(store)
	require.NoError(t, err)
	got.ModelID = status.ModelID
	for _, record := range records(t, store) {
		sum := sha256.New()
		for _, section := range [][]byte{record.State, record.Proof, record.Replay, record.Cache} {
			sum.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(section))))
			sum.Write(section)
		}
		got.Records = append(got.Records, hex.EncodeToString(sum.Sum(nil)))
	}
	vk, err := ReadVerifierKey(proof + ".vk")
	require.NoError(t, err)
	parameters := vk.Parameters()
	got.Parameters = parameters.String()

	path := filepath.Join("testdata", "golden_run.json")
	if *updateGoldens {
		data, err := json.MarshalIndent(got, "", "  ")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, append(data, '\n'), 0o644))
		for _, name := range []string{"demo.proof", "demo.proof.vk"} {
			data, err := os.ReadFile(filepath.Join(dir, name))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join("proof", "testdata", name), data, 0o644))
		}
	}
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var want goldens
	require.NoError(t, json.Unmarshal(data, &want))
	require.Equal(t, want, got)
}

// TestGoldenProof: a proof made by an earlier build is accepted.
func TestGoldenProof(t *testing.T) {
	path := filepath.Join("proof", "testdata", "demo.proof")
	vk, err := ReadVerifierKey(path + ".vk")
	require.NoError(t, err)
	opts := VerifyOptions{AllowDevelopmentKey: true, Model: DemoModel, KeyDigest: vk.Digest()}
	s, err := Verify(context.Background(), path, opts, nil)
	require.NoError(t, err)
	require.Equal(t, "<s>A", s.Prompt)
}

// TestGoldenOtherKey: the verification key of a model of another description is the test
// vector that package proof's tests mix with the demo's key. Recomputing a mixed key shows
// that it is not a key of any model.
func TestGoldenOtherKey(t *testing.T) {
	other, path := keyOfRun(t, 4, 1, 8), filepath.Join("proof", "testdata", "other.vk")
	if *updateGoldens {
		require.NoError(t, os.WriteFile(path, other.Encode(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, other.Encode())
	k, err := ReadVerifierKey(filepath.Join("proof", "testdata", "demo.proof.vk"))
	require.NoError(t, err)
	require.NoError(t, DeriveVerifierKey(context.Background(), k, compressKey(t), nil))
	mixed, err := proof.NewKey(k.Outline(), k.Opening(), k.Parameters(), other.SNARK())
	require.NoError(t, err)
	err = DeriveVerifierKey(context.Background(), mixed, compressKey(t), nil)
	require.ErrorIs(t, err, ErrRejected)
	require.ErrorContains(t, err, "not that of this program")
}
