package proof

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// demo reads the proof and the verification key of the test vectors. TestGoldenRun of package
// fold makes them: a run of two tokens after <s>A, with the label "golden".
func demo(t testing.TB) (*VerificationKey, []byte) {
	return readKey(t, "demo.proof.vk"), vector(t, "demo.proof")
}

func vector(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return data
}

func readKey(t testing.TB, name string) *VerificationKey {
	t.Helper()
	k, err := DecodeKey(vector(t, name))
	require.NoError(t, err)
	return k
}
