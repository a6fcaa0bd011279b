package commit

import (
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/commit/msm"
)

var testTau = fr.NewElement(0x5eed_0123_4567_89ab)

// testKey is a development key that all tests share.
var testKey = sync.OnceValue(func() *Key { return mustKey(1<<15 + 77) })

func mustKey(n int) *Key {
	k, err := developmentKey(n, &testTau)
	if err != nil {
		panic(err)
	}
	return k
}

// fileOf writes a development key file of n points.
func fileOf(t testing.TB, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, developmentFile(writerAt(t, path), n, &testTau))
	return path
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 9)) }

func randomElement(r *rand.Rand) (e fr.Element) {
	var b [48]byte
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	e.SetBytes(b[:])
	return
}

func randomElements(r *rand.Rand, n int) fr.Vector {
	v := make(fr.Vector, n)
	for i := range v {
		v[i] = randomElement(r)
	}
	return v
}

// reference is Σ_i w_i P_i by gnark-crypto.
func reference(t require.TestingT, pts []bn254.G1Affine, w fr.Vector) (c bn254.G1Affine) {
	if len(w) == 0 {
		return
	}
	_, err := c.MultiExp(pts[:len(w)], w, ecc.MultiExpConfig{})
	require.NoError(t, err)
	return
}

func toElements[T msm.Integer](w []T) fr.Vector {
	e := make(fr.Vector, len(w))
	for i, x := range w {
		e[i].SetInt64(int64(x))
	}
	return e
}

// writerAt returns a writer for a key file, which is abandoned in the end.
func writerAt(t testing.TB, path string) *keyWriter {
	w, err := newKeyWriter(t.Context(), path, nil)
	require.NoError(t, err)
	t.Cleanup(w.abandon)
	return w
}
